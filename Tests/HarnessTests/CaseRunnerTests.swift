// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing
import Verdict
import Wire

@testable import Harness
@testable import Scenario

@Suite("whole cases, as root")
struct CaseRunnerTests {
  /// The four packets of the documented exchange, as its receiver printed them.
  private let documented = [
    "4500002136c8000080fdfeb1010101640101010148656c6c6f20576f726c642021",
    "4500001636dd000080fdfea701010164010101014869",
    "450000213716000080fdfe630101016401010101486f772061726520796f75203f",
    "450000183760000080fdfe22010101640101010151756974",
  ]

  // MARK: - What must pass

  @Test("the smallest scenario passes, each message seen once at each place")
  func smallest() throws {
    let played = try PlayedCase(#"{ exchange: ["Hello World !", "Hi", "How are you ?", "Quit"] }"#)
    #expect(played.result.status == .passed)
    #expect(try played.verdict.counts == [.sent: 4, .arrived: 4, .delivered: 4])
  }

  @Test("a case's packets come in the order of time, from two interfaces by name, and no marker among them")
  func capture() throws {
    let played = try PlayedCase(#"{ exchange: ["Hello World !", "Hi"] }"#)
    #expect(played.capture.interfaces.map(\.name) == ["sender:eth0", "receiver:eth0"])
    let times = played.capture.packets.compactMap(\.timestamp)
    #expect(times.count == 4 && times == times.sorted())
    #expect(try played.etherTypes == [.ipv4])
    #expect(played.frames(.sender, .outbound) == played.frames(.receiver, .inbound))
  }

  @Test("the documented headers give the documented bytes at all three places")
  func documentedBytes() throws {
    let played = try PlayedCase(
      #"""
      {
        exchange: [
          { payload: "Hello World !", header: { ttl: 128, identification: 0x36c8 } },
          { payload: "Hi", header: { ttl: 128, identification: 0x36dd } },
          { payload: "How are you ?", header: { ttl: 128, identification: 0x3716 } },
          { payload: "Quit", header: { ttl: 128, identification: 0x3760 } },
        ],
      }
      """#)
    #expect(played.result.status == .passed)
    let known = try documented.map { try HexDump.bytes(fromHex: $0) }
    #expect(played.frames(.sender, .outbound).map { Array($0.dropFirst(14)) } == known)
    #expect(played.frames(.receiver, .inbound).map { Array($0.dropFirst(14)) } == known)
  }

  @Test("the receiver's socket is handed the documented bytes")
  func documentedDelivery() throws {
    let record = try playedRecord(
      of: #"{ exchange: [{ payload: "Hi", header: { ttl: 128, identification: 0x36dd } }] }"#)
    let known = try HexDump.bytes(fromHex: documented[1])
    #expect(record.messages.map { $0.deliveries.map(\.bytes) } == [[known]])
  }

  @Test("both sides end by their `until`, in any case")
  func until() throws {
    let played = try PlayedCase(
      #"""
      {
        sender: { send: { until: "QUIT" } },
        receiver: { receive: { bind: "1.1.1.1", until: "QUIT" } },
        exchange: ["Hi", "qUiT"],
        expect: { sender: { ended: "until" }, receiver: { ended: "until" } },
      }
      """#)
    #expect(played.result.status == .passed)
  }

  @Test("what is longer than the MTU crosses in fragments and is delivered whole")
  func fragments() throws {
    let played = try PlayedCase(#"{ exchange: [{ payload: { size: 3000 } }] }"#)
    #expect(played.result.status == .passed)
    // 14 bytes of Ethernet and 20 of IPv4 before 1480, 1480 and 40 bytes of payload.
    #expect(played.frames(.receiver, .inbound).map(\.count) == [1514, 1514, 74])
  }

  @Test("a packet of just the MTU crosses whole, and one more byte makes two", arguments: [68, 1500, 9000])
  func mtu(_ mtu: Int) throws {
    let played = try PlayedCase(
      "{ network: { mtu: \(mtu) }, exchange: [{ payload: { size: \(mtu - 20) } }, { payload: { size: \(mtu - 19) } }] }"
    )
    #expect(played.result.status == .passed)
    #expect(try played.verdict.counts == [.sent: 3, .arrived: 3, .delivered: 2])
  }

  @Test(
    "what a host sends to all is none of what is delivered to it",
    arguments: ["255.255.255.255", "1.1.1.255"])
  func ownPackets(_ destination: String) throws {
    // The packets are the same but for their source: neither host's own may be taken for the other's.
    let message = "payload: 'same', header: { destination: '\(destination)' }"
    let played = try PlayedCase(
      """
      { pacing: 'burst', receiver: { receive: { bind: 'any' } },
        exchange: [{ \(message) }, { \(message), from: 'receiver' }] }
      """)
    let found = try played.verdict.allFindings.map(\.text)
    #expect(found == [])
  }

  @Test("a case that was not run leaves a capture only where one of every case is asked for")
  func interrupted() throws {
    let planned = PlannedCase(try scenario("{ exchange: ['x'] }"), position: 1)
    for (choice, isKept) in [(CaseRunner.Captures.Choice.all, true), (.failed, false), (.none, false)] {
      try withFolder { folder in
        let stop = try StopRequest()
        stop.make()
        let result = CaseRunner(captures: .init(choice, in: folder), application: "test").run(
          planned, stop: stop)
        #expect(result.status == .notRun)
        #expect((result.capture != nil) == isKept, "\(choice)")
      }
    }
  }

  @Test("what went between the hosts is told of the cases that are to be shown, and of no others")
  func shown() throws {
    let wrong = "{ exchange: [{ payload: 'x', expect: { header: { ttl: 1 } } }] }"
    for (choice, ofRight, ofWrong) in [
      (CaseRunner.Captures.Choice.all, true, true), (.failed, false, true), (.none, false, false),
    ] {
      let runner = CaseRunner(captures: .init(.none, in: ""), application: "test", showing: choice)
      for (text, isTold) in [("{ exchange: ['x'] }", ofRight), (wrong, ofWrong)] {
        let planned = PlannedCase(try scenario(text), position: 1)
        let traffic = runner.run(planned, stop: try StopRequest()).traffic
        #expect(
          traffic.map { $0.crossings.count == 1 && $0.crossings[0].deliveries == 1 } == (isTold ? true : nil))
      }
    }
  }

  @Test(
    "a program that ends without having shown that it is ready is not, however well it ends",
    arguments: ["stdout: 'up'", "stderr: 'up'", "listening: 7", "descriptor: true"])
  func neverReady(_ ready: String) throws {
    let played = try PlayedCase(
      """
      { sender: { run: ['true'], ready: { \(ready) } },
        exchange: [{ payload: 'x', expect: { sent: false } }] }
      """)
    #expect(try played.kinds == [.program(.sender, .endedBeforeReady)])
  }

  @Test("hosts have the MAC addresses asked for")
  func macs() throws {
    let played = try PlayedCase(
      #"""
      {
        network: {
          sender: { address: "10.9.8.7/16", mac: "f0:1f:af:28:8d:92" },
          receiver: { address: "10.9.0.1/16", mac: "00:00:91:06:41:e1" },
        },
        exchange: ["Hi"],
      }
      """#)
    #expect(played.result.status == .passed)
    let header = EthernetHeader(
      destination: MACAddress(0x00, 0x00, 0x91, 0x06, 0x41, 0xe1),
      source: MACAddress(0xf0, 0x1f, 0xaf, 0x28, 0x8d, 0x92))
    #expect(played.frames(.receiver, .inbound).map { Array($0.prefix(14)) } == [header.bytes])
  }

  @Test("with dynamic ARP a request and an answer are on the wire, and with static none")
  func arp() throws {
    let dynamic = try PlayedCase(#"{ network: { arp: "dynamic" }, exchange: ["Hello World !", "Hi"] }"#)
    #expect(dynamic.result.status == .passed)
    let frames = dynamic.frames(.receiver, .inbound) + dynamic.frames(.receiver, .outbound)
    let packets = try frames.filter { $0[12...13] == [0x08, 0x06] }.map { try ARPPacket(parsing: $0[14...]) }
    #expect(packets.map(\.operation) == [ARPPacket.request, ARPPacket.reply])
    let fixed = try PlayedCase(#"{ network: { arp: "static" }, exchange: ["Hello World !", "Hi"] }"#)
    #expect(try fixed.etherTypes == [.ipv4])
  }

  @Test("a message that waits for ARP is not missed, in a hundred hosts that never spoke")
  func waitsForARP() throws {
    let first = try scenario(#"{ network: { arp: "dynamic" }, exchange: ["Hi"] }"#)
    let runner = CaseRunner(captures: .init(.none, in: "/"), application: "test")
    for _ in 0..<100 { #expect(try runner.run(first).status == .passed) }
  }

  @Test("a broadcast goes to all as a broadcast, and a receiver bound to no address gets it")
  func broadcast() throws {
    let played = try PlayedCase(
      #"""
      {
        receiver: { receive: { bind: "any" } },
        exchange: [{ payload: "Hi", header: { destination: "1.1.1.255" } }],
      }
      """#)
    #expect(played.result.status == .passed)
    #expect(played.frames(.receiver, .inbound).map { Array($0.prefix(6)) } == [MACAddress.broadcast.octets])
  }

  @Test("a reader with a small buffer gets the beginning, and that is said")
  func bufferSize() throws {
    let cut = try PlayedCase(
      #"{ receiver: { receive: { bufferSize: 25 } }, exchange: ["Hello World !"] }"#)
    #expect(try cut.kinds.contains(.cutShort))
    let asked = try PlayedCase(
      #"""
      {
        receiver: { receive: { bufferSize: 25 } },
        exchange: [{ payload: "Hello World !", expect: { delivered: { payload: "Hello" } } }],
      }
      """#)
    #expect(asked.result.status == .passed)
  }

  @Test("a protocol that nobody receives is not delivered, and the refusal that comes back is a stray")
  func foreignProtocol() throws {
    let played = try PlayedCase(
      #"{ exchange: [{ payload: "Hi", header: { protocol: 252 }, expect: { delivered: false } }] }"#)
    #expect(try played.verdict.messages.flatMap(\.findings).isEmpty)
    // ICMP protocol unreachable (RFC 792, type 3 code 2).
    let strays = try played.verdict.unexpected.map {
      try IPv4Packet(parsing: $0.bytes[...]).payload.prefix(2)
    }
    #expect(strays == [[3, 2]])
  }

  // MARK: - What must fail

  @Test(
    "a wrong expectation is found, and nothing else",
    arguments: [
      (#"{ payload: "Hi", expect: { header: { ttl: 63 } } }"#, [Finding.Kind.field(.ttl)]),
      (#"{ payload: "Hi", expect: { arrived: { header: { totalLength: 23 } } } }"#, [.field(.totalLength)]),
      (#"{ payload: "Hi", expect: { header: { checksum: "invalid" } } }"#, [.field(.checksum)]),
      (#"{ payload: "Hi", expect: { payload: "Ho" } }"#, [.payload]),
      (#"{ payload: "Hi", expect: { sent: false } }"#, [.seen(.sent)]),
      (#"{ payload: "Hi", expect: { arrived: false } }"#, [.seen(.arrived)]),
      (#"{ payload: "Hi", expect: { delivered: false } }"#, [.seen(.delivered)]),
    ])
  func wrongExpectation(_ message: String, _ kinds: [Finding.Kind]) throws {
    let played = try PlayedCase("{ exchange: [\(message)] }")
    #expect(played.result.status == .failed)
    #expect(try played.kinds == kinds)
  }

  @Test("a role that does not end is found")
  func notEnded() throws {
    let played = try PlayedCase(
      #"{ receiver: { receive: { until: "QUIT" } }, exchange: ["Hi"], expect: { receiver: { ended: "until" } } }"#
    )
    #expect(try played.kinds == [.notEnded(.receiver)])
  }

  @Test("a receiver that has ended is handed nothing more")
  func afterTheEnd() throws {
    let played = try PlayedCase(#"{ receiver: { receive: { until: "QUIT" } }, exchange: ["Quit", "Hi"] }"#)
    #expect(try played.kinds.contains(.notSeen(.delivered)))
  }

  @Test("a time that ran out is found, and no pass")
  func timeout() throws {
    var late = try scenario(#"{ exchange: ["Hi"] }"#)
    late.timeout = .zero
    let result = try CaseRunner(captures: .init(.none, in: "/"), application: "test").run(late)
    #expect(result.status == .failed)
    guard case .judged(let verdict) = result.outcome else {
      Issue.record("not judged: \(result.outcome)")
      return
    }
    #expect(verdict.allFindings.map(\.kind) == [.timedOut])
  }

  @Test("a capture that cannot be written leaves the verdict as it is, and the run does not pass")
  func captureNotWritten() throws {
    let one = try scenario(#"{ exchange: ["Hi"] }"#)
    let result = try CaseRunner(captures: .init(.all, in: "/proc/nowhere"), application: "test").run(one)
    #expect(result.status == .passed && result.capture == nil)
    #expect(result.captureFailure?.contains("ENOENT") == true, "\(result.captureFailure ?? "none")")
    var summary = RunSummary()
    summary.add(result)
    #expect(summary.count(of: .passed) == 1 && summary.exitStatus == .harnessFailed)
    #expect(summary.problems.count == 1)
  }
}
