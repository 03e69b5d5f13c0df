// SPDX-License-Identifier: Apache-2.0

import Wire

/// What can be asked of a tag of a virtual LAN.
public enum VLANField: String, CaseIterable, Hashable, Sendable {
  /// The virtual LAN, 0…4095.
  case id
  /// The priority code point, 0…7.
  case priority
  /// Whether the frame may be dropped first; 0 or 1.
  case dropEligible
  /// What says that it is a tag.
  case etherType

  /// The field's name in running text.
  public var title: String {
    switch self {
    case .id: "VLAN ID"
    case .priority: "VLAN priority"
    case .dropEligible: "VLAN drop eligible"
    case .etherType: "VLAN EtherType"
    }
  }

  /// A value as people write it.
  public func format(_ value: UInt64) -> String {
    switch self {
    case .id, .priority: String(value)
    case .dropEligible: value == 0 ? "not set" : "set"
    case .etherType: EtherType(rawValue: UInt16(truncatingIfNeeded: value)).description
    }
  }

  /// The field's value in a tag.
  public func value(in tag: VLANTag) -> UInt64 {
    switch self {
    case .id: UInt64(tag.id)
    case .priority: UInt64(tag.priority)
    case .dropEligible: tag.dropEligible ? 1 : 0
    case .etherType: UInt64(tag.etherType.rawValue)
    }
  }
}

/// A tag of a virtual LAN of which a file asks something.
public struct VLANMatcher: Sendable {
  /// What is asked, by field.
  public internal(set) var matchers: [VLANField: Located<FieldMatcher>] = [:]

  init() {}

  /// Asks for a tag as it is.
  public init(_ tag: VLANTag) {
    for field in VLANField.allCases { matchers[field] = Located(.value(UInt128(field.value(in: tag)))) }
  }
}

/// What a file asks of a frame.
public struct FrameMatchers: Sendable {
  /// What is asked, by field.
  public internal(set) var matchers: [FrameField: Located<FieldMatcher>] = [:]
  /// What is asked of its tags, the outermost first: that there are none where empty; nil where nothing is asked.
  public internal(set) var vlan: Located<[VLANMatcher]>?

  /// What is asked of a field.
  public subscript(field: FrameField) -> Located<FieldMatcher>? { matchers[field] }

  /// Whether nothing is asked.
  public var isEmpty: Bool { matchers.isEmpty && vlan == nil }
}

extension FrameField {
  /// What says that a tag of a virtual LAN follows, where a file speaks of such tags (IEEE 802.1Q, 802.1ad).
  static let tagTypes: Set<EtherType> = [.vlan, .serviceVLAN]
}

extension Scenario {
  /// The EtherTypes of tags under which packets of this scenario can be seen; none where it does not speak of tags.
  public var tagTypes: Set<EtherType> {
    var types: Set<EtherType> = []
    let others = expect.ignored.map { one -> Seen? in
      if case .matching(let seen, _) = one { seen } else { nil }
    }
    if ([expect.every] + others).contains(where: { $0?.frame.vlan != nil }) { types = FrameField.tagTypes }
    for index in exchange.indices {
      if let tags = exchange[index].frame.vlan {
        types.formUnion(tags.value.map(\.etherType) + FrameField.tagTypes)
      }
      if exchange[index].expect.speaksOfTags { types.formUnion(FrameField.tagTypes) }
    }
    return types
  }
}

extension Expectation {
  /// Whether the file says anything of the tags of virtual LANs.
  fileprivate var speaksOfTags: Bool {
    everywhere.frame.vlan != nil || returned.contains { $0.frame.vlan != nil }
      || places.values.contains { if case .seen(let seen) = $0 { seen.frame.vlan != nil } else { false } }
  }
}
