// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A socket by which the kernel tells of the sockets of one namespace (sock_diag(7)).
struct DiagnosticSocket: ~Copyable, Sendable {
  private let descriptor: Descriptor
  private static let solNetlink: Int32 = 270

  /// Opens one in the calling thread's namespace.
  ///
  /// - Throws: the errors of socket(2).
  init() throws(SystemError) {
    descriptor = try Descriptor.socket(
      "AF_NETLINK", family: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NETLINK_SOCK_DIAG)
  }

  /// Asks to be told of what groups are for.
  ///
  /// - Throws: the errors of bind(2) and setsockopt(2).
  func join(_ groups: [UInt32]) throws(SystemError) {
    // A socket without an address is taken for the kernel's own, which is told of nothing.
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    try descriptor.bind(to: address, "NETLINK_SOCK_DIAG")
    for group in groups { try join(group) }
  }

  private func join(_ group: UInt32) throws(SystemError) {
    try descriptor.setOption(
      "NETLINK_ADD_MEMBERSHIP", level: Self.solNetlink, NETLINK_ADD_MEMBERSHIP, to: group)
  }

  /// Sends a request.
  ///
  /// - Throws: the errors of send(2).
  func send(_ message: NetlinkMessage) throws(SystemError) {
    let bytes = message.bytes
    try systemCall("send(NETLINK_SOCK_DIAG)") { Glibc.send(descriptor.rawValue, bytes, bytes.count, 0) }
  }

  /// Whether there is something to receive, at the deadline at the latest.
  ///
  /// - Throws: the errors of ppoll(2).
  func awaitAnswer(until deadline: Deadline) throws(SystemError) -> Bool {
    try Readiness.wait(toRead: [descriptor.rawValue], until: deadline)
  }

  /// The messages of the next datagram, which must be there.
  ///
  /// - Throws: the errors of recv(2), and `EBADMSG` where they are none.
  func receive() throws(SystemError) -> [NetlinkMessage] {
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

  /// Reads the socket of UDP, or else of TCP, that a message tells of; nil where it tells of none.
  init?(_ answer: NetlinkMessage, isUDP: Bool = false) {
    let size = MemoryLayout<inet_diag_msg>.size
    guard answer.type == UInt16(SOCK_DIAG_BY_FAMILY), answer.payload.count >= size else { return nil }
    let message = answer.payload.withUnsafeBytes { $0.loadUnaligned(as: inet_diag_msg.self) }
    let version = Int32(message.idiag_family) == AF_INET ? IPVersion.v4 : .v6
    let address = { (words: (UInt32, UInt32, UInt32, UInt32)) -> IPAddress in
      let first = UInt32(bigEndian: words.0)
      guard version == .v6 else { return .v4(IPv4Address(rawValue: first)) }
      let rest = [words.1, words.2, words.3]
      return IPAddress(number: rest.reduce(UInt128(first)) { $0 << 32 | UInt128(UInt32(bigEndian: $1)) })
    }
    self.init(
      kind: isUDP ? .udp : .tcp(isListening: message.idiag_state == Self.listening),
      inode: UInt64(message.idiag_inode), of: version,
      at: (address(message.id.idiag_src), UInt16(bigEndian: message.id.idiag_sport)),
      with: (address(message.id.idiag_dst), UInt16(bigEndian: message.id.idiag_dport)),
      queued: Int(message.idiag_rqueue))
  }
}
