// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// What a socket's own options keep from it of what the kernel would hand it.
public struct SocketLimits: Hashable, Sendable {
  /// The interface that it is bound to, 0 for all (`SO_BINDTODEVICE`, socket(7)).
  public let interface: Int32
  /// Whether it is for IPv6 alone (`IPV6_V6ONLY`, ipv6(7)).
  public let isIPv6Only: Bool
  /// Whether what it is shown is dealt out among several, one packet to one of them (`PACKET_FANOUT`, packet(7)).
  public let sharesOut: Bool
  /// What looks at each packet before it; nil where nothing does, or nothing that the kernel shows.
  public let filter: SocketFilter?

  /// Asks a socket.
  ///
  /// - Throws: the errors of getsockopt(2).
  init(of socket: borrowing Descriptor) throws(SystemError) {
    interface = try socket.option("SO_BINDTOIFINDEX", SO_BINDTOIFINDEX, Int32(0))
    let family = try socket.option("SO_DOMAIN", SO_DOMAIN, Int32(0))
    let (ipv6, none) = (Int32(IPPROTO_IPV6), Int32(0))
    isIPv6Only =
      family == AF_INET6 ? try socket.option("IPV6_V6ONLY", level: ipv6, IPV6_V6ONLY, none) != 0 : false
    sharesOut =
      family == AF_PACKET
      ? try socket.option("PACKET_FANOUT", level: SOL_PACKET, PACKET_FANOUT, none) != 0 : false
    filter = try SocketFilter(of: socket)
  }

  /// Whether they let through what comes in by an interface under a version of IP.
  public func take(_ version: IPVersion, by link: Int32) -> Bool {
    [0, link].contains(interface) && !(isIPv6Only && version == .v4)
  }
}
