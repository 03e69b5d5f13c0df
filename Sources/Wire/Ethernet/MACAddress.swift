// SPDX-License-Identifier: Apache-2.0

/// A 48-bit MAC address (IEEE 802, §8).
public struct MACAddress: Hashable, Sendable, CustomStringConvertible {
  // A number rather than an array: comparing and copying it allocates nothing.
  private let value: UInt64

  /// The broadcast address, ff:ff:ff:ff:ff:ff.
  public static let broadcast = MACAddress(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)

  /// Makes an address of its six bytes, in the order in which they are sent.
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8) {
    let upper = UInt64(a) << 40 | UInt64(b) << 32 | UInt64(c) << 24
    value = upper | UInt64(d) << 16 | UInt64(e) << 8 | UInt64(f)
  }

  /// Makes an address of its bytes, in the order in which they are sent; nil unless there are six.
  public init?(octets: [UInt8]) {
    guard octets.count == 6 else { return nil }
    self.init(octets[0], octets[1], octets[2], octets[3], octets[4], octets[5])
  }

  /// Reads six pairs of hexadecimal digits of either case with colons between them; nil for anything else.
  public init?(_ text: String) {
    let pairs = text.split(separator: ":", omittingEmptySubsequences: false)
    guard pairs.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
    self.init(octets: pairs.compactMap { $0.first == "+" ? nil : UInt8($0, radix: 16) })
  }

  /// The six bytes, in the order in which they are sent.
  public var octets: [UInt8] {
    [40, 32, 24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// Whether the group bit is set: a multicast address, or broadcast.
  public var isMulticast: Bool { value >> 40 & 1 == 1 }

  /// Six pairs of lower-case hexadecimal digits with colons between them.
  public var description: String {
    octets.map { $0.hex }.joined(separator: ":")
  }
}
