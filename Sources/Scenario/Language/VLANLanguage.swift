// SPDX-License-Identifier: Apache-2.0

import Wire

extension ValueType where Value == Located<[VLANTag]> {
  /// The tags of a frame: one, or a list of them, the outermost first.
  static let vlanTags = ValueType<[VLANTag]>.oneOrMore(
    ObjectType<VLANTag>.vlanTag.value, "a tag such as { id: 5 }, or a list of them"
  ).located
}

extension ValueType where Value == Located<[VLANMatcher]> {
  /// What the tags of a frame may be: one, or a list of them, or none.
  static let vlanMatchers = ValueType<[VLANMatcher]>.choice(
    "a tag such as { id: 5 }, a list of them, or \"none\"", text: .word([("none", [])]),
    other: .oneOrMore(ObjectType<VLANMatcher>.vlanMatcher.value, "a tag such as { id: 5 }, or a list of them")
  ).located
}

extension ValueType {
  /// One value of a kind, or a list of at least one.
  fileprivate static func oneOrMore<Element>(
    _ element: ValueType<Element>, _ phrase: String
  ) -> ValueType where Value == [Element] {
    let list = list(of: element, phrase, count: 1...4)
    return choice(phrase, of: [element.shape, list.shape]) { value in
      switch value {
      case .object: element.map { [$0] }
      case .array: list
      default: nil
      }
    }
  }
}

extension ObjectType where Object == VLANTag {
  /// A tag of a virtual LAN.
  static let vlanTag = ObjectType(
    "a tag such as { id: 5 }", { _ in VLANTag(id: 0) },
    keys: [
      Key("id", .integer(0...4095), isRequired: true, "the VLAN; 0 is none, only a priority") {
        $0.id = UInt16($1)
      },
      Key("priority", .integer(0...7), "priority code point; default: 0") { $0.priority = UInt8($1) },
      Key("dropEligible", .bool, \.dropEligible, "whether it may be dropped first; default: false"),
      Key(
        "etherType",
        ValueType<Int>.integer(0...65_535).checked {
          $0 == EtherType.ipv4.rawValue ? "0x0800 says that IPv4 follows, not a tag" : nil
        },
        "what marks it as a tag; default: 0x8100; 0x88a8 in service tags"
      ) { $0.etherType = EtherType(rawValue: UInt16($1)) },
    ])
}

extension ObjectType where Object == VLANMatcher {
  /// A tag of which something may be asked.
  static let vlanMatcher = ObjectType(
    "a tag such as { id: 5 }", { _ in VLANMatcher() },
    keys: VLANField.allCases.map { field in
      Key(field.rawValue, ValueType<FieldMatcher>.vlanMatcher(of: field).located, field.title) {
        $0.matchers[field] = $1
      }
    })
}

extension ValueType where Value == FieldMatcher {
  /// What a field of a tag may be.
  fileprivate static func vlanMatcher(of field: VLANField) -> ValueType {
    let value =
      switch field {
      case .id: ValueType<Int>.integer(0...4095).map { UInt64($0) }
      case .priority: ValueType<Int>.integer(0...7).map { UInt64($0) }
      case .dropEligible: ValueType<Bool>.bool.map { $0 ? UInt64(1) : 0 }
      case .etherType: ValueType<Int>.integer(0...65_535).map { UInt64($0) }
      }
    return matcher(value, words: [("any", .any)])
  }
}
