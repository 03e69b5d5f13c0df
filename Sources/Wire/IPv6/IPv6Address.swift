// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An IPv6 address (RFC 4291).
public struct IPv6Address: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  /// The unspecified address, `::`.
  public static let any = IPv6Address(high: 0, low: 0)
  /// The loopback address, `::1` (RFC 4291 §2.5.3).
  public static let loopback = IPv6Address(high: 0, low: 1)

  /// Makes an address of its upper and its lower half, each as a number in host byte order.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Makes an address of a number in host byte order.
  public init(_ number: UInt128) {
    self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
  }

  /// The address as a number in host byte order.
  public var number: UInt128 { UInt128(high) << 64 | UInt128(low) }

  /// Reads the text of an address without a zone (RFC 4291 §2.2); nil for anything else.
  public init?(_ text: String) {
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1, !text.utf8.contains(0) else { return nil }
    let octets = withUnsafeBytes(of: address, Array.init)
    var reader = ByteReader(octets[...], order: .big)
    self = reader.ipv6Address()
  }

  /// The eight groups of 16 bits, in the order in which they are sent.
  var groups: [UInt16] {
    [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) } }
  }

  /// The 16 bytes in network byte order.
  public var octets: [UInt8] { groups.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] } }

  /// Whether it lies in ff00::/8 (RFC 4291 §2.7).
  public var isMulticast: Bool { high >> 56 == 0xFF }

  /// The group in which others look for the address: ff02::1:ff00:0 and its last three bytes (RFC 4291 §2.7.1).
  public var solicitedNode: IPv6Address {
    IPv6Address(high: 0xFF02_0000_0000_0000, low: 0x0000_0001_FF00_0000 | low & 0xFF_FFFF)
  }

  /// Whether it lies in fe80::/10, and is known on one link alone (RFC 4291 §2.5.6).
  public var isLinkLocal: Bool { high >> 54 == 0x3FA }

  /// Whether it stands for an IPv4 address, and never on a wire (RFC 4291 §2.5.5.2).
  public var isIPv4Mapped: Bool { high == 0 && low >> 32 == 0xFFFF }

  /// Whether it is a group's whose packets stay within an interface, or of a scope that is reserved (RFC 4291 §2.7).
  public var isInterfaceLocal: Bool { isMulticast && (high >> 48) & 0xF < 2 }

  /// The canonical text (RFC 5952 §4): lower case, no leading zeros, and `::` for the longest run of two zero groups or
  /// more, of several the first; an IPv4-mapped address ends in the dotted one (§5).
  public var description: String {
    if isIPv4Mapped {
      return "::ffff:\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)))"
    }
    let groups = groups
    guard let run = Self.longestZeroRun(groups) else { return Self.text(groups[...]) }
    return "\(Self.text(groups[..<run.lowerBound]))::\(Self.text(groups[run.upperBound...]))"
  }

  private static func text(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
    var longest = 0..<0
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return longest.count < 2 ? nil : longest
  }
}
