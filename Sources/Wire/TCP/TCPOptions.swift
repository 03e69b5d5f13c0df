// SPDX-License-Identifier: Apache-2.0

/// The options of a TCP header (RFC 9293 §3.2, IANA, TCP Option Kind Numbers).
enum TCPOptions {
  /// The rows of an option and of what the common ones hold.
  static let rows = [kind] + [mss, shift, leftEdge, rightEdge, value, echo]

  private static let kind = LayerField("kind", "Option", "tcp.option_kind", 0..<8)
  private static let mss = LayerField("mss", "MSS Value", "tcp.options.mss_val", 16..<32, unit: "bytes")
  private static let shift = LayerField(
    "windowScale", "Shift count", "tcp.options.wscale.shift", 16..<24)
  private static let leftEdge = LayerField(
    "left", "SACK Left Edge", "tcp.options.sack_le", 0..<32)
  private static let rightEdge = LayerField(
    "right", "SACK Right Edge", "tcp.options.sack_re", 32..<64)
  private static let value = LayerField(
    "value", "Timestamp value", "tcp.options.timestamp.tsval", 16..<48)
  private static let echo = LayerField(
    "echo", "Timestamp echo reply", "tcp.options.timestamp.tsecr", 48..<80)

  private static let names: NumberNames = [
    0: "end of options", 1: "no operation", 2: "maximum segment size", 3: "window scale",
    4: "SACK permitted", 5: "SACK", 6: "echo", 7: "echo reply", 8: "timestamps",
    9: "partial order connection permitted", 10: "partial order service profile", 11: "CC", 12: "CC.NEW",
    13: "CC.ECHO", 14: "alternate checksum request", 15: "alternate checksum data", 19: "MD5 signature",
    27: "Quick-Start response", 28: "user timeout", 29: "TCP authentication", 30: "Multipath TCP",
    34: "Fast Open cookie", 69: "encryption negotiation", 172: "accurate ECN order 0",
    174: "accurate ECN order 1", 253: "experiment 1", 254: "experiment 2",
  ]

  /// The only length of a kind, where it has one.
  private static let lengths: [UInt8: Int] = [2: 4, 3: 3, 4: 2, 8: 10, 19: 18]

  /// Adds each option, and behind it what it holds; what follows the end of the list is padding.
  static func read(_ bytes: ArraySlice<UInt8>, isWhole: Bool, _ layer: inout LayerReading) {
    var rest = bytes
    while let number = rest.first {
      let stated = number < 2 ? 1 : rest.dropFirst().first.map(Int.init)
      let isCut = !isWhole && (stated ?? .max) > rest.count
      let fault = isCut ? nil : fault(number, stated, rest.count)
      let count = min(max(stated ?? rest.count, 1), rest.count)
      let isReadable = fault == nil && !isCut
      let option = fault.map { _ in rest } ?? rest.prefix(count)
      add(
        number, isReadable ? option : rest, isReadable,
        fault.map { .wrong($0) } ?? (isCut ? layer.extent.lack : .none), &layer)
      rest = isReadable ? rest.dropFirst(count) : []
      if number == 0, isReadable {
        addEnd(rest, &layer)
        return
      }
    }
  }

  private static func fault(_ number: UInt8, _ stated: Int?, _ there: Int) -> String? {
    guard let stated else { return "has no length" }
    if number >= 2, stated < 2 { return "has a length of \(stated), which is below 2" }
    if stated > there { return "reaches beyond the header" }
    return nil
  }

  private static func add(
    _ number: UInt8, _ option: ArraySlice<UInt8>, _ isReadable: Bool, _ remark: Dissection.Remark,
    _ layer: inout LayerReading
  ) {
    let isRightLength = lengths[number].map { $0 == option.count } ?? (number != 5 || option.count % 8 == 2)
    let known = isReadable && isRightLength ? parts(number, option) : nil
    let name = names[UInt64(number)] ?? "option \(number)"
    let data = option.dropFirst(2)
    let isShown = known != nil || data.isEmpty || number < 2
    layer.add(
      Dissection.Field(
        kind.name, kind.filterName, isShown ? name : "\(name): \(HexDump.hexString(data))", option.indices,
        number: UInt64(number),
        remark: isReadable && !isRightLength
          ? .wrong("has a length of \(option.count), which its kind cannot have") : remark))
    for (row, offset) in known ?? [] { layer.read([row], at: offset - layer.extent.bytes.startIndex) }
  }

  /// The rows of an option's values, each with where it is counted from.
  private static func parts(_ number: UInt8, _ option: ArraySlice<UInt8>) -> [(LayerField, Int)]? {
    let begin = option.startIndex
    switch number {
    case 2: return [(mss, begin)]
    case 3: return [(shift, begin)]
    case 5:
      return stride(from: begin + 2, to: option.endIndex, by: 8).flatMap {
        [(leftEdge, $0), (rightEdge, $0)]
      }
    case 8: return [(value, begin), (echo, begin)]
    default: return nil
    }
  }

  /// What follows the end of the list ought to be zero (RFC 9293 §3.1).
  private static func addEnd(_ padding: ArraySlice<UInt8>, _ layer: inout LayerReading) {
    guard !padding.isEmpty else { return }
    let isZero = padding.allSatisfy { $0 == 0 }
    layer.add(
      Dissection.Field(
        "Padding", "tcp.options", HexDump.hexString(padding), padding.indices,
        remark: isZero ? .none : .wrong("should be zero")))
  }
}
