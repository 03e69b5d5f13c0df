// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What the judge finds in transport headers, and that it finds nothing where all is right.
@Suite struct TransportFindingTests {
  /// A message of each protocol that says nothing but what it must.
  private static let messages = [
    "udp": "udp: { destinationPort: 9 }", "tcp": "tcp: { destinationPort: 9 }",
    "icmp": "icmp: { type: 3, code: 4, mtu: 9 }",
  ]

  /// Every field that such a message has.
  private static let fields = Protocols.all.transports.filter { messages[$0.filterName] != nil }.flatMap {
    layer in
    layer.messageFields.filter { layer.has($0, in: [3, 4, 0, 0, 0, 0, 0, 0]) }.map {
      (layer.filterName, $0.key)
    }
  }

  private func field(_ layer: String, _ key: String) throws -> LayerField {
    let transport = try #require(Protocols.all.transports.first { $0.filterName == layer })
    return try #require(transport.messageFields.first { $0.key == key })
  }

  /// A message of a protocol, of which something is expected; a program sends it or the harness does.
  private func play(_ layer: String, expect: String = "", byProgram: Bool = false) throws -> PlayedCase {
    let sender = byProgram ? "sender: { run: ['./mine'] }," : ""
    let message = Self.messages[layer] ?? ""
    return try PlayedCase(
      "{ \(sender) exchange: [{ \(message), payload: 'abcde', expect: { \(expect) } }] }")
  }

  private func change(_ played: inout PlayedCase, _ layer: String, _ key: String, isChecksumRight: Bool)
    throws
  {
    let field = try field(layer, key)
    played.change { packet in
      guard let transport = Protocols.all.transport(packet.header.protocol),
        var segment = Segment(transport, parsing: packet.payload)
      else { return }
      let count = segment.header.count
      let value = segment.value(of: field)
      segment.set(field, to: other(value, field))
      if isChecksumRight, !field.isChecksum, let sum = segment.checksumField {
        segment.set(sum, to: segment.rightValue(of: sum, in: .v4(packet.header)))
      }
      #expect(segment.header.count == count)
      packet.payload = segment.bytes
    }
  }

  @Test("what is sent as it was asked for passes", arguments: ["udp", "tcp", "icmp"])
  func passes(_ layer: String) throws {
    #expect(try play(layer).kinds == [])
    #expect(try play(layer, byProgram: true).kinds == [])
  }

  @Test("each field that is another than sent is that finding and no other", arguments: fields)
  func sent(_ layer: String, _ key: String) throws {
    var played = try play(layer)
    try change(&played, layer, key, isChecksumRight: true)
    #expect(played.kinds == [.transport(layer, field: key)])
    let row = played.verdict.messages[0].rows.filter(\.isWrong)
    #expect(row.first?.title == "\(layer.uppercased()) \(try field(layer, key).title)")
  }

  @Test("each field that is another than expected is that finding and no other", arguments: fields)
  func expected(_ layer: String, _ key: String) throws {
    let field = try field(layer, key)
    let seen = try play(layer)
    let packet = try #require(seen.messages[0][.sent]?.first)
    let transport = try #require(Protocols.all.transport(packet.header.protocol))
    let value = try #require(Segment(transport, parsing: packet.payload)).value(of: field)
    for (place, places) in [("", Place.allCases), ("sent", [.sent]), ("arrived", [.arrived])] {
      for matcher in [
        "{ not: \(text(value, of: field)) }", "{ oneOf: [\(text(other(value, field), of: field))] }",
      ] {
        let asked = "\(layer): { \(key): \(matcher) }"
        // At the receiver a UDP socket tells ports alone.
        let isTold = layer != "udp" || key.hasSuffix("Port")
        let played = try play(layer, expect: place.isEmpty ? asked : "\(place): { \(asked) }")
        let findings = played.verdict.allFindings
        #expect(findings.map(\.kind) == [.transport(layer, field: key)], "\(matcher) \(place)")
        #expect(findings.map(\.places) == [places], "\(isTold)")
      }
    }
    for matcher in [text(value, of: field), "'any'"] {
      #expect(try play(layer, expect: "\(layer): { \(key): \(matcher) }").kinds == [])
    }
  }

  private func other(_ value: UInt64, _ field: LayerField) -> UInt64 {
    value < field.range.upperBound ? value + field.multiple : value - field.multiple
  }

  /// A value as a file writes it.
  private func text(_ value: UInt64, of field: LayerField) -> String {
    switch field.form {
    case .ipv4Address: "'\(field.text(value))'"
    case .flags: "[\(field.text(value).split(separator: ", ").map { "'\($0)'" }.joined(separator: ", "))]"
    case .flag: value == 0 ? "false" : "true"
    default: "\(value)"
    }
  }

  @Test(
    "of a program's header only what the file says is asked, and that it is right in itself",
    arguments: fields)
  func program(_ layer: String, _ key: String) throws {
    var played = try play(layer, byProgram: true)
    try change(&played, layer, key, isChecksumRight: true)
    let isSaid = ["type", "code", "mtu", "destinationPort"].contains(key)
    let isComputed = try field(layer, key).isComputed
    let kinds: [Finding.Kind] = isSaid || isComputed ? [.transport(layer, field: key)] : []
    // Where the options of a program's segment end nobody knows but its header.
    #expect(played.kinds == (key == "headerLength" ? [.payload] : kinds))
    guard !isSaid, !isComputed else { return }
    var wrong = try play(layer, byProgram: true)
    try change(&wrong, layer, key, isChecksumRight: false)
    #expect(wrong.kinds == [.transport(layer, field: "checksum")])
  }

  @Test(
    "what a program sends without a word of its bytes is right in itself",
    arguments: [(6, "tcp"), (17, "udp"), (1, "icmp")])
  func itself(_ number: Int, _ layer: String) throws {
    let text = "{ protocol: \(number), sender: { run: ['./mine'] }, exchange: [{}] }"
    var played = try PlayedCase(text)
    let transport = try #require(Protocols.all.transport(UInt8(number)))
    let header = try #require(played.messages[0][.sent]?.first?.header)
    let right = Segment(transport, [:], payload: [1, 2, 3], in: .v4(header))
    func carry(_ bytes: [UInt8]) {
      played.change { packet in packet = IPv4Packet.build(header: packet.header, payload: bytes) }
    }
    carry(right.bytes)
    #expect(played.kinds == [])
    var wrong = right
    let checksum = try #require(wrong.checksumField)
    wrong.set(checksum, to: wrong.value(of: checksum) ^ 1)
    carry(wrong.bytes)
    #expect(played.kinds == [.transport(layer, field: "checksum")])
    carry([1, 2, 3])
    #expect(played.kinds == [.transport(layer, field: "header")])
    #expect(
      played.verdict.allFindings[0].text
        == "wanted \(transport.title), sent with 3 bytes: less than its header")
  }

  @Test("a transport header in pieces is judged as the one that it is")
  func pieces() throws {
    for (expect, kinds) in [("", []), ("udp: { sourcePort: 1 }", [.transport("udp", field: "sourcePort")])]
      as [(String, [Finding.Kind])]
    {
      var played = try PlayedCase(
        "{ exchange: [{ udp: { destinationPort: 9 }, payload: { size: 100 }, expect: { \(expect) } }] }")
      played.fragment(every: 24)
      #expect(played.kinds == kinds)
    }
  }

  @Test("what is no such header is said once, with what it is")
  func absent() throws {
    var played = try play("udp")
    played.change { $0.header.protocol = 6 }
    #expect(played.kinds.contains(.transport("udp", field: "header")))
    var short = try play("udp")
    short.change { $0.payload = [1, 2] }
    #expect(
      short.verdict.allFindings.contains { $0.text == "wanted UDP, sent with 2 bytes: less than its header" })
  }

  @Test("options of TCP are asked for, and marked where they are others")
  func options() throws {
    let message = "tcp: { destinationPort: 9, options: [{ mss: 1460 }] }"
    let rows: [(String, [Finding.Kind])] = [
      ("", []), ("tcp: { options: 'any' }", []), ("tcp: { options: [{ mss: 1460 }] }", []),
      ("tcp: { options: 'none' }", [.transport("tcp", field: "options")]),
      ("tcp: { options: [{ mss: 1461 }] }", [.transport("tcp", field: "options")]),
    ]
    for (expect, kinds) in rows {
      let played = try PlayedCase("{ exchange: [{ \(message), expect: { \(expect) } }] }")
      #expect(played.kinds == kinds, "\(expect)")
    }
    var changed = try PlayedCase("{ exchange: [{ \(message) }] }")
    changed.change(at: [.arrived]) { $0.payload[23] ^= 1 }
    let verdict = changed.verdict
    #expect(
      Set(verdict.allFindings.map(\.kind)) == [
        .transport("tcp", field: "options"), .transport("tcp", field: "checksum"),
      ])
    #expect(verdict.messages[0].evidence?.marks.isSuperset(of: 40..<44) == true)
  }

  @Test("the payload of a message with a transport header is what stands behind it")
  func payload() throws {
    #expect(try play("udp", expect: "payload: 'abcde'").kinds == [])
    #expect(try play("udp", expect: "payload: { length: 5 }").kinds == [])
    #expect(try play("udp", expect: "payload: { length: 13 }").kinds == [.payload])
    #expect(try play("udp", expect: "payload: { minLength: 5 }").kinds == [])
    #expect(try play("udp", expect: "payload: { minLength: 6 }").kinds == [.payload])
    // Of a message that is but bytes it is all behind the IP header, beside `icmp` too.
    let echo =
      "protocol: 1, exchange: [{ payload: { hex: '0800f7fe00000001' }, expect: { sent: { icmp: { type: 8 }, payload: { length: 8 } } } }]"
    #expect(try PlayedCase("{ \(echo) }").kinds == [])
    let bytes =
      "protocol: 17, exchange: [{ payload: { hex: '9c401e61000dfcf968656c6c6f' }, expect: { sent: { udp: { sourcePort: 40000 }, payload: 'hello' } } }]"
    #expect(try PlayedCase("{ \(bytes) }").kinds == [])
  }

  @Test("every packet and those that are passed over are known by their transport header")
  func everyAndIgnored() throws {
    let message = "udp: { destinationPort: 9 }, exchange: ['x']"
    #expect(try PlayedCase("{ \(message), expect: { every: { udp: { destinationPort: 9 } } } }").kinds == [])
    #expect(
      try PlayedCase("{ \(message), expect: { every: { udp: { destinationPort: 8 } } } }").kinds == [.every])
    let stray = IPv4Packet.build(
      header: IPv4Header(
        source: IPv4Address(rawValue: 0x0101_0164), destination: IPv4Address(rawValue: 0x0101_0101),
        protocol: 17),
      payload: (try HexDump.bytes(fromHex: "9c401e61000dfcf968656c6c6f")))
    for (port, kinds) in [(7777, []), (7778, [.stray])] as [(Int, [Finding.Kind])] {
      var played = try PlayedCase(
        "{ exchange: ['x'], expect: { unexpected: { ignore: [{ udp: { destinationPort: \(port) } }] } } }")
      played.others = [
        .ipv4(stray, at: .sender, isOutgoing: true), .ipv4(stray, at: .receiver, isOutgoing: false),
      ]
      #expect(played.kinds == kinds)
    }
  }

  @Test("bytes at a place, and digits that may be any")
  func patterns() throws {
    let rows: [(String, [Finding.Kind])] = [
      ("{ hex: '61 .. 63 6. 65' }", []), ("{ hex: '61 .. 63 7. 65' }", [.payload]),
      ("{ hex: '61 ..' }", [.payload]),
      ("{ hex: '63 ..', at: 2 }", []), ("{ hex: '63 ..', at: 3 }", [.payload]), ("{ text: 'de', at: 3 }", []),
      ("{ text: 'de', at: 4 }", [.payload]), ("{ hex: '', at: 5 }", []), ("{ hex: '', at: 6 }", [.payload]),
      ("{ text: 'e', at: 65535 }", [.payload]),
    ]
    for (payload, kinds) in rows {
      #expect(try play("udp", expect: "payload: \(payload)").kinds == kinds, "\(payload)")
    }
  }

  @Test("a reset that nobody asked for is the sender's own kernel's, and not the message again")
  func reset() throws {
    var played = try play("tcp", expect: "delivered: true")
    let packet = try #require(played.messages[0][.sent]?.first)
    let layer = try #require(Protocols.all.transport(6))
    let reset = Segment(layer, ["destinationPort": 9, "flags": 0x04], payload: [], in: .v4(packet.header))
    let other = IPv4Packet.build(header: packet.header, payload: reset.bytes)
    played.others = [
      .ipv4(other, at: .sender, isOutgoing: true), .ipv4(other, at: .receiver, isOutgoing: false),
    ]
    #expect(played.kinds == [.stray])
    // One that was asked for is the message, whatever else of it is another.
    var asked = try PlayedCase("{ exchange: [{ tcp: { destinationPort: 9, flags: ['rst'] } }] }")
    asked.change { $0.header.ttl = 9 }
    #expect(asked.kinds == [.field(.ttl), .field(.checksum)])
  }

  @Test("the pieces of a datagram of which one is lost are held against header and payload")
  func lostPiece() throws {
    var played = try PlayedCase(
      "{ network: { mtu: 68, cable: { drop: [2] } }, exchange: [{ udp: { destinationPort: 9 }, payload: { size: 130 }, expect: { arrived: { fragments: 2 }, delivered: false } }] }"
    )
    played.fragment(every: 48)
    played.messages[0][.arrived]?.remove(at: 1)
    played.lose(at: [.delivered])
    played.emitted = [1, 3]
    played.deeds = [CableDeed(2, .dropped)]
    #expect(played.verdict.allFindings.map(\.text) == [])
    played.messages[0][.arrived]?[0].payload[9] ^= 1
    #expect(played.kinds == [.payload])
  }

  @Test(
    "what is handed to a UDP socket tells its ports alone, and a message of bytes is the same behind a made-up header"
  )
  func handedToUDP() throws {
    func played(_ text: String, _ change: (inout IPv4Packet) -> Void) throws -> [Finding.Kind] {
      let played = try PlayedCase(text)
      var record = played.record
      var packet = try #require(played.messages[0][.delivered]?.first)
      // What the socket is not told is made up.
      packet.header.identification = 77
      packet.payload.replaceSubrange(6..<8, with: [0, 0])
      change(&packet)
      packet = IPv4Packet.build(header: packet.header, payload: packet.payload)
      record.messages[0].deliveries = [
        Delivery(
          bytes: packet.bytes, originalLength: packet.bytes.count, at: .receiver, timestamp: 0,
          isOfUDPSocket: true)
      ]
      return Judge.judge(played.scenario, record).allFindings.map(\.kind)
    }
    let texts = [
      "{ udp: { destinationPort: 7777 }, exchange: [{ payload: 'hello', header: { identification: 3 } }] }",
      "{ protocol: 17, receiver: { receive: { port: 7777 } }, exchange: [{ payload: { hex: '9c401e61000dfcf968656c6c6f' } }] }",
    ]
    for text in texts {
      #expect(try played(text) { _ in } == [])
      #expect(try played(text) { $0.payload[9] ^= 1 } == [.payload])
      #expect(try played(text) { $0.header.ttl = 9 } == [.field(.ttl)])
    }
    #expect(try played(texts[0]) { $0.payload[1] ^= 1 } == [.transport("udp", field: "sourcePort")])
  }

  @Test("a header that the file puts under another protocol number is judged as the one that it is")
  func otherNumber() throws {
    let message = "udp: { destinationPort: 9 }, header: { protocol: 99 }, payload: 'x'"
    #expect(try PlayedCase("{ exchange: [{ \(message) }] }").kinds == [])
    #expect(
      try PlayedCase("{ exchange: [{ \(message), expect: { udp: { sourcePort: 1 } } }] }").kinds
        == [.transport("udp", field: "sourcePort")])
  }

  @Test("a scenario's fields are taken by messages whose type has them")
  func defaultsOfTypes() throws {
    let scenario = try Scenario(
      text:
        "{ icmp: { type: 8, identifier: 5 }, exchange: ['a', { icmp: { type: 3, code: 1 }, payload: 'x' }] }")
    #expect(scenario.exchange[0].ipv4(in: scenario).payload[4..<6] == [0, 5])
    #expect(scenario.exchange[1].ipv4(in: scenario).payload[4..<6] == [0, 0])
  }

  @Test("a bit of a header that is no field's is found, also where the checksum says nothing")
  func otherBits() throws {
    for (message, bits) in [
      ("type: 3, code: 1", 32..<40), ("type: 3, code: 1", 48..<64), ("type: 99", 32..<64),
    ] {
      // The lowest bit of a word can make the wrong checksum the right one.
      for bit in bits where bit % 16 != 15 {
        var played = try PlayedCase("{ exchange: [{ icmp: { \(message), checksum: 'bad' }, payload: 'x' }] }")
        #expect(played.kinds == [])
        played.change(at: [.arrived]) { $0.payload[bit / 8] ^= 0x80 >> UInt8(bit % 8) }
        #expect(played.kinds == [.transport("icmp", field: "otherBits")], "\(bit)")
      }
    }
  }

  @Test("the header of a piece that was sent by hand is held against what was sent, checksum and length too")
  func piecesByHand() throws {
    for bit in 0..<64 {
      var played = try PlayedCase(
        "{ exchange: [{ udp: { destinationPort: 9 }, payload: '12345678', header: { moreFragments: true } }] }"
      )
      #expect(played.kinds == [])
      played.change(at: [.arrived]) { $0.payload[bit / 8] ^= 0x80 >> UInt8(bit % 8) }
      #expect(played.kinds.count == 1, "\(bit): \(played.kinds)")
    }
  }
}
