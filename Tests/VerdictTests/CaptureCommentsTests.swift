// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What is said of each packet in a capture.
@Suite struct CaptureCommentsTests {
  private func texts(_ played: PlayedCase) -> [String?] {
    CaptureComments(played.scenario, played.record, played.verdict).texts
  }

  @Test("each packet is named by its message's place in the file and where it was seen")
  func named() throws {
    let played = try PlayedCase("{ exchange: ['a', { payload: 'b', repeat: 2 }] }")
    let second = "scenarios/case.json5:1:19 message 2,"
    #expect(
      texts(played) == [
        "scenarios/case.json5:1:14 message 1, arrived", "scenarios/case.json5:1:14 message 1, sent",
        "\(second) 1 of 2, arrived", "\(second) 1 of 2, sent", "\(second) 2 of 2, arrived",
        "\(second) 2 of 2, sent",
      ])
  }

  @Test("a finding stands with the packets of its place and no others")
  func findings() throws {
    var played = try PlayedCase("{ exchange: ['a'] }")
    played.change(at: [.arrived, .delivered]) { packet in
      packet.header.ttl = 9
      packet = packet.withRightChecksum
    }
    #expect(
      texts(played) == [
        "scenarios/case.json5:1:14 message 1, arrived\ntime to live: wanted 64, arrived with 9",
        "scenarios/case.json5:1:14 message 1, sent",
      ])
  }

  @Test("the comments follow the frames in the order of time, and what is no IPv4 has none")
  func order() throws {
    var played = try PlayedCase("{ exchange: ['a'] }")
    played.others = [.frame([1, 2, 3], etherType: .arp, at: .sender, isOutgoing: true)]
    var record = played.record
    record.messages[0].frames = zip(record.messages[0].frames, [30, 20, 10] as [UInt64]).map { frame, time in
      FrameRecord(
        host: frame.host, isOutgoing: frame.isOutgoing, timestamp: time, bytes: frame.bytes,
        originalLength: frame.originalLength)
    }
    let texts = CaptureComments(played.scenario, record, played.verdict).texts
    #expect(texts.map { $0?.split(separator: " ").last } == [nil, "sent", "arrived"])
  }

  @Test("what comes back is named at both ends, and a stray as one")
  func others() throws {
    let packet = IPv4Packet.build(
      header: IPv4Header(
        source: IPv4Address(1, 1, 1, 1), destination: IPv4Address(1, 1, 1, 100), protocol: 6),
      payload: [1])
    var played = try PlayedCase("{ exchange: [{ payload: 'a', expect: { returned: [{}] } }] }")
    played.others = [
      .ipv4(packet, at: .sender, isOutgoing: false), .ipv4(packet, at: .receiver, isOutgoing: true),
      .ipv4(packet, at: .receiver, isOutgoing: true),
    ]
    #expect(
      texts(played).dropFirst(2).map { $0?.split(separator: " ").suffix(2).joined(separator: " ") } == [
        "returned 1", "returned 1", "to 1.1.1.100",
      ])
    #expect(
      texts(played).last
        == "scenarios/case.json5:1:14 unexpected packet from the receiver: TCP, 1.1.1.1 to 1.1.1.100")
  }

  /// Each finding of a case with the comments that carry it.
  private func carried(_ played: PlayedCase) -> [[Int]] {
    let texts = texts(played)
    return played.verdict.allFindings.map { finding in
      texts.indices.filter { texts[$0]?.contains(finding.text) == true }
    }
  }

  @Test("what is wrong where no capture is stands with the message's last packet")
  func withoutCapture() throws {
    // The first frame is the one that arrived, the second the one that was sent.
    var played = try PlayedCase("{ exchange: ['a'] }")
    played.lose(at: [.delivered])
    #expect(carried(played) == [[0]])
    played = try PlayedCase("{ exchange: ['a'] }")
    played.change(at: [.delivered]) { $0.payload = [1] }
    #expect(carried(played) == [[0]])
    played = try PlayedCase("{ exchange: ['a'] }")
    played.lose(at: [.arrived, .delivered])
    #expect(carried(played) == [[0]])
    played = try PlayedCase("{ exchange: [{ payload: 'a', expect: { returned: [{}] } }] }")
    #expect(carried(played) == [[0, 1]])
  }

  @Test("what is wrong with the case stands with its last packet, and what is about one packet there")
  func withoutPacket() throws {
    let order = "pacing: 'burst', exchange: ['a', 'b'], expect: { order: [2, 1] }"
    #expect(try carried(PlayedCase("{ \(order) }")) == [[3]])
    var played = try PlayedCase(
      "{ exchange: ['a', 'b'], expect: { receiver: { ended: 'until' } }, "
        + "receiver: { receive: { until: 'QUIT' } } }")
    played.ended = []
    #expect(carried(played) == [[3]])
    played.lose(at: Place.allCases, message: 0)
    #expect(carried(played) == [[1], [1]])
    played = try PlayedCase(
      "{ network: { cable: { drop: [9] } }, exchange: ['a', { payload: 'b', from: 'receiver' }] }")
    played.emitted = [1]
    #expect(carried(played) == [[3]])
  }
}
