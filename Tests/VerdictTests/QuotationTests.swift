// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Wire

@testable import Verdict

/// What an error of ICMP quotes: the packet as it arrived (RFC 792, RFC 1812 §4.3.2.3).
@Suite struct QuotationTests {
  private static let text =
    "{ udp: { destinationPort: 7 }, exchange: ['question', { from: 'receiver', icmp: { type: 3, code: 3, quotes: 1 } }] }"

  /// A case in which the first packet went out with an identification, and something stands behind the error's header.
  private func played(_ text: String = text, quoting: (IPv4Packet) -> [UInt8]) throws -> PlayedCase {
    var played = try PlayedCase(text)
    played.change { packet in
      packet.header.identification = 0x1234
      packet = packet.withRightChecksum
    }
    let question = try #require(played.messages[0][.arrived]?.first)
    played.change(message: 1) { error in
      let layer = Protocols.all.transport(1)
      let segment = layer.map {
        Segment($0, ["type": 3, "code": 3], payload: quoting(question), in: .v4(error.header))
      }
      error = IPv4Packet.build(header: error.header, payload: segment?.bytes ?? [])
    }
    return played
  }

  @Test("the packet as it arrived is what must be quoted, and the packet as asked for is not")
  func asArrived() throws {
    #expect(try played { $0.bytes }.kinds == [])
    let asked = try played { packet in
      var other = packet
      other.header.identification = 0
      return other.withRightChecksum.bytes
    }
    #expect(asked.kinds == [.payload])
    #expect(try played { Array($0.bytes.dropLast()) }.kinds == [.payload])
    let finding = try #require(asked.verdict.allFindings.first)
    #expect(finding.span.range.count == 1, "the number of the message that is quoted is what it points at")
  }

  @Test("of what is longer as much is quoted as 576 bytes have room for, and less behind options")
  func cut() throws {
    for (options, length) in [("", 548), (", header: { options: ['nop'] }", 544)] {
      let text =
        "{ exchange: [{ payload: { size: 1400 } }, { from: 'receiver', icmp: { type: 11, quotes: 1 }\(options) }] }"
      let scenario = try Scenario(text: text)
      let error = scenario.exchange[1].ipv4(in: scenario)
      #expect(error.bytes.count == 576)
      #expect(error.payload.dropFirst(8) == scenario.exchange[0].ipv4(in: scenario).bytes.prefix(length))
    }
  }

  @Test("padding of the frame is not quoted")
  func padding() throws {
    var played = try played { $0.bytes }
    played.change(at: [.arrived]) { $0.padding = [0, 0, 0] }
    #expect(played.kinds == [])
  }

  @Test("of pieces the first is quoted, in whatever order they arrived")
  func pieces() throws {
    let text =
      "{ exchange: [{ payload: { size: 64 } }, { from: 'receiver', icmp: { type: 11, quotes: 1 } }] }"
    var played = try PlayedCase(text)
    played.fragment(every: 32)
    let first = try #require(played.messages[0][.arrived]?.first)
    played.messages[0][.arrived]?.reverse()
    let quoted = SentMessages(played.scenario).quoted(by: 1, of: played)
    #expect(quoted == first.bytes)
  }

  @Test("what had not arrived is not quoted: the error is not sent, and that is said")
  func missing() throws {
    var played = try PlayedCase(Self.text)
    played.lose(at: [.arrived, .delivered])
    played.lose(at: [.sent, .arrived, .delivered], message: 1)
    #expect(played.kinds == [.notSeen(.arrived), .notPlayed])
    let text = played.verdict.allFindings.last?.text
    #expect(text == "never sent: message 1, which it quotes, had not arrived at the receiver")
    #expect(SentMessages(played.scenario).quoted(by: 1, of: played) == nil)
  }

  @Test("of what a program sends ahead of its turn each packet is its own message's")
  func programs() throws {
    let ask = { (text: String) in "{ payload: '\(text)' }" }
    let quote = { (number: Int) in "{ from: 'receiver', icmp: { type: 11, quotes: \(number) } }" }
    let exchange = [ask("one"), quote(1), ask("two"), ask("three"), quote(4), quote(3)].joined(separator: ",")
    var played = try PlayedCase("{ sender: { run: ['p'] }, exchange: [\(exchange)] }")
    // All three came with the first, in another order.
    let packets = [2, 0, 3].flatMap { played.messages[$0][.arrived] ?? [] }
    for message in [2, 3] { played.lose(at: [.sent, .arrived], message: message) }
    played.messages[0][.sent] = packets
    played.messages[0][.arrived] = packets
    for (play, payload) in [(1, "one"), (4, "three"), (5, "two")] {
      let quoted = SentMessages(played.scenario).quoted(by: play, of: played)
      #expect(quoted?.dropFirst(20) == Array(payload.utf8)[...], "play \(play)")
    }
  }
}

extension SentMessages {
  /// What a play quotes in a case, all before it played.
  fileprivate func quoted(by position: Int, of played: PlayedCase) -> [UInt8]? {
    var messages = self
    var record = played.record
    let last = played.scenario.plays[position]
    record.messages.removeSubrange(position...)
    return messages.message(of: last, after: record)?.payload.value
  }
}
