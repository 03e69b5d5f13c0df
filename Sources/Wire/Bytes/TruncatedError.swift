// SPDX-License-Identifier: Apache-2.0

/// Fewer bytes were there than a header needs.
public struct TruncatedError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was being read.
  public enum Layer: String, Sendable, CaseIterable {
    case ethernet = "Ethernet header"
    case arp = "ARP packet"
    case ipv4 = "IPv4 header"
    case ipv6 = "IPv6 header"
    case icmp = "ICMP header"
  }

  /// What was being read.
  public let layer: Layer
  /// Where it begins: an index into the array that was parsed.
  public let offset: Int
  /// How many bytes it needs.
  public let needed: Int
  /// How many bytes are there.
  public let available: Int

  /// Makes an error that says what was needed, and what was there.
  public init(layer: Layer, offset: Int, needed: Int, available: Int) {
    self.layer = layer
    self.offset = offset
    self.needed = needed
    self.available = available
  }

  /// A sentence without its full stop.
  public var description: String {
    "the \(layer.rawValue) at byte \(offset) needs \(needed) bytes, but has only \(available)"
  }
}
