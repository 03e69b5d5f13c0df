// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// What a kernel tells of an IPv6 packet's headers beside what follows them, to a socket that asks for it (RFC 3542 §6).
struct ToldOverIPv6: Sendable {
  /// DSCP (upper six bits) and ECN (lower two).
  private(set) var trafficClass: UInt8 = 0
  /// The flow label, in 20 bits.
  private(set) var flowLabel: UInt32 = 0
  /// The hop limit that arrived.
  private(set) var hopLimit: UInt8 = 0
  /// The destination; nil where it is not told.
  private(set) var destination: IPv6Address?
  /// The extension headers that it tells, by their numbers, in order.
  private(set) var extensions: [IPv6ExtensionHeader] = []

  /// The level of the options.
  static let level = Int32(IPPROTO_IPV6)

  /// Has a socket tell all of it.
  ///
  /// - Throws: the errors of setsockopt(2).
  static func ask(_ socket: borrowing Descriptor) throws(SystemError) {
    let yes: Int32 = 1
    let options = [
      ("IPV6_RECVPKTINFO", IPV6_RECVPKTINFO), ("IPV6_RECVHOPLIMIT", IPV6_RECVHOPLIMIT),
      ("IPV6_RECVTCLASS", IPV6_RECVTCLASS), ("IPV6_FLOWINFO", clinux_IPV6_FLOWINFO),
      ("IPV6_RECVHOPOPTS", IPV6_RECVHOPOPTS), ("IPV6_RECVDSTOPTS", IPV6_RECVDSTOPTS),
      ("IPV6_RECVRTHDR", IPV6_RECVRTHDR),
    ]
    for (name, option) in options { try socket.setOption(name, level: level, option, to: yes) }
  }

  /// Has a socket tell what stands in the fixed header that it cannot know by itself, and not more.
  ///
  /// - Throws: the errors of setsockopt(2).
  static func askFixedHeader(_ socket: borrowing Descriptor) throws(SystemError) {
    let yes: Int32 = 1
    try socket.setOption("IPV6_RECVPKTINFO", level: level, IPV6_RECVPKTINFO, to: yes)
    try socket.setOption("IPV6_RECVHOPLIMIT", level: level, IPV6_RECVHOPLIMIT, to: yes)
    // Traffic class and flow label.
    try socket.setOption("IPV6_FLOWINFO", level: level, clinux_IPV6_FLOWINFO, to: yes)
  }

  /// Room for all of it, in bytes: of the extension headers for one of each that is as long as one can be.
  static let mostBytes =
    [
      MemoryLayout<clinux_in6_pktinfo>.size, MemoryLayout<Int32>.size, MemoryLayout<Int32>.size,
      MemoryLayout<UInt32>.size,
    ]
    + [Int](repeating: longestHeader, count: mostHeaders)

  private static let longestHeader = 2048
  private static let mostHeaders = 4

  /// Takes what one control message tells.
  mutating func take(_ type: Int32, _ data: UnsafeRawBufferPointer) {
    let number = { data.count >= 4 ? data.loadUnaligned(as: Int32.self) : 0 }
    switch type {
    case IPV6_PKTINFO where data.count >= MemoryLayout<clinux_in6_pktinfo>.size:
      destination = IPv6Address(halves: data.loadUnaligned(as: clinux_in6_pktinfo.self).address)
    case IPV6_HOPLIMIT: hopLimit = UInt8(truncatingIfNeeded: number())
    case IPV6_TCLASS: trafficClass = UInt8(truncatingIfNeeded: number())
    case clinux_IPV6_FLOWINFO: flowLabel = UInt32(bigEndian: UInt32(bitPattern: number())) & 0xF_FFFF
    case IPV6_HOPOPTS: add(IPv6ExtensionHeader.hopByHopNumber, data)
    case IPV6_DSTOPTS: add(IPv6ExtensionHeader.destinationNumber, data)
    case IPV6_RTHDR: add(IPv6ExtensionHeader.routingNumber, data)
    default: break
    }
  }

  private mutating func add(_ number: UInt8, _ data: UnsafeRawBufferPointer) {
    extensions.append(IPv6ExtensionHeader(number: number, bytes: Array(data)))
  }

  /// The header as far as it is told, from an address: what is told announces each other, whatever stood between.
  func header(from source: IPv6Address) -> IPv6Header {
    var extensions = extensions
    for index in extensions.indices.dropLast() { extensions[index].nextHeader = extensions[index + 1].number }
    return IPv6Header(
      source: source, destination: destination ?? .any,
      nextHeader: extensions.first?.number ?? IPv6ExtensionHeader.noNextNumber, dscp: trafficClass >> 2,
      ecn: trafficClass & 3, flowLabel: flowLabel, hopLimit: hopLimit, extensions: extensions)
  }
}
