// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// The numbers of TCP that go on by themselves (RFC 9293 §3.4).
@Suite struct TCPNumberTests {
  private func numbers(_ exchange: String) throws -> [UInt32] {
    let scenario = try Scenario(text: "{ tcp: { destinationPort: 80 }, exchange: [\(exchange)] }")
    return try scenario.exchange.map { message in
      let packet = message.ipv4(in: scenario)
      let bytes = packet.payload[4..<8].map { UInt32($0) }
      try #require(packet.header.protocol == 6)
      return bytes.reduce(0) { $0 << 8 | $1 }
    }
  }

  @Test("a sequence number follows the last on its connection: bytes, SYN and FIN count")
  func sequence() throws {
    #expect(
      try numbers(
        "{ tcp: { flags: ['syn'] } }, {}, 'abc', { payload: 'de', tcp: { flags: ['fin', 'ack'] } }, {}")
        == [0, 1, 1, 4, 7])
    #expect(
      try numbers("{ tcp: { flags: ['syn'], sequenceNumber: 4294967295 } }, 'ab', {}") == [
        4_294_967_295, 0, 2,
      ])
    // One that the file says is where it goes on from.
    #expect(try numbers("'ab', { payload: 'c', tcp: { sequenceNumber: 100 } }, {}") == [0, 100, 101])
  }

  @Test("each connection and each of its ends has numbers of its own")
  func connections() throws {
    #expect(
      try numbers(
        "'ab', { payload: 'c', tcp: { sourcePort: 9 } }, { payload: 'd', from: 'receiver' }, 'e', { from: 'receiver' }"
      )
        == [0, 0, 0, 2, 1])
  }

  /// Two mute hosts that shake hands, with what the harness would send.
  private func acknowledged(_ exchange: String) throws -> [UInt32] {
    let hosts =
      "sender: { address: '1.1.1.100/24', mute: true }, receiver: { address: '1.1.1.1/24', mute: true }"
    let scenario = try Scenario(
      text: "{ network: { \(hosts) }, tcp: { destinationPort: 80 }, exchange: [\(exchange)] }")
    var record = CaseRecord()
    var messages = SentMessages(scenario)
    var numbers: [UInt32] = []
    for play in scenario.plays {
      let message = messages.message(of: play, after: record)
      let packet = try #require(message).ipv4(in: scenario)
      numbers.append(packet.payload[8..<12].map { UInt32($0) }.reduce(0) { $0 << 8 | $1 })
      let sender = play.message.from.value
      record.messages.append(
        MessageRecord(frames: [
          .ipv4(packet, at: sender, isOutgoing: true), .ipv4(packet, at: sender.other, isOutgoing: false),
        ]))
    }
    record.ended = [.sender, .receiver]
    #expect(Judge.judge(scenario, record).allFindings.map(\.text) == [])
    return numbers
  }

  @Test("an acknowledgment number acknowledges all that has arrived by then, and without ACK it is 0")
  func acknowledgment() throws {
    #expect(
      try acknowledged(
        "{ tcp: { flags: ['syn'], sequenceNumber: 99 } }, { from: 'receiver', tcp: { flags: ['syn', 'ack'], sequenceNumber: 4294967290 } }, {}, 'hello', { payload: '1234567', from: 'receiver' }, {}, { tcp: { flags: ['rst'] } }"
      ) == [0, 100, 4_294_967_291, 4_294_967_291, 105, 2, 0])
    // What comes late does not take back what was acknowledged.
    #expect(
      try acknowledged(
        "{ payload: 'later', from: 'receiver', tcp: { sequenceNumber: 50 } }, { payload: 'first', from: 'receiver', tcp: { sequenceNumber: 10 } }, {}"
      ) == [0, 0, 55])
  }

  @Test("a SYN begins a connection anew, and a tag hides no segment")
  func again() throws {
    let syn = { (number: Int) in "{ tcp: { flags: ['syn'], sequenceNumber: \(number) } }" }
    let answer = "{ from: 'receiver', tcp: { flags: ['syn', 'ack'], sequenceNumber: 1 } }"
    #expect(try acknowledged("\(syn(5000)), \(answer), \(syn(100)), \(answer)") == [0, 5001, 0, 101])
  }

  @Test("the judge asks for the number that acknowledges what arrived, and no other")
  func judged() throws {
    let text =
      "{ network: { sender: { address: '1.1.1.100/24', mute: true } }, tcp: { destinationPort: 80 }, exchange: [{ from: 'receiver', payload: 'abc' }, {}] }"
    for (number, kinds) in [(3, []), (2, [.transport("tcp", field: "acknowledgmentNumber")])]
      as [(UInt8, [Finding.Kind])]
    {
      var played = try PlayedCase(text)
      played.lose(at: [.delivered])
      played.messages[1][.delivered] = played.messages[1][.sent]
      played.change(message: 1) { packet in
        packet.payload[11] = number
        guard let layer = Protocols.all.transport(6), var segment = Segment(layer, parsing: packet.payload),
          let checksum = segment.checksumField
        else { return }
        segment.set(checksum, to: segment.rightValue(of: checksum, in: .v4(packet.header)))
        packet.payload = segment.bytes
      }
      #expect(played.kinds == kinds)
    }
  }
}
