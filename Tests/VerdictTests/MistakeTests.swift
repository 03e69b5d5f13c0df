// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What is said of common mistakes leads to them.
@Suite struct MistakeTests {
  private static func hints(
    _ text: String, exit: String = "0", _ change: (inout ProgramRecord) -> Void
  ) throws -> [String] {
    var played = try PlayedCase(text)
    var record = ProgramRecord()
    (record.isReady, record.end) = (true, .exited(0))
    change(&record)
    played.programs[.receiver] = record
    return played.verdict.hints
  }

  private static func unready(_ needed: UInt8, _ text: String, _ ports: [UInt8: UInt16]) throws -> [String] {
    try hints("{ receiver: { run: ['mine'] }, exchange: ['Hi'] }") {
      ($0.isReady, $0.end, $0.openSockets, $0.openPorts) = (false, nil, ["a socket"], ports)
      $0.neededSocket = ProgramRecord.NeededSocket(protocol: needed, text: text)
    }
  }

  @Test("a program that has a port of UDP or TCP, and not the one that is needed, is told of its own")
  func otherPort() throws {
    let other =
      "The messages do not go to the port that it has; for that one, write udp: { destinationPort: 9000 }."
    #expect(try Self.unready(17, "UDP", [17: 9000]) == [other])
    let forgotten =
      "The messages use IP protocol 253, but it has a UDP port: write udp: { destinationPort: 9000 }."
    #expect(try Self.unready(253, "protocol 253", [17: 9000]) == [forgotten])
    let stream = try Self.unready(17, "UDP", [6: 80])
    #expect(stream.count == 1 && stream[0].contains("tcp: { destinationPort: 80 } and messages { stream:"))
    #expect(try Self.unready(17, "UDP", [:]).allSatisfy { $0.contains("ready: { stdout:") })
  }

  @Test("what the messages need of a socket is named where it is lacking")
  func neededSocket() throws {
    var played = try PlayedCase("{ receiver: { run: ['mine'] }, exchange: ['Hi'] }")
    var record = ProgramRecord()
    record.neededSocket = ProgramRecord.NeededSocket(
      protocol: 17, text: "UDP from 1.1.1.100:40000 to 1.1.1.1:9001")
    record.openSockets = ["a UDP socket at 0.0.0.0:9000"]
    played.programs[.receiver] = record
    #expect(
      played.verdict.allFindings.map(\.text) == [
        "the receiver was not ready in time: it had no socket for UDP from 1.1.1.100:40000 to 1.1.1.1:9001; what it had: a"
          + " UDP socket at 0.0.0.0:9000"
      ])
  }

  @Test("what a program that was not ready had sent by then is told: it may await an answer to that")
  func sentBefore() throws {
    var played = try PlayedCase("{ receiver: { run: ['mine'] }, exchange: ['Hi'] }")
    let header = IPv4Header(
      source: IPv4Address(1, 1, 1, 1), destination: IPv4Address(8, 8, 8, 8), protocol: 17)
    let query = try HexDump.bytes(
      fromHex: "14e90035 0025 0000 1234 0100 0001 0000 0000 0000 076578616d706c6503636f6d00 0001 0001")
    let packet = IPv4Packet.build(header: header, payload: query, fillingIn: .all)
    played.others = [.ipv4(packet, at: .receiver, isOutgoing: true)]
    played.programs[.receiver] = ProgramRecord()
    #expect(
      played.verdict.hints == [
        "By then the receiver had sent: DNS query for example.com, 1.1.1.1:5353 to 8.8.8.8:53."
      ])
    played.programs[.receiver] = .right
    #expect(!played.verdict.hints.contains { $0.contains("by then") })
  }

  @Test("a program with stop: \"terminate\" that had failed before is told of, whatever `exit` takes")
  func earlyEnd() throws {
    let isTold = { (exit: String, stop: String, end: ProgramEnd, termination: Duration?) in
      var played = try PlayedCase(
        "{ receiver: { run: ['mine']\(stop) }, exchange: ['Hi'], expect: { receiver: { exit: \(exit) } } }")
      var record = ProgramRecord.right
      (record.end, record.termination) = (end, termination)
      played.programs[.receiver] = record
      #expect(played.verdict.hints == [], "what passes has no hints")
      played.lose(at: [.delivered])
      return played.verdict.hints.contains { $0.contains("before it was told to end") }
    }
    let stop = ", stop: 'terminate'"
    #expect(try isTold("'any'", stop, .exited(1), nil))
    #expect(try isTold("'any'", stop, .signalled("SIGSEGV"), nil))
    #expect(try !isTold("'any'", stop, .exited(0), nil))
    #expect(try !isTold("'any'", stop, .exited(1), .seconds(1)))
    #expect(try !isTold("'any'", "", .exited(1), nil))
  }

  @Test("segments with a payload that no SYN comes before are told of streams, where they fail")
  func streams() throws {
    let isTold = { (exchange: String, role: String) in
      var played = try PlayedCase("{ tcp: { destinationPort: 7777 }, exchange: \(exchange), \(role) }")
      if !role.isEmpty { played.programs[.receiver] = .right }
      #expect(!played.verdict.hints.contains { $0.contains("stream") })
      played.lose(at: [.arrived, .delivered])
      return played.verdict.hints.contains { $0.contains("{ stream: ") }
    }
    let program = "receiver: { run: ['mine'] }"
    #expect(try isTold("[{ payload: 'hello' }]", program))
    #expect(try !isTold("[{ payload: 'hello' }]", ""))
    #expect(try !isTold("[{ tcp: { flags: ['syn'] } }, { payload: 'hello' }]", program))
  }

  @Test("a match that no packet fits names the one that is nearest, and why it is none")
  func nearestMatch() throws {
    var played = try PlayedCase(
      "{ network: { cable: { drop: [{ udp: { destinationPort: 7778 } }] } }, exchange: ['raw',"
        + " { udp: { destinationPort: 7777 }, payload: 'Hi' }] }")
    played.emitted = [1, 2]
    let texts = played.verdict.allFindings.map(\.text)
    #expect(
      texts == [
        "the cable should have acted on packet 1 of those that match, but none of 2 from the sender"
          + " matched; the nearest was packet 2,"
          + " UDP, 1.1.1.100:40000 to 1.1.1.1:7777: UDP destination port: wanted 7778, entered with 7777"
      ])
  }

  @Test("each of many matches that no packet fits is told, and the nearest packet of the first of them")
  func nearestOfMany() throws {
    let orders = (1...20).map { "{ udp: { destinationPort: \($0) } }" }.joined(separator: ", ")
    var played = try PlayedCase(
      "{ network: { cable: { drop: [\(orders)] } }, udp: { destinationPort: 7777 }, exchange: ['Hi'] }")
    played.emitted = [1]
    let texts = played.verdict.allFindings.map(\.text)
    #expect(texts.count == 20)
    #expect(texts.map { $0.contains("the nearest was packet 1") } == (1...20).map { $0 <= 16 })
  }

  @Test("counters take matchers", arguments: [(1, false), (2, true), (3, true), (4, false)])
  func counters(_ rise: Int, _ isRight: Bool) throws {
    var played = try PlayedCase(
      "{ exchange: [{ payload: 'Hi', expect: { counters: { 'Ip.InDelivers': { min: 2, max: 3 } } } }] }")
    played.risesOfMessage = ["Ip.InDelivers": rise]
    let texts = played.verdict.allFindings.map(\.text)
    #expect(
      texts == (isRight ? [] : ["Ip.InDelivers of the receiver: wanted a rise of 2…3, rose by \(rise)"]))
  }

  @Test("flags are matched by those that must be set, whatever else is", arguments: ["ack", "syn"])
  func flags(_ asked: String) throws {
    let played = try PlayedCase(
      "{ exchange: [{ tcp: { destinationPort: 1, flags: ['fin', 'ack'] }, expect: { tcp: { flags: { contains:"
        + " ['\(asked)'] } } } }] }")
    let texts = played.verdict.allFindings.map(\.text)
    #expect(texts.isEmpty == (asked == "ack"), "\(texts)")
  }
}
