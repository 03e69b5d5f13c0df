// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What went between the hosts, as a page shows it.
@Suite struct CaseTrafficTests {
  private func traffic(_ played: PlayedCase) -> CaseTraffic {
    CaseTraffic(played.scenario, played.record, played.verdict)
  }

  @Test("what was seen at both ends is one packet, of its message, and handed over once")
  func joined() throws {
    let crossings = traffic(try PlayedCase("{ exchange: ['a', { payload: 'b', from: 'receiver' }] }"))
      .crossings
    #expect(crossings.map(\.title) == ["message 1", "message 2"])
    #expect(crossings.map(\.sender) == [.sender, .receiver])
    #expect(crossings.allSatisfy { $0.left != nil && $0.arrived.count == 1 && $0.deliveries == 1 })
    #expect(crossings.allSatisfy { $0.faults.isEmpty && $0.left?.marks == [] })
  }

  @Test("packets that are the same are joined one by one, and one that did not arrive is alone")
  func lost() throws {
    var played = try PlayedCase("{ exchange: ['a', 'a', 'a'] }")
    played.lose(at: [.arrived, .delivered], message: 2)
    let crossings = traffic(played).crossings
    #expect(crossings.map(\.arrived.count).sorted() == [0, 1, 1])
    #expect(crossings.first { $0.arrived.isEmpty }?.left != nil)
  }

  @Test("what the cable dropped did not arrive, and what it doubled is one packet that arrived twice")
  func cable() throws {
    var played = try PlayedCase(
      "{ network: { cable: { drop: [1], duplicate: [2] } }, exchange: [{ payload: 'a', expect: { arrived: false } },"
        + " { payload: 'b', expect: { arrived: { copies: 2 }, delivered: { copies: 2 } } }] }")
    played.lose(at: [.arrived, .delivered])
    for place in [Place.arrived, .delivered] {
      played.messages[1][place] = played.messages[1][place].map { $0 + $0 }
    }
    (played.emitted, played.deeds) = ([2, 2], [CableDeed(1, .dropped), CableDeed(2, .duplicated)])
    #expect(played.kinds == [])
    let crossings = traffic(played).crossings
    #expect(crossings.map(\.arrived.count) == [0, 2])
    #expect(crossings.map { $0.deeds.map(\.words) } == [["dropped"], ["duplicated"]])
    #expect(crossings.map(\.deliveries) == [0, 2])
  }

  @Test("a field that is not as wanted is marked in the frame of its place, and named")
  func marked() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'a', header: { ttl: 64 } }] }")
    played.change(at: [.arrived, .delivered]) { $0.header.ttl = 9 }
    let crossing = try #require(traffic(played).crossings.first)
    #expect(traffic(played).crossings.count == 1)
    // The TTL is byte 8 of the IPv4 header, the checksum bytes 10 and 11 (RFC 791 §3.1).
    #expect(crossing.left?.marks == [])
    #expect(crossing.arrived.first?.marks.contains(14 + 8) == true)
    #expect(crossing.arrived.first?.wrongFields.contains("ip.ttl") == true)
    #expect(crossing.faults.contains { $0.contains("arrived with 9") })
  }

  @Test("of many packets the first and the last are kept, and between them those that are wrong")
  func many() throws {
    var played = try PlayedCase("{ exchange: [{ payload: 'a', repeat: 300, header: { ttl: 64 } }] }")
    played.change(at: [.arrived], message: 150) { $0.header.ttl = 9 }
    let traffic = traffic(played)
    #expect(traffic.crossings.count < 100)
    #expect(traffic.crossings.reduce(traffic.omitted) { $0 + 1 + $1.omittedBefore } == 300)
    #expect(traffic.crossings.contains { !$0.faults.isEmpty })
  }

  @Test("counters are told where the file asks for them, and no others")
  func counters() throws {
    var played = try PlayedCase(
      "{ exchange: ['a'], expect: { counters: { receiver: { 'Ip.InDelivers': 1 } } } }")
    played.rises = [.receiver: ["Ip.InDelivers": 0, "Ip.DefaultTTL": 64]]
    #expect(traffic(played).rises == [.receiver: ["Ip.InDelivers": 0]])
  }

  @Test("what a program printed stands in the order in which it was read")
  func outputs() throws {
    var played = try PlayedCase("{ exchange: ['a'] }")
    var program = ProgramRecord()
    program.stdout = PrintedOutput(
      head: Array("one\ntwo\n".utf8), total: 8,
      arrivals: [.init(offset: 0, timestamp: 10), .init(offset: 4, timestamp: 30)])
    program.stderr = PrintedOutput(
      head: Array("err".utf8), total: 3, arrivals: [.init(offset: 0, timestamp: 20)])
    played.programs[.receiver] = program
    let outputs = CaseTraffic(played.scenario, played.record, nil).outputs
    #expect(outputs.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one\n", "err", "two\n"])
    #expect(outputs.map(\.stream) == ["stdout", "stderr", "stdout"])
  }
}
