// SPDX-License-Identifier: Apache-2.0

/// An IPv4 address (RFC 791 §3.2).
public struct IPv4Address: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The address as a number in host byte order: 1.2.3.4 is 0x01020304.
  public let rawValue: UInt32

  /// The limited broadcast address, 255.255.255.255 (RFC 919).
  public static let broadcast = IPv4Address(rawValue: .max)
  /// The unspecified address, 0.0.0.0.
  public static let any = IPv4Address(rawValue: 0)

  /// Makes an address of a number in host byte order.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Makes the address `a.b.c.d`.
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    rawValue = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }

  /// Reads a dotted quad: four decimal numbers 0...255 without leading zeros; nil for anything else.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let numbers = parts.compactMap { UInt8(strictDecimal: $0) }
    guard parts.count == 4, numbers.count == 4 else { return nil }
    self.init(numbers[0], numbers[1], numbers[2], numbers[3])
  }

  /// The four bytes in network byte order.
  public var octets: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
  }

  /// Whether it lies in 224.0.0.0/4 (RFC 5771).
  public var isMulticast: Bool { rawValue >> 28 == 0b1110 }

  /// Whether it lies in 127.0.0.0/8, which is no other host's (RFC 1122 §3.2.1.3).
  public var isLoopback: Bool { rawValue >> 24 == 127 }

  /// The dotted quad.
  public var description: String {
    octets.map { String($0) }.joined(separator: ".")
  }

  /// Orders addresses as numbers.
  public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension UInt8 {
  /// Reads decimal digits only: no sign, and no leading zero that other programs would take for octal.
  init?(strictDecimal text: Substring.UTF8View) {
    guard text.count == 1 || text.first != 0x30, text.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
      return nil
    }
    self.init(Substring(text))
  }
}
