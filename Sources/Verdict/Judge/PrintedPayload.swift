// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a program printed in the place of a payload that it was to print.
struct PrintedPayload {
  /// The payload.
  let payload: [UInt8]
  /// The bytes that stand for it in what was printed.
  let printed: [UInt8]

  /// How programs write bytes.
  fileprivate enum Notation: CaseIterable {
    /// As they are.
    case bytes
    /// With escapes for those that cannot be printed, as Python's `repr` and C's literals have them: `Hi\x00`.
    case escapes
    /// Two hexadecimal digits a byte.
    case digits
    /// The same with a space between bytes.
    case spacedDigits
  }

  /// Where a payload stands in a text that a program is to print.
  struct Place {
    private let payload: [UInt8]
    private let notation: Notation
    private let before: ArraySlice<UInt8>
    private let behind: ArraySlice<UInt8>

    /// A payload is looked for no more often than this.
    private static let most = 16

    /// The places of a payload in a wanted text, in each notation.
    static func all(of payload: [UInt8], in wanted: [UInt8]) -> [Place] {
      guard !payload.isEmpty else { return [] }
      return Notation.allCases.flatMap { notation in
        notation.searched(wanted).places(of: notation.write(payload), atMost: most).map { range in
          Place(
            payload: payload, notation: notation, before: wanted[..<range.lowerBound],
            behind: wanted[range.upperBound...])
        }
      }
    }

    /// What stands there in a printed line; nil where something else is printed before or behind it.
    func read(in line: [UInt8]) -> PrintedPayload? {
      line.between(before, behind).flatMap(notation.read).map {
        PrintedPayload(payload: payload, printed: $0)
      }
    }
  }
}

extension PrintedPayload.Notation {
  private static let (backslash, space) = (UInt8(ascii: "\\"), UInt8(ascii: " "))
  private static let (printable, short): (ClosedRange<UInt8>, [UInt8: UInt8]) = (
    0x20...0x7e,
    [
      UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09, UInt8(ascii: "0"): 0,
      backslash: backslash, UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "\""): UInt8(ascii: "\""),
    ]
  )

  /// The text in which it is looked for: digits may be of either case.
  func searched(_ wanted: [UInt8]) -> [UInt8] {
    switch self {
    case .bytes, .escapes: wanted
    case .digits, .spacedDigits: wanted.map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }
    }
  }

  func write(_ payload: [UInt8]) -> [UInt8] {
    switch self {
    case .bytes: payload
    case .escapes: payload.flatMap(Self.escape)
    case .digits: Array(HexDump.hexString(payload).utf8)
    case .spacedDigits: Array(payload.map { HexDump.hexString([$0]) }.joined(separator: " ").utf8)
    }
  }

  func read(_ printed: ArraySlice<UInt8>) -> [UInt8]? {
    switch self {
    case .bytes: Array(printed)
    case .escapes: Self.unescape(printed)
    case .digits, .spacedDigits:
      printed.isEmpty
        ? nil
        : try? HexDump.bytes(fromHex: String(decoding: printed.filter { $0 != Self.space }, as: UTF8.self))
    }
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    if byte == backslash { return [backslash, backslash] }
    if printable.contains(byte) { return [byte] }
    if let letter = short.first(where: { $0.value == byte && byte != 0 })?.key { return [backslash, letter] }
    return Array("\\x\(HexDump.hexString([byte]))".utf8)
  }

  private static func unescape(_ printed: ArraySlice<UInt8>) -> [UInt8]? {
    var (rest, bytes): (ArraySlice<UInt8>, [UInt8]) = (printed, [])
    while let byte = rest.popFirst() {
      guard byte == backslash else {
        bytes.append(byte)
        continue
      }
      guard let letter = rest.popFirst() else { return nil }
      if letter == UInt8(ascii: "x") {
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        guard let value = short[letter] else { return nil }
        bytes.append(value)
      }
    }
    return bytes
  }
}

extension [UInt8] {
  /// Where a text stands, the first place first.
  fileprivate func places(of text: [UInt8], atMost most: Int) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var rest = self[...]
    while places.count < most, let place = rest.firstPlace(of: text) {
      places.append(place)
      rest = self[(place.lowerBound + 1)...]
    }
    return places
  }

  /// What stands behind one text and before another that ends the line; nil where they are not there.
  fileprivate func between(_ before: ArraySlice<UInt8>, _ behind: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let start = firstPlace(of: before)?.upperBound
    guard let start, self[start...].count >= behind.count, reversed().starts(with: behind.reversed()) else {
      return nil
    }
    return self[start..<(count - behind.count)]
  }
}
