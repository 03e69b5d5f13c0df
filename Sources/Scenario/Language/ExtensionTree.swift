// SPDX-License-Identifier: Apache-2.0

import Wire

extension IPHeader {
  /// What stands behind the fixed fields as a file writes it: the options, or the extension headers, which come before a
  /// protocol.
  func variablePartMember(before number: UInt8) -> JSON5Tree.Member {
    let list =
      switch self {
      case .v4(let header): IPv4Option.parse(header.options).map(\.tree)
      case .v6(let header): header.extensions.trees(before: number)
      }
    return JSON5Tree.Member(key: IPField.variablePart(of: version).rawValue, value: .array(list))
  }
}

extension [IPv6ExtensionHeader] {
  /// The headers as a file writes them, where a protocol follows the last.
  fileprivate func trees(before number: UInt8) -> [JSON5Tree] {
    zip(self, dropFirst().map(\.number) + [number]).map { $0.tree(before: $1) }
  }
}

extension IPv6ExtensionHeader {
  /// The header as a file writes it, where something follows: by its bytes where no other form has all of them.
  fileprivate func tree(before number: UInt8) -> JSON5Tree {
    guard bytes.count >= Self.unit, bytes.count % Self.unit == 0, let form else {
      return .object([
        "raw": .object(["number": .number(self.number), "hex": .string(HexDump.hexString(bytes))])
      ])
    }
    let isLengthRight = isFragment || Int(bytes[1]) == bytes.count / Self.unit - 1
    let rest = JSON5Tree.object([
      "nextHeader": nextHeader == number ? nil : .number(nextHeader),
      "length": isLengthRight ? nil : .number(bytes[1]),
    ]).members
    return .object([JSON5Tree.Member(key: form.key, value: .object(form.members + rest))])
  }

  /// Whether it has a reserved byte where others have their length.
  private var isFragment: Bool { number == Self.fragmentNumber }

  /// The key of its kind, and what it says beside what follows it; nil where the kind has no word for some of it.
  private var form: (key: String, members: [JSON5Tree.Member])? {
    switch number {
    case Self.hopByHopNumber: ("hopByHop", optionsMembers)
    case Self.destinationNumber: ("destination", optionsMembers)
    case Self.routingNumber: routingMembers.map { ("routing", $0) }
    case Self.fragmentNumber: fragmentMembers.map { ("fragment", $0) }
    default: nil
    }
  }

  private var optionsMembers: [JSON5Tree.Member] {
    let options = IPv6OptionTree.list(bytes[2...])
    return JSON5Tree.object(["options": JSON5Tree.array(options).unlessEmpty]).members
  }

  private var routingMembers: [JSON5Tree.Member]? {
    let list = bytes.dropFirst(Self.unit)
    guard bytes[4..<8].allSatisfy({ $0 == 0 }), list.count % IPv6OptionTree.addressLength == 0 else {
      return nil
    }
    let addresses = stride(from: list.startIndex, to: list.endIndex, by: IPv6OptionTree.addressLength)
      .map { IPv6OptionTree.address(list[$0..<$0 + IPv6OptionTree.addressLength]) }
    return JSON5Tree.object([
      "type": bytes[2] == 0 ? nil : .number(bytes[2]),
      "segmentsLeft": Int(bytes[3]) == addresses.count ? nil : .number(bytes[3]),
      "addresses": JSON5Tree.array(addresses).unlessEmpty,
    ]).members
  }

  private var fragmentMembers: [JSON5Tree.Member]? {
    let plain = Self.fragment(
      nextHeader: nextHeader, offset: fragmentOffset, moreFragments: moreFragments,
      identification: identification)
    guard plain == self else { return nil }
    return JSON5Tree.object([
      "offset": fragmentOffset == 0 ? nil : .number(fragmentOffset),
      "moreFragments": moreFragments ? .literal("true") : nil,
      "identification": identification == 0 ? nil : .number(identification),
    ]).members
  }
}

/// The options of an extension header as a file writes them (RFC 8200 §4.2).
private enum IPv6OptionTree {
  static let addressLength = 16

  static func address(_ octets: ArraySlice<UInt8>) -> JSON5Tree {
    .string(IPAddress(octets: Array(octets))?.description ?? "")
  }

  /// The options; what pads the header to its length is left out where the language pads it so.
  static func list(_ bytes: ArraySlice<UInt8>) -> [JSON5Tree] {
    var options: [ArraySlice<UInt8>] = []
    var rest = bytes
    while let type = rest.first {
      let length = type == 0 ? 1 : rest.dropFirst().first.map { Int($0) + 2 } ?? rest.count
      options.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    if let last = options.last, isPadding(last), last.count < IPv6ExtensionHeader.unit {
      options.removeLast()
    }
    return options.map(tree)
  }

  private static func isPadding(_ option: ArraySlice<UInt8>) -> Bool {
    guard option.first == 1 else { return Array(option) == [0] }
    return option.dropFirst().first.map { Int($0) + 2 } == option.count
      && option.dropFirst(2).allSatisfy { $0 == 0 }
  }

  private static func tree(_ option: ArraySlice<UInt8>) -> JSON5Tree {
    let data = option.dropFirst(2)
    let number = JSON5Tree.number(data.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    let isWhole = option.dropFirst().first.map { Int($0) } == data.count
    switch (option.first, data.count) {
    case (0, _): return .string("pad1")
    case (1, _) where isPadding(option): return .object(["padN": .number(option.count)])
    case (5, 2) where isWhole: return .object(["routerAlert": number])
    case (0xC2, 4) where isWhole: return .object(["jumboPayload": number])
    case (0xC9, addressLength) where isWhole: return .object(["homeAddress": address(data)])
    default: return .object(["raw": .string(HexDump.hexString(option))])
    }
  }
}
