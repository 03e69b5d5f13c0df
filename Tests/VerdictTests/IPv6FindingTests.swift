// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Wire

@testable import Verdict

/// What the judge finds in packets of IPv6, and that it finds nothing where all is right.
@Suite("Findings in IPv6")
struct IPv6FindingTests {
  /// A case in which every message was seen everywhere as it was asked for, for a test to spoil.
  private struct Played {
    let scenario: Scenario
    var packets: [[Place: IPv6Packet]]
    var others: [FrameRecord] = []

    init(_ message: String, beside: String = "") throws {
      let scenario = try Scenario(text: "{ version: 6, \(beside) exchange: [\(message)] }")
      packets = try scenario.exchange.map { message in
        let packet = try #require(message.packet(in: scenario).ipv6)
        return [.sent: packet, .arrived: packet, .delivered: packet]
      }
      self.scenario = scenario
    }

    var record: CaseRecord {
      var record = CaseRecord()
      record.messages = zip(scenario.exchange, packets).map { message, places in
        let sender = message.from.value
        let frame = { (packet: IPv6Packet, host: HostName, isOutgoing: Bool) in
          FrameRecord.ipv6(packet, at: host, isOutgoing: isOutgoing)
        }
        var seen = MessageRecord()
        if let packet = places[.sent] { seen.frames.append(frame(packet, sender, true)) }
        if let packet = places[.arrived] { seen.frames.append(frame(packet, sender.other, false)) }
        if let packet = places[.delivered] {
          seen.deliveries = [
            Delivery(
              bytes: packet.bytes, originalLength: packet.bytes.count, at: sender.other, timestamp: 0,
              version: .v6)
          ]
        }
        return seen
      }
      record.messages[0].frames += others
      return record
    }

    var findings: [Finding] { Judge.judge(scenario, record).allFindings }
    var kinds: [Finding.Kind] { findings.map(\.kind) }
  }

  @Test(
    "each field that is another than sent is that finding and no other, at the place where it is",
    arguments: [
      (IPField.version, "", 5), (.dscp, "header: { dscp: 3 }", 4), (.ecn, "header: { ecn: 1 }", 2),
      (.flowLabel, "header: { flowLabel: 7 }", 8), (.nextHeader, "", 252), (.hopLimit, "", 63),
      (.source, "", 0x9), (.destination, "", 0x9),
    ] as [(IPField, String, UInt128)], [Place.sent, .arrived])
  func fields(_ row: (field: IPField, said: String, wrong: UInt128), _ place: Place) throws {
    var played = try Played("{ payload: 'abcd', \(row.said) }")
    #expect(played.kinds == [])
    var header = IPHeader.v6(try #require(played.packets[0][place]).header)
    row.field.set(row.wrong, in: &header)
    played.packets[0][place]?.header = try #require(header.ipv6)
    let kinds = played.kinds
    #expect(kinds.contains(.field(row.field)) && kinds.allSatisfy { $0 == .field(row.field) }, "\(kinds)")
    #expect(played.findings.first?.places == [place])
  }

  @Test("what a kernel chooses is no finding, and what a socket is not told is none")
  func chosen() throws {
    var played = try Played("{ payload: 'abcd' }")
    for place in [Place.sent, .arrived] { played.packets[0][place]?.header.flowLabel = 0xABCDE }
    played.packets[0][.delivered]?.header.payloadLength = 0
    played.packets[0][.delivered]?.payload = []
    #expect(played.kinds == [.payload])
    played = try Played("{ payload: 'abcd' }")
    for place in [Place.sent, .arrived] { played.packets[0][place]?.header.flowLabel = 0xABCDE }
    #expect(played.kinds == [])
  }

  @Test("other extension headers than were sent are found, of another kind with the same bytes too")
  func extensions() throws {
    let message = "{ payload: 'a', header: { extensions: [{ hopByHop: {} }] } }"
    var played = try Played(message)
    #expect(played.kinds == [])
    played.packets[0][.arrived]?.header.extensions[0].bytes[4] = 9
    #expect(played.kinds == [.field(.extensions)])
    played = try Played(message)
    played.packets[0][.arrived]?.header.nextHeader = 60
    #expect(played.kinds.contains(.field(.nextHeader)))
    played = try Played(
      "{ payload: 'a', header: { extensions: [{ hopByHop: {} }] },"
        + " expect: { arrived: { header: { extensions: [{ destination: {} }] } } } }")
    #expect(played.kinds.contains(.field(.nextHeader)))
  }

  @Test("a length that says less or more than there is is right where the file asks for it")
  func misstated() throws {
    for length in [0, 1, 3, 5, 65_535] {
      let played = try Played(
        "{ payload: 'abcd', header: { payloadLength: \(length) }, expect: { delivered: 'x' } }".replacing(
          "'x'", with: "false"))
      var seen = played
      seen.packets[0][.delivered] = nil
      #expect(seen.kinds == [], "\(length)")
    }
  }

  @Test("what kernels of IPv6 send by themselves is not unexpected, and anything else is")
  func housekeeping() throws {
    var played = try Played("'a'")
    let report = IPv6Packet.build(
      header: IPv6Header(
        source: .any, destination: IPv6Address(high: 0xFF02 << 48, low: 0x16), nextHeader: 58),
      payload: [143, 0, 0, 0, 0, 0, 0, 0])
    played.others = [.ipv6(report, at: .receiver, isOutgoing: true)]
    #expect(played.kinds == [])
    var other = report
    other.payload[0] = 1
    played.others = [.ipv6(other, at: .receiver, isOutgoing: true)]
    #expect(played.kinds == [.stray])
  }

  @Test("a report of multicast listeners is nothing that comes back on a message's account")
  func returned() throws {
    var played = try Played("{ payload: 'a', expect: { returned: [{ icmpv6: { type: 4, code: 1 } }] } }")
    #expect(played.kinds == [.returned(1)])
    let (near, far) = (try #require(IPv6Address("fd00::100")), try #require(IPv6Address("fd00::1")))
    let back = IPHeader(source: .v6(far), destination: .v6(near), protocol: 58)
    let layer = try #require(Protocols.all.transport(58))
    let error = Segment(layer, ["type": 4, "code": 1, "pointer": 6], payload: [1, 2, 3, 4], in: back)
    let report = IPv6Packet.build(
      header: IPv6Header(
        source: .any, destination: IPv6Address(high: 0xFF02 << 48, low: 0x16), nextHeader: 58),
      payload: [143, 0, 0, 0, 0, 0, 0, 0])
    let packets = [report, IPv6Packet.build(header: try #require(back.ipv6), payload: error.bytes)]
    played.others =
      packets.map { .ipv6($0, at: .receiver, isOutgoing: true) }
      + packets.map { .ipv6($0, at: .sender, isOutgoing: false) }
    #expect(played.kinds == [])
  }

  @Test("a bit of length or next header that the cable flips says nothing of the bytes behind it")
  func cable() {
    let header = IPHeader(source: .any(.v6), destination: .any(.v6), protocol: 253)
    let alters = (0..<400).filter {
      CableDeed(CablePacket(1, from: .sender), .bitFlipped($0), under: header).altersLengths
    }
    #expect(alters == Array(32..<56))
  }

  @Test("a cable numbers packets of IPv6, and not what kernels send by themselves")
  func numbered() throws {
    let header = IPv6Header(source: .any, destination: .loopback, nextHeader: 58)
    let solicitation = IPv6Packet.build(header: header, payload: [135, 0, 0, 0, 0, 0, 0, 0])
    let echo = IPv6Packet.build(header: header, payload: [128, 0, 0, 0, 0, 0, 0, 0])
    #expect(!CableRecord.counts(FrameRecord.ipv6(solicitation, at: .sender, isOutgoing: true).bytes))
    #expect(CableRecord.counts(FrameRecord.ipv6(echo, at: .sender, isOutgoing: true).bytes))
  }
}

extension IPPacket {
  /// The packet as one of IPv6; nil where it is none.
  fileprivate var ipv6: IPv6Packet? { if case .v6(let packet) = self { packet } else { nil } }
}

extension FrameRecord {
  /// A frame with an IPv6 packet.
  fileprivate static func ipv6(_ packet: IPv6Packet, at host: HostName, isOutgoing: Bool) -> FrameRecord {
    let header = EthernetHeader(
      destination: MACAddress(2, 0, 0, 0, 0, 1), source: MACAddress(2, 0, 0, 0, 0, 2), etherType: .ipv6)
    let bytes = header.bytes + packet.bytes
    return FrameRecord(
      host: host, isOutgoing: isOutgoing, timestamp: 0, bytes: bytes, originalLength: bytes.count)
  }
}
