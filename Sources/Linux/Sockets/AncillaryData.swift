// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// What the kernel tells of a datagram beside its bytes (cmsg(3)), as far as its socket has asked.
struct AncillaryData: Sendable {
  /// When the kernel saw it, in nanoseconds of the epoch (`SO_TIMESTAMPNS`, socket(7)); 0 where it does not say.
  private(set) var timestamp: UInt64 = 0
  /// What a packet socket is told of a frame (`PACKET_AUXDATA`, packet(7)); nil where it is told nothing.
  private(set) var frame: tpacket_auxdata?
  /// The destination of the IP header (`IP_PKTINFO`, ip(7)); nil where it is not told.
  private(set) var destination: IPv4Address?
  /// The time to live of the IP header (`IP_RECVTTL`, ip(7)); 0 where it is not told.
  private(set) var ttl: UInt8 = 0
  /// DSCP and ECN of the IP header (`IP_RECVTOS`, ip(7)); 0 where they are not told.
  private(set) var typeOfService: UInt8 = 0
  /// What is told over IPv6.
  private var overIPv6 = ToldOverIPv6()

  /// The destination of either version's header; nil where it is not told.
  func destination(over version: IPVersion) -> IPAddress? {
    version == .v4 ? destination.map { .v4($0) } : overIPv6.destination.map { .v6($0) }
  }

  /// The IPv6 header as far as it is told, from an address.
  func ipv6Header(from source: IPv6Address) -> IPv6Header { overIPv6.header(from: source) }

  /// Room for all of it, in bytes.
  static let mostBytes =
    ([
      MemoryLayout<timespec>.size, MemoryLayout<tpacket_auxdata>.size, MemoryLayout<in_pktinfo>.size,
      MemoryLayout<Int32>.size, MemoryLayout<UInt8>.size,
    ] + ToldOverIPv6.mostBytes).reduce(0) { $0 + clinux_cmsg_space($1) }

  /// Nothing is told.
  init() {}

  /// Reads what came with a message.
  init(of message: inout msghdr) {
    var next = clinux_cmsg_first(&message)
    while let control = next {
      take(control)
      next = clinux_cmsg_next(&message, control)
    }
  }

  private mutating func take(_ control: UnsafeMutablePointer<cmsghdr>) {
    guard let data = UnsafeRawPointer(clinux_cmsg_data(control)) else { return }
    switch (control.pointee.cmsg_level, control.pointee.cmsg_type) {
    case (SOL_SOCKET, clinux_SCM_TIMESTAMPNS):
      let time = data.loadUnaligned(as: timespec.self)
      timestamp = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    case (SOL_PACKET, PACKET_AUXDATA):
      frame = data.loadUnaligned(as: tpacket_auxdata.self)
    case (Int32(IPPROTO_IP), IP_PKTINFO):
      let information = data.loadUnaligned(as: in_pktinfo.self)
      destination = IPv4Address(rawValue: UInt32(bigEndian: information.ipi_addr.s_addr))
    case (Int32(IPPROTO_IP), IP_TTL):
      ttl = UInt8(truncatingIfNeeded: data.loadUnaligned(as: Int32.self))
    case (Int32(IPPROTO_IP), IP_TOS):
      typeOfService = data.load(as: UInt8.self)
    case (ToldOverIPv6.level, let type):
      overIPv6.take(type, UnsafeRawBufferPointer(start: data, count: clinux_cmsg_length(control)))
    default:
      break
    }
  }
}
