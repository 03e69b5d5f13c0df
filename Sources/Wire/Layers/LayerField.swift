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
    /// The names of the bits that are set, of which the first is the top one.
    case flags([String])
    /// A dotted address of 4 bytes.
    case ipv4Address
    /// An address of 16 bytes.
    case ipv6Address
    /// An address of 6 bytes.
    case macAddress
    /// Hexadecimal digits, two a byte.
    case bytes
  }

  /// What a field has where nobody says it, and what it ought to have where somebody else sends it.
  public enum LeftOut: Sendable {
    /// This number; somebody else may send any other.
    case value(UInt64)
    /// Nothing: somebody has to say it.
    case required
    /// The bytes of header and payload.
    case length
    /// The bytes of the header, options included.
    case headerLength
    /// The Internet checksum of header and payload, with IP's pseudo-header or without.
    case checksum(withPseudoHeader: Bool)
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
  /// What it has where nobody says it.
  public let leftOut: LeftOut

  /// Makes a row; the value has no unit, is a decimal number, and 0 where left out, unless it says otherwise.
  public init(
    _ key: String, _ name: String, _ filterName: String, _ bits: Range<Int>, unit: String? = nil,
    multiple: UInt64 = 1, form: Form = .decimal, leftOut: LeftOut = .value(0)
  ) {
    self.key = key
    self.name = name
    self.filterName = filterName
    self.bits = bits
    self.unit = unit
    self.multiple = multiple
    self.form = form
    self.leftOut = leftOut
  }

  /// The numbers that the wire can carry, those that are a multiple of `multiple`; up to 64 bits.
  public var range: ClosedRange<UInt64> { 0...(UInt64.max >> UInt64(64 - min(64, bits.count))) * multiple }

  /// The field's name in running text, "source port"; what is no plain word stays as it is.
  public var title: String { name.contains { $0.isLowercase } ? name.lowercased() : name }

  /// Which bytes of the header the field touches.
  public var byteRange: Range<Int> { bits.lowerBound / 8..<(bits.upperBound + 7) / 8 }

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

  /// Stores a value in bytes that the header begins with and that hold the field; bits that there is no room for are
  /// lost.
  func set(_ number: UInt64, in header: inout [UInt8]) {
    let rest = UInt64(byteRange.upperBound * 8 - bits.upperBound)
    let mask = (UInt64.max >> UInt64(64 - bits.count)) << rest
    let value = (number / multiple) << rest & mask
    for (index, byte) in byteRange.reversed().enumerated() {
      let shift = UInt64(8 * index)
      header[byte] =
        header[byte] & ~UInt8(truncatingIfNeeded: mask >> shift)
        | UInt8(truncatingIfNeeded: value >> shift)
    }
  }

  /// The value as people write it, without its unit, where it is a number of up to 64 bits.
  public func text(_ number: UInt64) -> String {
    var bytes = [UInt8](repeating: 0, count: byteRange.upperBound)
    set(number, in: &bytes)
    return text(number, in: bytes[...])
  }

  /// The value as people write it, without its unit.
  func text(_ number: UInt64, in header: ArraySlice<UInt8>) -> String {
    switch form {
    case .decimal: return String(number)
    case .named(let names): return names.text(number, String(number))
    case .hexadecimal: return hexadecimal(number)
    case .hexadecimalNamed(let names): return names.text(number, hexadecimal(number))
    case .flag: return number == 0 ? "not set" : "set"
    case .flags(let names):
      let set = names.enumerated().filter { number >> UInt64(bits.count - 1 - $0.offset) & 1 == 1 }
      return set.isEmpty ? "none" : set.map(\.element).joined(separator: ", ")
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
