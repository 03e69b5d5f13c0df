// SPDX-License-Identifier: Apache-2.0

/// Reads a filter expression: fields, comparisons, `and`, `or`, `not` and parentheses.
struct PacketFilterParser {
  private static let maximumDepth = 100

  private struct Word {
    let text: String
    let range: Range<Int>
    let isQuoted: Bool
  }

  private var words: [Word]
  private let end: Int
  private var next = 0
  private var depth = 0
  private let rows: [String: LayerField]
  private let names: Set<String>

  init(_ text: String, _ protocols: Protocols) {
    let characters = Array(text)
    words = Self.words(characters)
    end = characters.count
    let all = protocols.list.flatMap { $0.fields + $0.otherFields } + Dissection.ownFields
    rows = Dictionary(all.map { ($0.filterName, $0) }) { first, _ in first }
    names = Set(protocols.filterNames)
  }

  mutating func parse() throws(PacketFilterError) -> PacketFilter.Expression {
    let expression = try disjunction()
    guard next == words.count else { throw error(.expected("\"and\", \"or\" or the end")) }
    return expression
  }

  // MARK: - Words

  /// Names, values, operators and parentheses; in quotation marks anything may stand.
  private static func words(_ characters: [Character]) -> [Word] {
    var words: [Word] = []
    var index = 0
    while index < characters.count {
      let begin = index
      let first = characters[index]
      if first.isWhitespace {
        index += 1
        continue
      }
      if first == "\"" {
        index = characters[(index + 1)...].firstIndex(of: "\"").map { $0 + 1 } ?? characters.count
        let inside = characters[begin + 1..<max(begin + 1, index - 1)]
        words.append(Word(text: String(inside), range: begin..<index, isQuoted: true))
        continue
      }
      let length = operatorLength(characters[index...])
      index += length
      if length == 0 {
        while index < characters.count, !characters[index].isWhitespace, characters[index] != "\"",
          operatorLength(characters[index...]) == 0
        {
          index += 1
        }
      }
      words.append(Word(text: String(characters[begin..<index]), range: begin..<index, isQuoted: false))
    }
    return words
  }

  private static func operatorLength(_ rest: ArraySlice<Character>) -> Int {
    if ["==", "!=", "<=", ">=", "&&", "||"].contains(String(rest.prefix(2))) { return 2 }
    return "()<>!=&|".contains(rest[rest.startIndex]) ? 1 : 0
  }

  private func error(_ reason: PacketFilterError.Reason) -> PacketFilterError {
    PacketFilterError(reason: reason, range: next < words.count ? words[next].range : end..<end + 1)
  }

  private mutating func take(_ texts: String...) -> Bool {
    guard isNext(among: texts) else { return false }
    next += 1
    return true
  }

  private func isNext(among texts: [String]) -> Bool {
    next < words.count && !words[next].isQuoted && texts.contains(words[next].text)
  }

  // MARK: - Grammar

  private mutating func disjunction() throws(PacketFilterError) -> PacketFilter.Expression {
    var left = try conjunction()
    while take("or", "||") { left = .or(left, try conjunction()) }
    return left
  }

  private mutating func conjunction() throws(PacketFilterError) -> PacketFilter.Expression {
    var left = try term()
    while take("and", "&&") { left = .and(left, try term()) }
    return left
  }

  private mutating func term() throws(PacketFilterError) -> PacketFilter.Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw error(.tooDeep) }
    if take("not", "!") { return .not(try term()) }
    guard take("(") else { return try field() }
    let inner = try disjunction()
    guard take(")") else { throw error(.expected("\")\"")) }
    return inner
  }

  private mutating func field() throws(PacketFilterError) -> PacketFilter.Expression {
    guard next < words.count, !words[next].isQuoted,
      words[next].text.first?.isLetter ?? false || words[next].text.first == "_"
    else { throw error(.expected("the name of a field")) }
    let name = words[next].text
    let fields = PacketFilter.aliases[name] ?? [name]
    guard fields.allSatisfy(names.contains) else { throw error(.unknownField(name)) }
    next += 1
    guard let comparison = try comparison() else { return .presence(fields) }
    return .comparison(fields, comparison, try operand(of: fields[0], comparison))
  }

  private mutating func comparison() throws(PacketFilterError) -> PacketFilter.Comparison? {
    if take("==", "eq") { return .equal }
    if take("!=", "ne") { return .notEqual }
    if take("<=", "le") { return .atMost }
    if take(">=", "ge") { return .atLeast }
    if take("<", "lt") { return .less }
    if take(">", "gt") { return .greater }
    if isNext(among: ["="]) { throw error(.expected("\"==\"")) }
    return nil
  }

  private mutating func operand(
    of field: String, _ comparison: PacketFilter.Comparison
  ) throws(PacketFilterError) -> PacketFilter.Operand {
    guard next < words.count, words[next].isQuoted || !"()<>!=&|".contains(words[next].text.prefix(1)) else {
      throw error(.expected("a value"))
    }
    let text = words[next].text
    let row = rows[field]
    if row?.isNumber ?? Self.frameNumbers.contains(field) {
      guard let number = Self.number(text, row) else { throw error(.badValue("a number")) }
      next += 1
      return .number(number)
    }
    guard comparison == .equal || comparison == .notEqual else {
      next -= 1
      throw error(.noOrder)
    }
    guard let value = Self.text(text, row) else { throw error(.badValue(Self.kind(row))) }
    next += 1
    return .text(value)
  }

  private static let frameNumbers: Set<String> = [
    "frame.number", "frame.len", "frame.cap_len", "frame.packet_flags_direction",
  ]

  private static func number(_ text: String, _ row: LayerField?) -> UInt64? {
    let flags: [String: UInt64] = ["true": 1, "false": 0]
    if case .flag = row?.form, let flag = flags[text.lowercased()] { return flag }
    return text.lowercased().hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
  }

  /// The value as a field of that form is written; nil where none is.
  private static func text(_ text: String, _ row: LayerField?) -> String? {
    switch row?.form {
    case .ipv4Address: IPv4Address(text)?.description
    case .macAddress: MACAddress(text)?.description
    case .ipv6Address: text.contains(":") ? text.lowercased() : nil
    case .bytes: (try? HexDump.bytes(fromHex: text)).map { HexDump.hexString($0) }
    default: text
    }
  }

  private static func kind(_ row: LayerField?) -> String {
    switch row?.form {
    case .ipv4Address: "an IPv4 address"
    case .macAddress: "a MAC address"
    case .ipv6Address: "an IPv6 address"
    default: "bytes in hexadecimal"
    }
  }
}
