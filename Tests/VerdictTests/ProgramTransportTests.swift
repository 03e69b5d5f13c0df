// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What the judge finds in transport headers of what programs send, answer and are handed.
@Suite struct ProgramTransportTests {
  @Test("a program is handed no datagram that is wrong in itself, unless it has a socket for whole packets")
  func notHandedToProgram() throws {
    let text =
      "{ receiver: { run: ['./mine'] }, udp: { destinationPort: 9 }, exchange: [{ payload: 'x', udp: { checksum: 'bad' } }] }"
    let rows: [([ProgramSocket], [Finding.Kind])] = [
      ([], [.notSeen(.delivered)]),
      ([ProgramSocket(name: "a UDP socket at 0.0.0.0:9")], [.notSeen(.delivered)]),
      ([ProgramSocket(name: "a raw socket of protocol 17")], []),
    ]
    for (sockets, kinds) in rows {
      var played = try PlayedCase(text)
      var record = ProgramRecord()
      (record.isReady, record.end, record.sockets) = (true, .exited(0), sockets)
      played.programs[.receiver] = record
      #expect(played.kinds == kinds, "\(sockets.map(\.name))")
    }
  }

  @Test("what comes back of a program is right in itself, asked for or not")
  func returnedByProgram() throws {
    let layer = try #require(Protocols.all.transport(17))
    let header = IPv4Header(
      source: IPv4Address(1, 1, 1, 1), destination: IPv4Address(1, 1, 1, 100), protocol: 17)
    var segment = Segment(layer, ["sourcePort": 9, "destinationPort": 40_000], payload: [1], in: .v4(header))
    for (isRight, byProgram) in [(true, true), (false, true), (false, false)] {
      let checksum = try #require(segment.checksumField)
      segment.set(checksum, to: segment.rightValue(of: checksum, in: .v4(header)) ^ (isRight ? 0 : 1))
      let role = byProgram ? "receiver: { run: ['./mine'] }," : ""
      var played = try PlayedCase("{ \(role) exchange: [{ payload: 'x', expect: { returned: [{}] } }] }")
      let packet = IPv4Packet.build(header: header, payload: segment.bytes)
      played.others = [
        .ipv4(packet, at: .sender, isOutgoing: false), .ipv4(packet, at: .receiver, isOutgoing: true),
      ]
      if byProgram {
        var record = ProgramRecord()
        (record.isReady, record.end) = (true, .exited(0))
        played.programs[.receiver] = record
      }
      #expect(played.kinds == (isRight || !byProgram ? [] : [.returned(1)]))
    }
  }

  @Test(
    "a part of the payload that is said leaves a program's header to be right in itself, and all of it does not"
  )
  func partOfPayload() throws {
    let bytes = "9c401e61000d123468656c6c6f"
    let rows: [(String, [Finding.Kind])] = [
      ("{ contains: 'hello' }", [.transport("udp", field: "checksum")]),
      ("{ length: 13 }", [.transport("udp", field: "checksum")]), ("{ hex: '\(bytes)' }", []),
    ]
    for (payload, kinds) in rows {
      var played = try PlayedCase(
        "{ protocol: 17, sender: { run: ['./mine'] }, exchange: [{ expect: { payload: \(payload) } }] }")
      let carried = try HexDump.bytes(fromHex: bytes)
      played.change { $0 = IPv4Packet.build(header: $0.header, payload: carried) }
      #expect(played.kinds == kinds, "\(payload)")
    }
  }

  @Test("a checksum of zero says that there is none, which is right (RFC 768), unless another is asked for")
  func noChecksum() throws {
    for (said, kinds) in [
      ("", []), (", checksum: 'good'", []), (", checksum: 'bad'", [.transport("udp", field: "checksum")]),
      (", checksum: 'zero'", []),
    ] as [(String, [Finding.Kind])] {
      var played = try PlayedCase(
        "{ sender: { run: ['./mine'] }, exchange: [{ payload: 'x', udp: { destinationPort: 9\(said) } }] }")
      played.change { $0.payload.replaceSubrange(6..<8, with: [0, 0]) }
      #expect(played.kinds == kinds, "\(said)")
    }
  }

  @Test("an answer goes to the port that the question came from, where the file or the harness says that")
  func answers() throws {
    let exchange = "udp: { destinationPort: 9 }, exchange: ['q', { payload: 'a', from: 'receiver' }]"
    let both = "sender: { run: ['./mine'] }, receiver: { run: ['./mine'] },"
    for (roles, kinds) in [
      ("receiver: { run: ['./mine'] },", [.transport("udp", field: "destinationPort")]), (both, []),
    ]
      as [(String, [Finding.Kind])]
    {
      var played = try PlayedCase("{ \(roles) \(exchange) }")
      for host in HostName.allCases where played.scenario.program(in: host) != nil {
        var record = ProgramRecord()
        (record.isReady, record.end) = (true, .exited(0))
        played.programs[host] = record
      }
      let layer = try #require(Protocols.all.transport(17))
      played.change(message: 1) { packet in
        let answer = Segment(
          layer, ["sourcePort": 9, "destinationPort": 41_250], payload: Array("a".utf8),
          in: .v4(packet.header))
        packet = IPv4Packet.build(header: packet.header, payload: answer.bytes)
      }
      #expect(played.kinds == kinds, "\(roles)")
    }
  }
}
