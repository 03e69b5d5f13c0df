// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

@Suite("ways out and ways back, as root")
struct WaysOutTests {
  private func packets(_ frames: [[UInt8]]) throws -> [IPv4Packet] {
    try frames.map { try IPv4Packet(parsing: $0[EthernetHeader.length...]) }
  }

  @Test("a frame goes out as it was asked for, bit for bit, and is captured at both ends")
  func frame() throws {
    let played = try PlayedCase(
      #"""
      {
        exchange: [{
          payload: "Hi",
          header: { identification: 0, checksum: 0x1234, reserved: true, totalLength: 22 },
          frame: { source: "02:00:00:00:00:aa", padTo: 60 },
          expect: { delivered: false },
        }],
      }
      """#)
    // RFC 791 §3.1, written out by hand: version 4, length 20, 22 bytes, the reserved flag, TTL 64, protocol 253.
    let packet: [UInt8] = [
      0x45, 0x00, 0x00, 0x16, 0x00, 0x00, 0x80, 0x00, 0x40, 0xfd, 0x12, 0x34, 1, 1, 1, 100, 1, 1, 1, 1, 0x48,
      0x69,
    ]
    for (host, direction) in [(HostName.sender, CaptureFile.Direction.outbound), (.receiver, .inbound)] {
      let frame = try #require(played.frames(host, direction).first)
      #expect(frame.count == 60)
      #expect(Array(frame[6..<14]) == [2, 0, 0, 0, 0, 0xaa, 0x08, 0x00])
      #expect(Array(frame[14..<36]) == packet)
      #expect(frame[36...].allSatisfy { $0 == 0 })
    }
  }

  @Test("a message from the receiver goes the other way, and the sender's socket is handed it")
  func fromReceiver() throws {
    let played = try PlayedCase(#"{ exchange: ["there", { payload: "and back", from: "receiver" }] }"#)
    #expect(played.result.status == .passed)
    let back = try packets(played.frames(.sender, .inbound))
    #expect(back.map(\.header.source.description) == ["1.1.1.1"])
    #expect(back.map(\.payload) == [Array("and back".utf8)])
  }

  @Test("options that the kernel leaves alone go through a plain socket, each message with its own")
  func options() throws {
    let played = try PlayedCase(
      #"{ exchange: [{ payload: "a", via: "socket", header: { options: ["nop", { routerAlert: 0 }] } }, "b"] }"#
    )
    let sent = try packets(played.frames(.sender, .outbound))
    // RFC 2113: type 148, length 4, value 0; padded to a multiple of 4.
    #expect(sent.map(\.header.options) == [[1, 148, 4, 0, 0, 0, 0, 0], []])
  }

  @Test("a burst is sent without waiting, and each message has what its own send call put on the cable")
  func burst() throws {
    let record = try playedRecord(
      of: #"{ pacing: "burst", exchange: ["a", { payload: { size: 3000 } }, { payload: "c", repeat: 3 }] }"#)
    #expect(record.messages.map(\.frames.count) == [1, 3, 1, 1, 1])
    let burst = try #require(record.burst)
    #expect(burst.deliveries.count == 5)
    #expect(burst.frames.filter { $0.host == .receiver && !$0.isOutgoing }.count == 7)
  }

  @Test("counters are read where they are asked for, and tell which rose while a message passed")
  func counters() throws {
    let record = try playedRecord(
      of: #"""
        {
          exchange: [
            { payload: "a", expect: { counters: { "Ip.InDelivers": 1 } } },
            { payload: "b", header: { checksum: "bad" }, expect: { delivered: false, counters: { "Ip.InHdrErrors": 1 } } },
            "c",
          ],
          expect: { counters: { receiver: { "Ip.InReceives": 3 } } },
        }
        """#)
    #expect(record.messages[0].rises["Ip.InDelivers"] == 1)
    #expect(record.messages[0].rises["Ip.InHdrErrors"] == 0)
    #expect(record.messages[1].rises["Ip.InDelivers"] == 0)
    #expect(record.messages[1].rises["Ip.InHdrErrors"] == 1)
    #expect(record.messages[1].rises["IpExt.InCsumErrors"] == 1)
    #expect(record.messages[2].rises.isEmpty)
    #expect(record.rises[.receiver]?["Ip.InReceives"] == 3)
    #expect(
      record.rises[.sender]?["Ip.OutRequests"] == 2, "a frame does not go through the sender's IP layer")
  }

  @Test("the largest datagram goes through the smallest MTU, whatever the system's buffers are by default")
  func smallestMTU() throws {
    let played = try PlayedCase(
      "{ network: { mtu: 68 }, exchange: [{ payload: { size: 65515 } }] }")
    #expect(played.result.status == .passed)
    // 48 bytes of payload fit, a multiple of 8: 65,515 / 48 rounded up.
    #expect(played.frames(.sender, .outbound).count == 1365)
  }

  @Test("an idle receiver's kernel answers that there is no such protocol")
  func idle() throws {
    let record = try playedRecord(of: #"{ receiver: { idle: true }, exchange: ["x"] }"#)
    #expect(record.messages[0].deliveries.isEmpty)
    let back = record.frames.filter { $0.host == .receiver && $0.isOutgoing }.map(\.bytes)
    // ICMP destination unreachable, protocol unreachable (RFC 792).
    #expect(try packets(back).map { $0.payload.prefix(2) } == [[3, 2]])
  }

  @Test("a program that is not there keeps a scenario from running, and is named")
  func requirement() throws {
    let scenario = try scenario(#"{ requires: ["sh", "no-such-program"], exchange: ["x"] }"#)
    let result = try CaseRunner(captures: .init(.none, in: ""), application: "test").run(scenario)
    #expect(result.status == .cannotRun)
    guard case .notJudged(let obstruction) = result.outcome else { return }
    #expect(obstruction.reason.contains("no-such-program"))
  }

  @Test(
    "a module that python3 does not find keeps a scenario from running, and is named; one that it finds does not"
  )
  func pythonModule() throws {
    let runner = CaseRunner(captures: .init(.none, in: ""), application: "test")
    let lacking = try scenario(
      #"{ requires: [{ pythonModule: "json" }, { pythonModule: "no_such" }], exchange: ["x"] }"#)
    guard case .notJudged(let obstruction) = try runner.run(lacking).outcome else {
      Issue.record("it was judged")
      return
    }
    #expect(obstruction.status == .cannotRunHere)
    #expect(
      obstruction.reason == "this scenario needs the Python module \"no_such\", which python3 cannot find")
    let found = try scenario(#"{ requires: [{ pythonModule: "json" }], exchange: ["x"] }"#)
    #expect(try runner.run(found).status == .passed)
  }

  @Test("a burst from both hosts is sorted out by who sent what, and each host's socket is handed its own")
  func burstBothWays() throws {
    let played = try PlayedCase(
      #"{ pacing: "burst", exchange: ["a", { payload: "b", from: "receiver" }, "c"] }"#)
    #expect(played.result.status == .passed)
    #expect(try played.verdict.counts == [.sent: 3, .arrived: 3, .delivered: 3])
  }

  @Test("a network of two addresses has no broadcast address: the other one is the other host (RFC 3021)")
  func pointToPoint() throws {
    let played = try PlayedCase(
      #"""
      {
        network: { sender: { address: "10.0.0.0/31" }, receiver: { address: "10.0.0.1/31" } },
        exchange: ["there", { payload: "and back", from: "receiver" }],
      }
      """#)
    #expect(played.result.status == .passed)
    #expect(try !played.etherTypes.contains(.arp))
  }

  @Test(
    "a host has the sockets of its role and no others: one that has ended is refused for, whatever it sent")
  func noOtherSocket() async {
    // In a process of its own: a child that another test makes has the role's socket too, until it runs its program,
    // and as long as anybody has it the kernel delivers to it.
    await #expect(processExitsWith: .success) {
      let played = try PlayedCase(
        #"""
        {
          receiver: { receive: { until: "stop" } },
          exchange: [
            { payload: "before", from: "receiver" },
            "stop",
            { payload: "after", expect: { delivered: false, returned: [{ icmp: { type: 3, code: 2 } }] } },
            { payload: "on its own", from: "receiver" },
          ],
        }
        """#)
      #expect(played.result.status == .passed)
    }
  }

  @Test("only the sender's own word ends it; the receiver may go on, and finds nobody there")
  func endOfSender() throws {
    let played = try PlayedCase(
      #"""
      {
        sender: { send: { until: "QUIT" } },
        exchange: [
          { payload: "Quit", from: "receiver" },
          "Quit",
          {
            payload: "bye", from: "receiver",
            expect: { delivered: false, returned: [{ icmp: { type: 3, code: 2 } }] },
          },
        ],
        expect: { sender: { ended: "until" } },
      }
      """#)
    #expect(played.result.status == .passed)
  }
}
