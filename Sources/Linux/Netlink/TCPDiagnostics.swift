// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A socket to the kernel's list of the TCP sockets of one namespace (sock_diag(7)): the table in /proc is made by going
/// through those of all namespaces, and takes a hundred times as long.
struct TCPDiagnostics: ~Copyable, Sendable {
  private let descriptor: Descriptor
  private static let longestWait = Duration.seconds(1)

  /// Which sockets are asked for, by their states.
  enum Choice {
    /// Those that listen.
    case listening
    /// Those in any state.
    case all

    fileprivate var states: UInt32 { self == .listening ? 1 << 10 : .max }
  }

  /// Opens one in the calling thread's namespace.
  ///
  /// - Throws: the errors of socket(2).
  init() throws(SystemError) {
    descriptor = try Descriptor.socket(
      "AF_NETLINK", family: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NETLINK_SOCK_DIAG)
  }

  /// The sockets that there are now; none where the kernel does not tell.
  ///
  /// - Throws: the errors of send(2) and recv(2).
  func list(_ choice: Choice) throws(SystemError) -> [ListedSocket] {
    try list(choice, family: AF_INET) + list(choice, family: AF_INET6)
  }

  private func list(_ choice: Choice, family: Int32) throws(SystemError) -> [ListedSocket] {
    var request = inet_diag_req_v2()
    request.sdiag_family = UInt8(family)
    request.sdiag_protocol = UInt8(IPPROTO_TCP)
    request.idiag_states = choice.states
    let message = NetlinkMessage(
      type: UInt16(SOCK_DIAG_BY_FAMILY), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP),
      payload: withUnsafeBytes(of: request, Array.init))
    let bytes = message.bytes
    try systemCall("send(NETLINK_SOCK_DIAG)") { send(descriptor.rawValue, bytes, bytes.count, 0) }
    var sockets: [ListedSocket] = []
    while true {
      for answer in try receive() {
        // The end, or the refusal of a kernel that does not have this list.
        if answer.type == UInt16(NLMSG_DONE) || answer.type == UInt16(NLMSG_ERROR) { return sockets }
        if let socket = ListedSocket(answer) { sockets.append(socket) }
      }
    }
  }

  private func receive() throws(SystemError) -> [NetlinkMessage] {
    let isThere = try Readiness.wait(toRead: [descriptor.rawValue], until: Deadline(after: Self.longestWait))
    guard isThere else { throw SystemError("recv(NETLINK_SOCK_DIAG)", .timedOut) }
    let bytes = try [UInt8](unsafeUninitializedCapacity: 32_768) { buffer, count throws(SystemError) in
      count = try systemCall("recv(NETLINK_SOCK_DIAG)") {
        recv(descriptor.rawValue, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
      }
    }
    guard let messages = NetlinkMessage.parse(datagram: bytes) else {
      throw SystemError("recv(NETLINK_SOCK_DIAG)", .badMessage)
    }
    return messages
  }
}

extension ListedSocket {
  private static let listening: UInt8 = 10

  /// Reads the socket that an answer carries; nil where it carries none.
  fileprivate init?(_ answer: NetlinkMessage) {
    guard answer.type == UInt16(SOCK_DIAG_BY_FAMILY), answer.payload.count >= MemoryLayout<inet_diag_msg>.size
    else { return nil }
    let message = answer.payload.withUnsafeBytes { $0.loadUnaligned(as: inet_diag_msg.self) }
    let isIPv4 = Int32(message.idiag_family) == AF_INET
    // Of an IPv6 address the last word is IPv4's where it stands for one, and 0 for any.
    let word = { (address: (UInt32, UInt32, UInt32, UInt32)) in
      UInt32(bigEndian: isIPv4 ? address.0 : address.3)
    }
    self.init(
      kind: .tcp(isListening: message.idiag_state == Self.listening), inode: UInt64(message.idiag_inode),
      address: word(message.id.idiag_src), port: UInt16(bigEndian: message.id.idiag_sport),
      peer: word(message.id.idiag_dst), queued: Int(message.idiag_rqueue))
  }
}
