// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What the judge finds in the tags of virtual LANs.
@Suite struct VLANFindingTests {
  /// A message whose frames have tags at both ends of the cable; the judge's finding on it.
  private func kinds(
    _ message: String, sent: [VLANTag], arrived: [VLANTag], byProgram: Bool = false
  ) throws -> [Finding] {
    let sender = byProgram ? "sender: { run: ['./mine'] }," : ""
    let played = try PlayedCase(
      "{ \(sender) exchange: [{ payload: 'x', \(message) }, { payload: 'y', expect: { frame: { vlan: 'none' } } }] }"
    )
    var record = played.record
    record.messages[0].frames = record.messages[0].frames.map { frame in
      let tags = frame.isOutgoing ? sent : arrived
      let bytes = Array(frame.bytes.prefix(12)) + tags.flatMap(\.bytes) + frame.bytes.dropFirst(12)
      return FrameRecord(
        host: frame.host, isOutgoing: frame.isOutgoing, timestamp: 0, bytes: bytes,
        originalLength: bytes.count)
    }
    return Judge.judge(played.scenario, record).allFindings
  }

  private static let five = VLANTag(id: 5)
  private static let both = [
    VLANTag(etherType: .serviceVLAN, id: 5), VLANTag(priority: 3, dropEligible: true, id: 7),
  ]

  @Test("a tag that is as it was sent passes, and each field that is another is that finding")
  func fields() throws {
    let message = "frame: { vlan: { id: 5 } }"
    #expect(try kinds(message, sent: [Self.five], arrived: [Self.five]).map(\.kind) == [])
    let rows: [(VLANTag, VLANField, String)] = [
      (VLANTag(id: 6), .id, "VLAN ID: wanted 5, arrived with 6"),
      (VLANTag(priority: 1, id: 5), .priority, "VLAN priority: wanted 0, arrived with 1"),
      (
        VLANTag(dropEligible: true, id: 5), .dropEligible,
        "VLAN drop eligible: wanted not set, arrived with set"
      ),
      (
        VLANTag(etherType: .serviceVLAN, id: 5), .etherType,
        "VLAN EtherType: wanted 0x8100, arrived with 0x88a8"
      ),
    ]
    for (tag, field, text) in rows {
      let findings = try kinds(message, sent: [Self.five], arrived: [tag])
      #expect(findings.map(\.kind) == [.vlan(field)] && findings.map(\.text) == [text])
      #expect(findings.first?.places == [.arrived])
    }
  }

  @Test("tags stand in each other, and another number of them is a finding of its own")
  func stacked() throws {
    let message =
      "frame: { vlan: [{ id: 5, etherType: 0x88a8 }, { id: 7, priority: 3, dropEligible: true }] }"
    #expect(try kinds(message, sent: Self.both, arrived: Self.both).isEmpty)
    var other = Self.both
    other[1].id = 8
    #expect(
      try kinds(message, sent: Self.both, arrived: other).map(\.text) == [
        "VLAN ID of tag 2: wanted 7, arrived with 8"
      ])
    let lost = try kinds(message, sent: Self.both, arrived: [Self.both[0]])
    #expect(lost.map(\.kind) == [.vlan(nil)] && lost.map(\.text) == ["VLAN tags: wanted 2, arrived with 1"])
    #expect(
      try kinds(message, sent: Self.both, arrived: []).map(\.text) == ["VLAN tags: wanted 2, arrived with 0"])
  }

  @Test("of a program's tags only what the file says is asked")
  func program() throws {
    let asked = "expect: { frame: { vlan: { id: { min: 5 } } } }"
    for (id, kinds) in [(5, []), (4095, []), (4, [.vlan(.id)])] as [(UInt16, [Finding.Kind])] {
      let tag = VLANTag(priority: 7, id: id)
      #expect(try self.kinds(asked, sent: [tag], arrived: [tag], byProgram: true).map(\.kind) == kinds)
    }
    let any = "expect: { frame: { vlan: [{}] } }"
    #expect(try kinds(any, sent: [Self.five], arrived: [Self.five], byProgram: true).isEmpty)
    #expect(try kinds(any, sent: [], arrived: [], byProgram: true).map(\.kind) == [.vlan(nil)])
  }

  @Test(
    "tags are asked for in every packet and in those that are passed over, where no message speaks of them")
  func everyAndIgnored() throws {
    func kinds(_ expect: String) throws -> [Finding.Kind] {
      let played = try PlayedCase("{ exchange: ['x'], expect: { \(expect) } }")
      var record = played.record
      let stray = record.messages[0].frames[0]
      var bytes = Array(stray.bytes.prefix(12)) + Self.five.bytes + stray.bytes.dropFirst(12)
      // Of another protocol, and with another payload, it is no message's.
      (bytes[27], bytes[38]) = (99, 0x79)
      record.messages[0].frames += [true, false].map {
        FrameRecord(
          host: $0 ? .sender : .receiver, isOutgoing: $0, timestamp: 0, bytes: bytes,
          originalLength: bytes.count)
      }
      return Judge.judge(played.scenario, record).allFindings.map(\.kind)
    }
    #expect(try kinds("unexpected: { ignore: [{ frame: { vlan: { id: 5 } } }] }") == [])
    #expect(try kinds("unexpected: { ignore: [{ frame: { vlan: { id: 6 } } }] }") != [])
    #expect(try kinds("unexpected: 'ignore', every: { frame: { vlan: 'none' } }").contains(.every))
  }

  @Test("a tag is on the wire as IEEE 802.1Q draws it")
  func bytes() {
    #expect(VLANTag(id: 5).bytes == [0x81, 0, 0, 5])
    #expect(
      VLANTag(etherType: .serviceVLAN, priority: 7, dropEligible: true, id: 4095).bytes == [
        0x88, 0xA8, 0xFF, 0xFF,
      ])
    #expect(VLANTag(priority: 5, id: 0x123).bytes == [0x81, 0, 0xA1, 0x23])
    let parsed = VLANTag(parsing: [0x81, 0, 0xB1, 0x23, 9], of: [.vlan])
    #expect(parsed == VLANTag(priority: 5, dropEligible: true, id: 0x123))
    #expect(VLANTag(parsing: [0x81, 0, 0xB1], of: [.vlan]) == nil)
    #expect(VLANTag(parsing: [0x81, 0, 0xB1, 0x23], of: [.serviceVLAN]) == nil)
  }
}
