// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A socket to the kernel's list of the TCP sockets of one namespace (sock_diag(7)): the table in /proc is made by going
/// through those of all namespaces, and takes a hundred times as long.
struct TCPDiagnostics: ~Copyable, Sendable {
  private let socket: DiagnosticSocket
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
    socket = try DiagnosticSocket()
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
    try socket.send(message)
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
    guard try socket.awaitAnswer(until: Deadline(after: Self.longestWait)) else {
      throw SystemError("recv(NETLINK_SOCK_DIAG)", .timedOut)
    }
    return try socket.receive()
  }
}
