// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Messages that are repeated, that come from the receiver, and that do not wait for each other.
@Suite struct PlayTests {
  private static let burst =
    "{ pacing: 'burst', exchange: [{ payload: 'abc', repeat: 2 }, 'abd', { payload: 'xy', from: 'receiver' }] }"

  @Test("each repetition is judged, and named by its number")
  func repetitions() throws {
    var played = try PlayedCase("{ exchange: ['a', { payload: 'b', repeat: 3 }] }")
    #expect(played.kinds == [])
    #expect(played.verdict.counts == [.sent: 4, .arrived: 4, .delivered: 4])
    played.lose(at: [.delivered], message: 2)
    #expect(played.kinds == [.notSeen(.delivered)])
    let titles = played.verdict.messages.map(\.title)
    #expect(titles == ["message 1", "message 2, 1 of 3", "message 2, 2 of 3", "message 2, 3 of 3"])
    #expect(played.verdict.messages[2].findings.count == 1)
    played.messages.removeLast()
    #expect(played.kinds == [.notSeen(.delivered), .notPlayed])
  }

  @Test("a message from the receiver is sent there, arrives at the sender, and is missed there")
  func fromReceiver() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'a', from: 'receiver' }] }")
    #expect(played.kinds == [])
    #expect(played.record.messages[0].frames.map(\.host) == [.sender, .receiver])
    played.lose(at: [.arrived, .delivered])
    #expect(played.kinds == [.notSeen(.arrived)])
    #expect(
      played.verdict.allFindings[0].text
        == "not arrived: it was sent, but never came out of the cable at the sender")
    // What the sender sends is not the receiver's message.
    let packet = played.scenario.exchange[0].ipv4(in: played.scenario)
    played = try PlayedCase("{ exchange: [{ payload: 'a', from: 'receiver' }] }")
    played.others = [.ipv4(packet, at: .sender, isOutgoing: true)]
    #expect(played.kinds == [.stray])
  }

  @Test("in a burst each packet is its own message's, in whatever order they come")
  func burst() throws {
    let played = try PlayedCase(Self.burst)
    #expect(played.kinds == [])
    #expect(played.verdict.counts == [.sent: 4, .arrived: 4, .delivered: 4])
    var record = played.record
    record.burst?.frames.reverse()
    record.burst?.deliveries.reverse()
    #expect(Judge.judge(played.scenario, record).isPassed)
  }

  @Test("in a burst a packet that was seen late goes to the message that misses its own", arguments: [0, 1])
  func burstLate(_ late: Int) throws {
    let played = try PlayedCase("{ pacing: 'burst', exchange: ['same', 'same'] }")
    var record = played.record
    record.burst?.frames += record.messages[late].frames
    record.messages[late].frames = []
    #expect(Judge.judge(played.scenario, record).allFindings.map(\.kind) == [])
  }

  @Test("in a burst what is lost is missed once, of two alike the later one", arguments: [0, 1])
  func burstLoss(_ lost: Int) throws {
    var played = try PlayedCase(Self.burst)
    played.lose(at: [.delivered], message: lost)
    #expect(played.kinds == [.notSeen(.delivered)])
    #expect(played.verdict.messages[1].findings.count == 1)
  }

  @Test("in a burst a packet that was changed is that of the message it is most like")
  func burstChange() throws {
    var played = try PlayedCase(Self.burst)
    played.change(at: [.arrived, .delivered], message: 2) { packet in
      packet.header.ttl = 9
      packet = packet.withRightChecksum
    }
    #expect(played.kinds == [.field(.ttl)])
    #expect(played.verdict.messages[2].findings.count == 1)
  }

  @Test("in a burst a copy is one too many, and fragments find their message")
  func burstCopiesAndFragments() throws {
    var played = try PlayedCase(Self.burst)
    played.messages[2][.arrived] = (played.messages[2][.arrived] ?? []) + (played.messages[2][.arrived] ?? [])
    #expect(played.kinds == [.copies(.arrived)])
    played = try PlayedCase(
      "{ pacing: 'burst', exchange: ['a', { payload: { size: 56 }, header: { identification: 7 } }] }")
    played.fragment(every: 24, message: 1)
    #expect(played.kinds == [])
    #expect(played.verdict.counts == [.sent: 4, .arrived: 4, .delivered: 2])
  }

  @Test("in a burst a packet of nobody's is a stray, and what must come back goes to who awaits it")
  func burstOthers() throws {
    let stray = IPv4Packet.build(
      header: IPv4Header(
        source: IPv4Address(1, 1, 1, 1), destination: IPv4Address(1, 1, 1, 100), protocol: 1),
      payload: [3, 2, 0xfc, 0xfd, 0, 0, 0, 0])
    let frames: [FrameRecord] = [
      .ipv4(stray, at: .receiver, isOutgoing: true), .ipv4(stray, at: .sender, isOutgoing: false),
    ]
    var played = try PlayedCase("{ pacing: 'burst', exchange: ['a', 'b'] }")
    var record = played.record
    record.burst?.frames += frames
    #expect(Judge.judge(played.scenario, record).allFindings.map(\.kind) == [.stray])
    played = try PlayedCase(
      "{ pacing: 'burst', exchange: ['a', { payload: 'b', expect: { returned: [{ icmp: { type: 3 } }] } }] }")
    #expect(played.kinds == [.returned(1)])
    record = played.record
    record.burst?.frames += frames
    #expect(Judge.judge(played.scenario, record).allFindings.map(\.kind) == [])
  }

  @Test("in a burst a packet cut below a header is one that is missing")
  func burstStub() throws {
    var played = try PlayedCase("{ pacing: 'burst', exchange: ['a', 'b'] }")
    played.bufferSize = 19
    #expect(played.kinds == [.cutShort, .cutShort])
    // One that must not be delivered does not take it from the one that must.
    played = try PlayedCase(
      "{ pacing: 'burst', exchange: [{ payload: 'a', expect: { delivered: false } }, 'b'] }")
    played.bufferSize = 19
    played.lose(at: [.delivered], message: 0)
    #expect(played.kinds == [.cutShort])
    #expect(played.verdict.messages[1].findings.count == 1)
  }

  @Test("a burst whose time ran out is not judged by what was not seen any more, and its frames are kept")
  func burstTimedOut() throws {
    let played = try PlayedCase(Self.burst)
    var record = played.record
    record.unfinished = record.burst
    record.burst = nil
    let verdict = Judge.timedOut(played.scenario, record, awaiting: "a packet")
    #expect(verdict.allFindings.map(\.kind) == [.timedOut])
    #expect(record.frames.count == 8)
    let texts = CaptureComments(played.scenario, record, verdict).texts
    #expect(texts.count == 8)
  }

  @Test("in a burst both ways a delivery is a message's that goes to its host, though another is the same")
  func bothWays() throws {
    let header = "header: { source: '1.1.1.100', destination: '1.1.1.1' }"
    let there = "{ payload: 'same', \(header), expect: { delivered: false } }"
    let back = "{ payload: 'same', from: 'receiver', \(header) }"
    var played = try PlayedCase("{ pacing: 'burst', exchange: [\(there), \(back)] }")
    #expect(played.kinds == [.seen(.delivered)])
    played.lose(at: [.delivered], message: 0)
    #expect(played.kinds == [])
    // Only the sender could have been handed the second.
    played.lose(at: [.delivered], message: 1)
    #expect(played.kinds == [.notSeen(.delivered)])
  }

  @Test("another order than wanted is found, with the order that was seen")
  func order() throws {
    func text(_ order: String) -> String {
      "{ pacing: 'burst', exchange: ['1', '2', '3'], expect: { order: \(order) } }"
    }
    #expect(try PlayedCase(text("[1, 2, 3]")).kinds == [])
    var played = try PlayedCase(text("[2, 1, 3]"))
    #expect(played.kinds == [.order])
    #expect(played.verdict.allFindings[0].text == "delivered in the order 1, 2, 3")
    var record = played.record
    record.burst?.deliveries.swapAt(0, 1)
    #expect(Judge.judge(played.scenario, record).isPassed)
    for index in 0..<3 { played.lose(at: [.delivered], message: index) }
    #expect(played.verdict.findings.map(\.text) == ["none was delivered"])
  }
}
