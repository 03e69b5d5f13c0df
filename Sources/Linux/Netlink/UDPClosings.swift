// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What the UDP sockets of one namespace held when they were closed, as the kernel tells it (sock_diag(7), the group
/// `SKNLGRP_INET_UDP_DESTROY` of linux/sock_diag.h): it does so by itself, soon after.
public struct UDPClosings: ~Copyable, Sendable {
  private let socket: DiagnosticSocket

  /// Begins to listen in the calling thread's namespace; sockets that were closed before are not told of.
  ///
  /// - Throws: the errors of socket(2) and setsockopt(2), where the kernel has no such group for example.
  public init() throws(SystemError) {
    let opened = try DiagnosticSocket()
    try opened.join([SKNLGRP_INET_UDP_DESTROY.rawValue, SKNLGRP_INET6_UDP_DESTROY.rawValue])
    socket = opened
  }

  /// The sockets that were closed since it was asked last, in order; waits for one if there is none yet.
  ///
  /// - Throws: the errors of ppoll(2) and recv(2).
  public func next(until deadline: Deadline) throws(SystemError) -> [ListedSocket] {
    guard try socket.awaitAnswer(until: deadline) else { return [] }
    return try socket.receive().compactMap { ListedSocket($0, isUDP: true) }
  }
}
