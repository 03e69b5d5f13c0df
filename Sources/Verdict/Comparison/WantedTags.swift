// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What is wrong with the tags of virtual LANs of a frame.
struct WrongTags {
  /// The field that is wrong; nil where there is another number of tags than wanted.
  let field: VLANField?
  /// Which tag it is, from 0.
  let index: Int
  /// What is said of it, behind its name: `wanted 5, sent with 6`.
  let wanted: Located<FieldMatcher>

  /// Holds tags against what is asked of each, the outermost first; nil where all are as asked.
  init?(_ tags: [VLANTag], _ asked: Located<[VLANMatcher]>) {
    guard tags.count == asked.value.count else {
      (field, index) = (nil, 0)
      wanted = Located(.value(UInt128(asked.value.count)), at: asked.span)
      return
    }
    for (index, (tag, matcher)) in zip(tags, asked.value).enumerated() {
      for field in VLANField.allCases {
        guard let wanted = matcher.matchers[field], !wanted.value.matches(field.value(in: tag)) else {
          continue
        }
        (self.field, self.index, self.wanted) = (field, index, wanted)
        return
      }
    }
    return nil
  }

  /// The name of what is wrong: `VLAN ID`, `VLAN ID of tag 2`, `VLAN tags`.
  var title: String {
    guard let field else { return "VLAN tags" }
    return index == 0 ? field.title : "\(field.title) of tag \(index + 1)"
  }

  /// What is wanted, in words.
  var wantedText: String { field.map { wanted.value.words(by: $0.format) } ?? wanted.value.text { "\($0)" } }

  /// What tags have, in words.
  func text(of tags: [VLANTag]) -> String {
    guard let field else { return "\(tags.count)" }
    return index < tags.count ? field.format(field.value(in: tags[index])) : "none"
  }

  /// What is said of tags that are not as asked.
  func text(of tags: [VLANTag], seen verb: String) -> String {
    "\(title): wanted \(wantedText), \(verb) with \(text(of: tags))"
  }
}

extension Wanted {
  /// What the tags of a frame must be where it was seen: what the file asks, else those that were sent; nil where nothing
  /// is asked.
  func tags(at place: Place) -> Located<[VLANMatcher]>? {
    if let asked = message.expect.vlan(at: place) { return asked }
    guard place != .delivered, !isOfProgram else { return nil }
    return Located(message.frame.vlan?.value.map(VLANMatcher.init) ?? [], at: message.frame.vlan?.span)
  }
}
