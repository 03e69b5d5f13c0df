// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

@Suite("flows through the harness, as root")
struct FlowPlayerTests {
  private func flows(_ text: String) throws -> [FlowRecord] {
    let played = try PlayedCase(text)
    let verdict = try played.verdict
    #expect(verdict.isPassed, "\(verdict.allFindings.map(\.text))")
    #expect(played.capture.packets.isEmpty && played.capture.interfaces.count == 2)
    return verdict.flows
  }

  @Test(
    "every packet of a flow comes as it was sent, by either way and from either host, and no capture has any",
    arguments: ["socket", "frame"], ["sender", "receiver"])
  func delivered(via: String, from: String) throws {
    let flow = "{ flow: { packets: 3000, size: 100 }, via: '\(via)', from: '\(from)' }"
    let seen = try flows("{ exchange: [\(flow), \(flow)], timeout: '1min' }")
    #expect(seen.map(\.sent) == [3000, 3000] && seen.map(\.delivered) == [3000, 3000])
    #expect(seen.allSatisfy { $0.rate > 0 && $0.sendingRate > 0 })
    for times in seen.map(\.latencies) {
      let values = FlowMeasure.latencies.compactMap { times[$0] }
      #expect(values.count == 4 && values == values.sorted() && values[0] > 0)
    }
  }

  @Test(
    "over IPv6 too every packet comes, by either way and from either host", arguments: ["socket", "frame"],
    ["sender", "receiver"])
  func deliveredOverIPv6(via: String, from: String) throws {
    let flow = "{ flow: { packets: 3000, size: 100 }, via: '\(via)', from: '\(from)' }"
    let seen = try flows("{ version: 6, exchange: [\(flow), \(flow)], timeout: '1min' }")
    #expect(seen.map(\.sent) == [3000, 3000] && seen.map(\.delivered) == [3000, 3000])
    #expect(seen.allSatisfy { $0.format.version == .v6 })
  }

  @Test("what the cable changes of a flow over IPv6 is wrong where its socket is told, and else lost")
  func changedOverIPv6() throws {
    // RFC 8200 §3: the hop limit is byte 7, and the destination ends with byte 39.
    let corruptions = [(3, 63), (4, 318), (5, 400)].map { "{ packet: \($0), bit: \($1) }" }
      .joined(separator: ", ")
    let seen = try flows(
      """
      {
        version: 6, network: { cable: { corrupt: [\(corruptions)] } }, timeout: "1min",
        exchange: [{ flow: { packets: 9 }, expect: { flow: { wrong: 2, lost: 3 } } }],
      }
      """)
    #expect(seen.map(\.delivered) == [6])
  }

  @Test("a flow of one packet, and one of as many as a batch has and one more")
  func edges() throws {
    for packets in [1, 63, 64, 65] {
      #expect(try flows("{ exchange: [{ flow: { packets: \(packets) } }] }").map(\.delivered) == [packets])
    }
  }

  @Test("more is lost than may be under way, and the flow goes on to its end")
  func beyondTheWindow() throws {
    let seen = try flows(
      """
      {
        network: { cable: { loss: { percent: 90, seed: 3 } } }, timeout: "1min",
        exchange: [{ flow: { packets: 6000 }, expect: { flow: { lost: { min: 5000, max: 5800 } } } }],
      }
      """)
    #expect(seen.map(\.sent) == [6000])
  }

  @Test("what the cable does to a flow is counted in its direction alone")
  func bothWays() throws {
    let seen = try flows(
      """
      {
        network: { cable: { drop: [1, 2, 4], reverse: { drop: [3], duplicate: [7] } } }, timeout: "1min",
        exchange: [
          { flow: { packets: 9 }, expect: { flow: { lost: 3 } } },
          { flow: { packets: 9 }, from: "receiver", expect: { flow: { lost: 1, duplicated: 1 } } },
        ],
      }
      """)
    #expect(seen.map(\.delivered) == [6, 8])
  }

  @Test("what comes late by the cable's delay is awaited, and counted as late")
  func delayed() throws {
    let seen = try flows(
      """
      {
        network: { cable: { delay: [{ packet: 5, by: "20ms" }, { packet: 9, by: "40ms" }] } },
        exchange: [{ flow: { packets: 9 }, expect: { flow: { reordered: 1, latency: { max: { min: "40ms" } } } } }],
      }
      """)
    #expect(seen.map(\.delivered) == [9])
  }

  @Test("a socket that is bound gets its flow, and an idle host none of it")
  func roles() throws {
    let bound = "{ receiver: { receive: { bind: 'any' } }, exchange: [{ flow: { packets: 100 } }] }"
    #expect(try flows(bound).map(\.delivered) == [100])
    let idle = try PlayedCase("{ receiver: { idle: true }, exchange: [{ flow: { packets: 100 } }] }")
    #expect(try idle.kinds == [.flow(.lost)])
    let reason = try #require(try idle.verdict.messages[0].changes.first)
    #expect(reason.contains("Ip.InUnknownProtos rose by 100"))
  }

  @Test("a flow that does not come to its end in time is that finding, and says how far it came")
  func timedOut() throws {
    let played = try PlayedCase("{ timeout: '300ms', exchange: [{ flow: { packets: 10000000 } }] }")
    #expect(try played.kinds == [.timedOut])
    let text = try #require(try played.verdict.allFindings.first?.text)
    #expect(text.contains("of 10000000 packets have left"), "\(text)")
  }

  @Test("what an interface dropped before a flow is not counted as the flow's")
  func earlierDrops() throws {
    let deadline = Deadline(after: .seconds(60))
    var player = try FlowPlayer(
      scenario("{ exchange: [{ flow: { packets: 10 } }] }"), with: testResources(), until: deadline)
    // A type that nobody there takes frames of.
    let header = EthernetHeader(
      destination: player.hosts.receiver.mac, source: player.hosts.sender.mac,
      etherType: EtherType(rawValue: 0x9999))
    let before = try player.hosts.interfaceDrops(of: .receiver)
    for _ in 0..<7 { try player.hosts.sender.capture.send(header.bytes + [1, 2, 3]) }
    while try player.hosts.interfaceDrops(of: .receiver) < before + 7 { try #require(!deadline.hasPassed) }
    try player.play()
    let flow = player.record.messages.first?.flow
    player.end()
    #expect(flow?.delivered == 10 && flow?.droppedByInterface == 0)
  }

  @Test("a pace is never faster than it says")
  func pace() throws {
    let seen = try flows("{ exchange: [{ flow: { packets: 101, rate: 1000 } }] }")
    #expect(seen.allSatisfy { $0.sendingRate <= 1010 }, "\(seen.map(\.sendingRate))")
  }
}
