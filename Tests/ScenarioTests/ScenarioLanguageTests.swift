// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Scenario

/// Reads a scenario from its text, as the only file of a library.
func scenario(_ text: String) throws -> Scenario {
  let folder = try TemporaryFolder()
  defer { folder.remove() }
  let path = try folder.write(text, to: "case.json5")
  let library = ScenarioLibrary(paths: [path])
  try #require(library.isRight, "\(DiagnosticText.render(library.diagnostics))")
  return try #require(library.scenarios.first)
}

@Suite("The scenario language")
struct ScenarioLanguageTests {
  @Test("one line is enough, and the rest is as documented")
  func defaults() throws {
    let scenario = try scenario(#"{ exchange: ["Hello World !", "Hi", "How are you ?", "Quit"] }"#)
    #expect(scenario.protocol.value == 253)
    #expect(scenario.title == "case")
    #expect(scenario.tags.isEmpty)
    #expect(scenario.timeout == .seconds(5))
    #expect(scenario.network.sender.interface(of: .v4)?.value.description == "1.1.1.100/24")
    #expect(scenario.network.receiver.interface(of: .v4)?.value.description == "1.1.1.1/24")
    #expect(scenario.network.sender.mac == nil && scenario.network.receiver.mac == nil)
    #expect(scenario.network.mtu == 1500)
    #expect(scenario.network.arp == .static)
    #expect(scenario.sendRole.until == nil)
    #expect(scenario.receiveRole.until == nil)
    #expect(scenario.receiveRole.bufferSize == 65_535)
    guard case .host = scenario.receiveRole.bind.value else {
      Issue.record("a receiver is bound to its host's address")
      return
    }
    let texts = scenario.exchange.map { String(decoding: $0.payload.value, as: UTF8.self) }
    #expect(texts == ["Hello World !", "Hi", "How are you ?", "Quit"])
    #expect(scenario.exchange.allSatisfy { $0.wayOut == .socket && $0.header.values.isEmpty })
  }

  @Test("every key of a scenario is taken")
  func scenarioKeys() throws {
    let scenario = try scenario(
      """
      {
        title: "all keys", tags: ["a", "b"], protocol: 0xfe, timeout: "250ms",
        network: {
          sender: { address: "10.1.0.1/16", mac: "02:00:00:00:00:0A" }, receiver: { address: "10.1.2.3/16" },
          mtu: 9000, arp: "dynamic",
        },
        sender: { send: { until: "bye" } },
        receiver: { receive: { bind: "any", until: "BYE", bufferSize: 4096 } },
        exchange: ["bye"],
        expect: { sender: { ended: "until" }, receiver: { ended: "until" } },
      }
      """)
    #expect(scenario.title == "all keys")
    #expect(scenario.tags == ["a", "b"])
    #expect(scenario.protocol.value == 254)
    #expect(scenario.timeout == .milliseconds(250))
    #expect(scenario.network.sender.interface(of: .v4)?.value.description == "10.1.0.1/16")
    #expect(scenario.network.sender.mac?.value.description == "02:00:00:00:00:0a")
    #expect(scenario.network.receiver.address(of: .v4).description == "10.1.2.3")
    #expect(scenario.network.mtu == 9000)
    #expect(scenario.network.arp == .dynamic)
    #expect(scenario.sendRole.until?.text == "bye")
    #expect(scenario.receiveRole.until?.text == "BYE")
    #expect(scenario.receiveRole.bufferSize == 4096)
    #expect(scenario.expect.sender.endedByUntil != nil)
    #expect(scenario.expect.receiver.endedByUntil != nil)
  }

  @Test("a whole number that stands where a text must be is its digits")
  func numbersAsTexts() throws {
    let scenario = try scenario(
      """
      {
        title: 2024, tags: [1, "b"], knownFailure: 4711, exchange: [7, { payload: 9 }],
        sender: { send: { until: 9 } }, receiver: { receive: { until: -1 } },
      }
      """)
    #expect(scenario.title == "2024")
    #expect(scenario.tags == ["1", "b"])
    #expect(scenario.knownFailure?.value == "4711")
    #expect([scenario.sendRole.until?.text, scenario.receiveRole.until?.text] == ["9", "-1"])
    #expect(scenario.exchange.map { String(decoding: $0.payload.value, as: UTF8.self) } == ["7", "9"])
  }

  @Test(
    "a payload is the bytes that its form says",
    arguments: [
      (#""Hé""#, [0x48, 0xc3, 0xa9]), (#"{ text: "Hi" }"#, [0x48, 0x69]), (#"{ text: "" }"#, []),
      (#"{ hex: "48 69 0aFF" }"#, [0x48, 0x69, 0x0a, 0xff]), (#"{ base64: "SGk=" }"#, [0x48, 0x69]),
      ("5", [0x35]), ("-12", [0x2d, 0x31, 0x32]), ("{ text: 0x1f }", [0x33, 0x31]),
      ("{ size: 3 }", [0, 1, 2]), (#"{ size: 2, fill: "counter" }"#, [0, 1]),
      (#"{ size: 2, fill: "zeros" }"#, [0, 0]), (#"{ size: 2, fill: "ones" }"#, [255, 255]),
      ("{ size: 0 }", []),
      // SplitMix64 from seed 1234567 begins 6457827717110365317, 3203168211198807973 (Rosetta Code).
      (
        "{ size: 11, fill: { seed: 1234567 } }",
        [0x85, 0xfc, 0x08, 0xfb, 0x17, 0xd0, 0x9e, 0x59, 0xa5, 0x0f, 0x54]
      ),
    ] as [(String, [UInt8])])
  func payloads(text: String, bytes: [UInt8]) throws {
    let scenario = try scenario("{ exchange: [{ payload: \(text) }] }")
    #expect(scenario.exchange[0].payload.value == bytes)
  }

  @Test("a counter begins again after ff")
  func counter() throws {
    let payload = try scenario("{ exchange: [{ payload: { size: 258 } }] }").exchange[0].payload.value
    #expect(Array(payload.suffix(4)) == [0xfe, 0xff, 0x00, 0x01])
  }

  @Test("header fields go into the packet that is asked for, lengths and checksum filled in")
  func header() throws {
    let scenario = try scenario(
      """
      { exchange: [{ payload: "Hi", via: "header", header: { ttl: 128, identification: 0x36dd } }] }
      """)
    let packet = scenario.exchange[0].packet(in: scenario)
    // The documented packet "Hi".
    #expect(HexDump.hexString(packet.bytes) == "4500001636dd000080fdfea701010164010101014869")
  }

  @Test(
    "without a word on the way out, the first that can carry the message is taken",
    arguments: [
      (#"payload: "x""#, WayOut.socket), (#"payload: "x", via: "auto""#, .socket),
      (#"payload: "x", header: { ttl: 1, dscp: 46, ecn: 1, dontFragment: true, protocol: 99 }"#, .socket),
      (#"payload: { size: 65515 }"#, .socket), (#"payload: "x", header: { source: "1.1.1.100" }"#, .socket),
      (#"payload: "x", header: { identification: 1 }"#, .header),
      (#"payload: "x", header: { ttl: 0 }"#, .header),
      (#"payload: "x", header: { source: "9.9.9.9" }"#, .header),
      (#"payload: "x", header: { identification: 0 }"#, .frame),
      (#"payload: "x", header: { checksum: "bad" }"#, .frame),
      (#"payload: "x", frame: { padTo: 60 }"#, .frame),
      (#"payload: "x", header: { moreFragments: true }"#, .header),
      (#"payload: "x", header: { options: ["nop"] }"#, .socket),
      (#"payload: "x", header: { options: [{ recordRoute: 1 }] }"#, .header),
      (#"payload: "x", header: { destination: "9.9.9.9" }"#, .frame),
      (#"payload: "x", header: { protocol: 255 }"#, .header), (#"payload: "x", via: "header""#, .header),
    ])
  func wayOut(message: String, way: WayOut) throws {
    #expect(try scenario("{ exchange: [{ \(message) }] }").exchange[0].wayOut == way)
  }

  @Test("each form of a matcher is what it says")
  func matchers() throws {
    let scenario = try scenario(
      """
      { exchange: [{ payload: "x", expect: { header: {
        ttl: 64, ecn: "any", dscp: { oneOf: [0, 46] }, identification: { not: 0 }, totalLength: { min: 21, max: 40 },
        version: { max: 4 }, checksum: "valid", dontFragment: false, source: "1.1.1.100",
      }, delivered: { header: { checksum: "invalid" }, payload: { prefix: "x" } } } }] }
      """)
    let expect = scenario.exchange[0].expect
    func matcher(_ field: IPField, _ place: Place = .sent) -> FieldMatcher? {
      expect.matcher(of: field, at: place)?.value
    }
    #expect(matcher(.ttl) == .value(64))
    #expect(matcher(.ecn) == .any)
    #expect(matcher(.dscp) == .oneOf([0, 46]))
    #expect(matcher(.identification) == .not(0))
    #expect(matcher(.totalLength) == .range(21...40))
    #expect(matcher(.version) == .range(0...4))
    #expect(matcher(.dontFragment) == .value(0))
    #expect(matcher(.source) == .value(0xFFFF_0101_0164))
    #expect(matcher(.checksum) == .valid)
    #expect(
      matcher(.checksum, .delivered) == .invalid, "a place's own word comes before what holds everywhere")
    #expect(expect.payloadMatcher(at: .sent)?.value == nil)
    #expect(expect.payloadMatcher(at: .delivered)?.value == .prefix([0x78]))
  }

  @Test(
    "a host does what a network card would do, unless the file leaves it undone; such hosts are no others")
  func offload() throws {
    let text = "{ network: { sender: { offload: true }, receiver: { offload: false } }, exchange: ['x'] }"
    let network = try scenario(text).network
    #expect(network.sender.leavesToCard && !network.receiver.leavesToCard)
    #expect(!Network.lan.sender.leavesToCard && !Network.lan.receiver.leavesToCard)
    let other = try scenario("{ network: { receiver: { offload: true } }, exchange: ['x'] }").network
    #expect(network.isSame(as: network) && !network.isSame(as: other) && !other.isSame(as: .lan))
  }

  @Test("what holds of every packet, and which packets of nobody's are passed over, is as the file says")
  func everyAndIgnored() throws {
    let scenario = try scenario(
      """
      { exchange: ["x"], expect: {
        every: { header: { ttl: { min: 1 }, options: "none" }, payload: { length: 3 }, frame: { padding: 0 } },
        unexpected: { ignore: [
          "arp", "ipv6", { from: "receiver" },
          { from: "sender", header: { protocol: 1 }, payload: "x", frame: { length: 60 }, icmp: { type: 8 } },
        ] },
      } }
      """)
    let every = try #require(scenario.expect.every)
    #expect(every.header.matchers[.ttl]?.value == .range(1...(.max)))
    #expect(every.header.options?.value == .equals([]))
    #expect(every.payload?.value == .length(3))
    #expect(every.frame[.padding]?.value == .value(0))
    #expect(scenario.expect.unexpected == .fail)
    let ignored = scenario.expect.ignored
    guard ignored.count == 4, case .arp = ignored[0], case .ipv6 = ignored[1],
      case .matching(let any, from: .receiver) = ignored[2],
      case .matching(let seen, from: .sender) = ignored[3]
    else {
      Issue.record("\(ignored)")
      return
    }
    #expect(any.isEmpty)
    #expect(seen.header.matchers[.protocol]?.value == .value(1))
    #expect(seen.payload?.value == .equals([0x78]))
    #expect(seen.frame[.length]?.value == .value(60))
    #expect(seen.transport?.matchers["type"]?.value == .value(8))
  }

  @Test("where a file says nothing nothing is asked of every packet, and none of nobody's is passed over")
  func unexpected() throws {
    for (word, unexpected) in [
      ("", Unexpected.fail), ("unexpected: 'fail'", .fail), ("unexpected: 'ignore'", .ignore),
    ] {
      let expect = try scenario("{ exchange: ['x'], expect: { \(word) } }").expect
      #expect(expect.every == nil && expect.ignored.isEmpty && expect.unexpected == unexpected)
    }
    let none = try scenario("{ exchange: ['x'], expect: { unexpected: { ignore: [] } } }").expect
    #expect(none.unexpected == .fail && none.ignored.isEmpty)
  }

  @Test("copies are a number or matched, and 0 is one of them only of what comes back")
  func copies() throws {
    let scenario = try scenario(
      """
      { exchange: [{ payload: "x", expect: {
        sent: { copies: 2 }, arrived: { copies: "any" }, delivered: { copies: { min: 2 } },
        returned: [{ copies: 0 }, { copies: { max: 3 } }, { copies: { oneOf: [0, 2] } }, { copies: { not: 1 } }],
      } }] }
      """)
    let expect = scenario.exchange[0].expect
    let places = Place.allCases.map { expect.copies(at: $0)?.value }
    #expect(places == [.value(2), .any, .range(2...(.max))])
    #expect(places.map { $0?.leastCopies } == [2, 1, 2])
    let returned = expect.returned.map { $0.copies?.value }
    #expect(returned == [.value(0), .range(0...3), .oneOf([0, 2]), .not(1)])
    #expect(returned.map { $0?.leastCopies } == [nil, 1, 2, 2])
  }

  @Test("a number of the cable's is refused only where nobody else than the messages can bring it about")
  func cableNumbers() throws {
    let rows = [
      ("drop: [2]", "'x'", false), ("drop: [2]", "'x', { from: 'receiver' }", true),
      ("reverse: { drop: [2] }", "'x'", true), ("reverse: { drop: [2] }", "{ from: 'receiver' }", false),
      ("reverse: { drop: [1] }", "{ from: 'receiver' }", true),
      // A flipped bit can make of a reply a request, which the other kernel answers.
      ("drop: [2], reverse: { corrupt: [{ packet: 1, bit: 160 }] }", "'x'", true),
      ("corrupt: [{ packet: 1, bit: 160 }], reverse: { drop: [2] }", "{ from: 'receiver' }", true),
    ]
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for (cable, exchange, isRight) in rows {
      let text = "{ network: { cable: { \(cable) } }, exchange: [\(exchange)] }"
      let library = ScenarioLibrary(paths: [try folder.write(text, to: "case.json5")])
      #expect(library.isRight == isRight, "\(text)")
    }
  }

  @Test("what must not get to one place need not be said not to get to those behind it")
  func absence() throws {
    let scenario = try scenario(
      #"{ exchange: ["x", { expect: { arrived: false } }, { expect: { sent: false } }] }"#)
    let places = scenario.exchange.map { message in Place.allCases.map { message.expect.mustBeSeen(at: $0) } }
    #expect(places == [[true, true, true], [true, false, false], [false, false, false]])
  }
}

@Suite("The text that ends an exchange")
struct EndTextTests {
  @Test("the sender's end is the whole message, the receiver's anywhere in it, in any case")
  func wholeAndContained() throws {
    let quit = try #require(EndText("QUIT"))
    let payload = { (text: String) in Array(text.utf8) }
    #expect(quit.isWhole(payload("Quit")) && quit.isWhole(payload("qUIT")))
    #expect(!quit.isWhole(payload("Quit ")) && !quit.isWhole(payload("Qui")))
    #expect(quit.isContained(in: payload("please quit now")))
    #expect(!quit.isContained(in: payload("qui t")) && !quit.isContained(in: []))
  }

  @Test("only ASCII letters are folded: @ is not `, and bytes that are no text are themselves")
  func folding() throws {
    let end = try #require(EndText("a@"))
    #expect(end.isWhole([0x41, 0x40]))
    #expect(!end.isWhole([0x41, 0x60]))
    #expect(end.isContained(in: [0xff, 0x61, 0x40, 0xff]))
  }

  @Test("there is no empty text: it would end everything at once")
  func empty() {
    #expect(EndText("") == nil)
  }
}
