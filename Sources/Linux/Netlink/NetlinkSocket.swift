// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A socket to the kernel's network configuration of one namespace (rtnetlink(7)).
public struct NetlinkSocket: ~Copyable, Sendable {
  private let descriptor: Descriptor
  private let port: UInt32
  private var lastSequence: UInt32 = 0
  private var buffer = [UInt8](repeating: 0, count: 32_768)

  private static let solNetlink: Int32 = 270

  /// The number that system calls take.
  var rawDescriptor: Int32 { descriptor.rawValue }

  /// Opens one in the calling thread's namespace.
  ///
  /// - Throws: the errors of socket(2) and bind(2).
  public init() throws(SystemError) {
    let opened = try Descriptor.socket(
      "AF_NETLINK", family: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NETLINK_ROUTE)
    let yes: Int32 = 1
    let level = Self.solNetlink
    try opened.setOption("NETLINK_EXT_ACK", level: level, NETLINK_EXT_ACK, to: yes)
    try opened.setOption("NETLINK_CAP_ACK", level: level, NETLINK_CAP_ACK, to: yes)
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    try opened.bind(to: address, "AF_NETLINK")
    port = try Self.port(of: opened)
    descriptor = opened
  }

  /// Sends the requests in one datagram and awaits that the kernel has done them all, in order.
  ///
  /// It answers refusals unasked: the last request alone asks to be acknowledged, unless it has an answer anyhow.
  ///
  /// - Returns: the messages that came as answers beside acknowledgements.
  /// - Throws: the first refusal, with the kernel's own sentence; `ETIMEDOUT` past the deadline.
  @discardableResult
  public mutating func perform(
    _ requests: [RouteRequest], until deadline: Deadline
  ) throws(SystemError) -> [NetlinkMessage] {
    // The kernel answers nothing to an empty datagram.
    guard !requests.isEmpty else { return [] }
    let first = lastSequence &+ 1
    try send(requests)
    var answers: [NetlinkMessage] = []
    var refusal: SystemError?
    var isDone = false
    while !isDone {
      for message in try receive(until: deadline)
      where message.port == port && message.sequence &- first < UInt32(requests.count) {
        isDone = isDone || message.sequence == lastSequence
        guard let acknowledgement = NetlinkAcknowledgement(message) else {
          answers.append(message)
          continue
        }
        let request = requests[Int(message.sequence &- first)]
        guard let error = acknowledgement.error, refusal == nil, !request.harmless.contains(error) else {
          continue
        }
        refusal = SystemError("netlink: \(request.purpose)", error, detail: acknowledgement.text)
      }
    }
    if let refusal { throw refusal }
    return answers
  }

  /// Asks for an interface until its operational state is UP; only then does it pass packets at once.
  ///
  /// Asking makes a recent kernel run its link watcher, so that the first answer says UP already; an older
  /// one announces the change when it gets to it.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline.
  public mutating func awaitOperational(link index: Int32, until deadline: Deadline) throws(SystemError)
    -> Link
  {
    let link = try describe(link: index, until: deadline)
    if link.isOperational { return link }
    try descriptor.setOption(
      "NETLINK_ADD_MEMBERSHIP", level: Self.solNetlink, NETLINK_ADD_MEMBERSHIP, to: RTNLGRP_LINK.rawValue)
    // Asked again, since the change may have come between the first answer and the membership.
    var latest = try describe(link: index, until: deadline)
    while !latest.isOperational {
      latest = try receive(until: deadline).compactMap(Link.init).last { $0.index == index } ?? latest
    }
    return latest
  }

  /// Asks for an interface's description.
  mutating func describe(link index: Int32, until deadline: Deadline) throws(SystemError) -> Link {
    let answers = try perform([.describe(link: index)], until: deadline)
    guard let link = answers.compactMap(Link.init).first else {
      throw SystemError("netlink: describe interface \(index)", .badMessage)
    }
    return link
  }

  /// Asks for all there is of a kind, and awaits the last of the answers.
  ///
  /// - Throws: the refusal, and `ETIMEDOUT` past the deadline.
  mutating func list(_ request: RouteRequest, until deadline: Deadline) throws(SystemError)
    -> [NetlinkMessage]
  {
    try send([request])
    var answers: [NetlinkMessage] = []
    while true {
      for message in try receive(until: deadline)
      where message.port == port && message.sequence == lastSequence {
        if message.type == UInt16(NLMSG_DONE) { return answers }
        if let error = NetlinkAcknowledgement(message)?.error {
          throw SystemError("netlink: \(request.purpose)", error)
        }
        answers.append(message)
      }
    }
  }

  private mutating func send(_ requests: [RouteRequest]) throws(SystemError) {
    var datagram: [UInt8] = []
    for (index, request) in requests.enumerated() {
      lastSequence &+= 1
      var message = request.message
      if index + 1 < requests.count { message.flags &= ~UInt16(NLM_F_ACK) }
      message.sequence = lastSequence
      datagram += message.bytes
    }
    var kernel = sockaddr_nl()
    kernel.nl_family = sa_family_t(AF_NETLINK)
    try withSocketAddress(of: kernel) { address, length throws(SystemError) in
      _ = try systemCall("sendto(AF_NETLINK)") {
        sendto(descriptor.rawValue, datagram, datagram.count, 0, address, length)
      }
    }
  }

  /// The messages of the next datagram that the kernel, and nobody else, sent.
  private mutating func receive(until deadline: Deadline) throws(SystemError) -> [NetlinkMessage] {
    while true {
      var sender = sockaddr_nl()
      // The kernel answers a request while it is being sent: there is seldom anything to wait for.
      guard let count = try receiveDatagram(from: &sender) else {
        guard try Readiness.wait(toRead: [descriptor.rawValue], until: deadline) else {
          throw SystemError("recvfrom(AF_NETLINK)", .timedOut)
        }
        continue
      }
      guard count <= buffer.count, let messages = NetlinkMessage.parse(datagram: Array(buffer[..<count]))
      else {
        throw SystemError("recvfrom(AF_NETLINK)", .badMessage, detail: "an answer of \(count) bytes")
      }
      if sender.nl_pid == 0 { return messages }
    }
  }

  /// Takes the next datagram into the buffer; answers its whole length, or nil when there is none.
  private mutating func receiveDatagram(from sender: inout sockaddr_nl) throws(SystemError) -> Int? {
    var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let flags = Int32(MSG_TRUNC | MSG_DONTWAIT)
    do throws(SystemError) {
      return try withUnsafeMutablePointer(to: &sender) { pointer throws(SystemError) in
        let address = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
        return try systemCall("recvfrom(AF_NETLINK)") {
          recvfrom(descriptor.rawValue, &buffer, buffer.count, flags, address, &length)
        }
      }
    } catch  where error.errno == .wouldBlock {
      return nil
    }
  }

  private static func port(of descriptor: borrowing Descriptor) throws(SystemError) -> UInt32 {
    var address = sockaddr_nl()
    var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
    try withUnsafeMutablePointer(to: &address) { pointer throws(SystemError) in
      let general = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
      _ = try systemCall("getsockname(AF_NETLINK)") { getsockname(descriptor.rawValue, general, &length) }
    }
    return address.nl_pid
  }
}
