// SPDX-License-Identifier: Apache-2.0

/// A row of a protocol's table of fields: what a field is called, where it stands and how people write it.
public struct LayerField: Sendable {
  /// How people write a field's value.
  public enum Form: Sendable {
    /// A decimal number.
    case decimal
    /// A decimal number and its name, where it has one.
    case named(NumberNames)
    /// `0x` and as many hexadecimal digits as the field has.
    case hexadecimal
    /// The same, and the number's name, where it has one.
    case hexadecimalNamed(NumberNames)
    /// "set" or "not set".
    case flag
    /// A dotted address of 4 bytes.
    case ipv4Address
    /// An address of 16 bytes.
    case ipv6Address
    /// An address of 6 bytes.
    case macAddress
    /// Hexadecimal digits, two a byte.
    case bytes
  }

  /// The field's key in the scenario language.
  public let key: String
  /// The name as Wireshark writes it, "Source Port".
  public let name: String
  /// The name of Wireshark's display filter, "udp.srcport".
  public let filterName: String
  /// Which bits of the header the field is, where bit 0 is the top bit of the first byte.
  public let bits: Range<Int>
  /// The unit of the value, "bytes", or nil where it has none.
  public let unit: String?
  /// The wire carries the value divided by this.
  public let multiple: UInt64
  /// How people write the value.
  public let form: Form

  /// Makes a row; the value has no unit and is a decimal number unless it says otherwise.
  public init(
    _ key: String, _ name: String, _ filterName: String, _ bits: Range<Int>, unit: String? = nil,
    multiple: UInt64 = 1, form: Form = .decimal
  ) {
    self.key = key
    self.name = name
    self.filterName = filterName
    self.bits = bits
    self.unit = unit
    self.multiple = multiple
    self.form = form
  }

  /// Which bytes of the header the field touches.
  var byteRange: Range<Int> { bits.lowerBound / 8..<(bits.upperBound + 7) / 8 }

  /// Whether the field is whole bytes.
  var isWholeBytes: Bool { bits.lowerBound % 8 == 0 && bits.upperBound % 8 == 0 }

  /// Whether the value is a number, and no address and no run of bytes.
  var isNumber: Bool {
    switch form {
    case .ipv4Address, .ipv6Address, .macAddress, .bytes: false
    default: true
    }
  }

  /// The value in bytes that the header begins with, which hold the field; 0 for what is longer than 8 bytes.
  func number(in header: ArraySlice<UInt8>) -> UInt64 {
    guard bits.count <= 64 else { return 0 }
    let range = byteRange.shifted(by: header.startIndex)
    var value: UInt64 = 0
    // A field of 64 bits that begins within a byte would touch nine; no protocol has one.
    for byte in header[range] { value = value << 8 | UInt64(byte) }
    value >>= UInt64(byteRange.upperBound * 8 - bits.upperBound)
    if bits.count < 64 { value &= 1 << UInt64(bits.count) - 1 }
    return value * multiple
  }

  /// The value as people write it, without its unit.
  func text(_ number: UInt64, in header: ArraySlice<UInt8>) -> String {
    switch form {
    case .decimal: return String(number)
    case .named(let names): return names.text(number, String(number))
    case .hexadecimal: return hexadecimal(number)
    case .hexadecimalNamed(let names): return names.text(number, hexadecimal(number))
    case .flag: return number == 0 ? "not set" : "set"
    case .ipv4Address, .ipv6Address, .macAddress, .bytes:
      return Self.text(header[byteRange.shifted(by: header.startIndex)], form)
    }
  }

  private func hexadecimal(_ number: UInt64) -> String { "0x" + number.hex(digits: (bits.count + 3) / 4) }

  /// An address, or bytes where there are not as many as the form's address has.
  static func text(_ bytes: ArraySlice<UInt8>, _ form: Form) -> String {
    var reader = ByteReader(bytes, order: .big)
    switch (form, bytes.count) {
    case (.ipv4Address, 4):
      return "\(reader.uint8()).\(reader.uint8()).\(reader.uint8()).\(reader.uint8())"
    case (.ipv6Address, 16): return reader.ipv6Address().description
    case (.macAddress, 6): return HexDump.hexString(bytes, separator: UInt8(ascii: ":"))
    default: return HexDump.hexString(bytes)
    }
  }
}

/// Names of numbers, as a registry has them.
public struct NumberNames: Sendable, ExpressibleByDictionaryLiteral {
  private let names: [UInt64: String]

  /// Makes a table; of a number that stands twice, the first name counts.
  public init(dictionaryLiteral elements: (UInt64, String)...) {
    names = Dictionary(elements) { first, _ in first }
  }

  /// Makes a table of what numbers from 0 on are called.
  init(from0 names: [String]) {
    self.names = Dictionary(uniqueKeysWithValues: zip(0..., names))
  }

  private init(names: [UInt64: String]) {
    self.names = names
  }

  /// This table with other names for some numbers.
  func with(_ others: NumberNames) -> NumberNames {
    NumberNames(names: names.merging(others.names) { _, other in other })
  }

  /// The name of a number, where it has one.
  public subscript(_ number: UInt64) -> String? { names[number] }

  /// A text and behind it the number's name, where it has one.
  func text(_ number: UInt64, _ text: String) -> String {
    names[number].map { "\(text) (\($0))" } ?? text
  }
}
