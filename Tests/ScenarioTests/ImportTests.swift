// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Scenario

/// What becomes of packets that were captured.
@Suite("Imported conversations")
struct ImportTests {
  /// The conversation with a number in captures of packets that begin with their IP headers, of which one is of a version.
  func selection(
    _ captures: [[UInt8]]..., over version: IPVersion = .v4, conversation: Int? = 1,
    originalLengths: [Int: Int] = [:]
  ) -> CaptureSelection {
    var selection = CaptureSelection(conversation: conversation)
    for (capture, packets) in captures.enumerated() {
      for (index, bytes) in packets.enumerated() {
        let packet = CaptureFile.Packet(
          bytes, linkType: version == .v4 ? 228 : 229, originalLength: originalLengths[index])
        selection.add(packet, number: index + 1, capture: capture)
      }
    }
    return selection
  }

  func imported(
    _ packets: [[UInt8]], over version: IPVersion = .v4, as form: ImportedScenario.Form = .streams,
    originalLengths: [Int: Int] = [:]
  ) throws -> ImportedScenario {
    try imported(selection(packets, over: version, originalLengths: originalLengths), as: form)
  }

  func imported(
    _ selection: CaptureSelection, as form: ImportedScenario.Form = .streams
  ) throws -> ImportedScenario {
    try ImportedScenario(
      selection.packets, of: try #require(selection.conversation), as: form, title: "A test",
      notes: selection.notes)
  }

  /// The packets of a scenario's messages, with the flag that a kernel sets.
  func packets(_ text: String, dontFragment: Bool = true) throws -> [[UInt8]] {
    let scenario = try scenario(text)
    return scenario.exchange.map { message in
      var packet = message.packet(in: scenario)
      if message.header.values[.dontFragment] == nil {
        IPField.dontFragment.set(dontFragment ? 1 : 0, in: &packet.header)
      }
      if message.header.checksum.value == .good { packet.header = packet.header.withRightChecksum }
      return packet.bytes
    }
  }

  func bytes(_ hex: String) -> [UInt8] { (try? HexDump.bytes(fromHex: hex)) ?? [] }

  /// The lines behind the first comment.
  func body(_ scenario: ImportedScenario) -> String {
    scenario.text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("//") }
      .joined(separator: "\n")
  }

  // The documented exchange as its receiver printed it, byte for byte.
  @Test("documented packets are messages that say what no kernel fills in")
  func documented() throws {
    let scenario = try imported([
      bytes("4500002136c8000080fdfeb1010101640101010148656c6c6f20576f726c642021"),
      bytes("450000183760000080fdfe22010101640101010151756974"),
    ])
    #expect(
      scenario.text == """
        // A test.
        {
          exchange: [
            { header: { dontFragment: false, ttl: 128 }, payload: "Hello World !" },
            { header: { dontFragment: false, ttl: 128 }, payload: "Quit" },
          ],
        }

        """)
    #expect(scenario.notes.isEmpty)
  }

  @Test(
    "what says nothing special is as short as a person would write it",
    arguments: [
      #"{ exchange: ["Hello World !", "Quit"] }"#,
      #"{ udp: { destinationPort: 7777 }, exchange: ["hello"] }"#,
      #"{ udp: { destinationPort: 7777 }, exchange: ["hello", { from: "receiver", payload: "back" }] }"#,
      #"{ udp: { sourcePort: 5000, destinationPort: 7 }, exchange: [{ payload: { hex: "00ff" } }] }"#,
      #"{ protocol: 89, exchange: [{ payload: { size: 1400 } }, {}] }"#,
      #"{ protocol: 58, exchange: ["neither ICMPv6 nor ICMP"] }"#,
      #"{ network: { sender: { address: "10.0.0.1/8" }, receiver: { address: "10.9.0.2/8" } }, exchange: ["x"] }"#,
      #"{ exchange: [{ header: { dscp: 46, ttl: 1 }, payload: "a \"quoted\" text\r\n" }] }"#,
      #"{ exchange: [{ payload: { size: 20, fill: "zeros" } }, { payload: { size: 20, fill: "ones" } }] }"#,
    ])
  func short(text: String) throws {
    #expect(body(try imported(packets(text))) == text + "\n")
  }

  @Test(
    "what is imported leaves as it was captured, whatever is wrong with it",
    arguments: [
      "{ exchange: [{ payload: 'x', header: { checksum: 'bad', ttl: 0 } }] }",
      "{ exchange: [{ payload: 'x', header: { totalLength: 20, version: 5 } }, 'y'] }",
      "{ udp: { destinationPort: 9 }, exchange: [{ payload: 'x', udp: { checksum: 'bad', length: 5 } }, 'y'] }",
      "{ udp: { destinationPort: 9 }, exchange: [{ payload: 'x', udp: { checksum: 'zero' } }] }",
      "{ exchange: [{ header: { protocol: 17 }, payload: 'short' }] }",
      "{ icmp: { type: 3, code: 4, mtu: 576 }, exchange: [{ payload: 'x' }, { icmp: { type: 5, gateway: '1.1.1.9' } }] }",
      "{ icmp: { type: 13 }, exchange: [{ payload: { size: 12 } }] }",
      "{ exchange: [{ header: { moreFragments: true, identification: 7 }, payload: { size: 16 } }, "
        + "{ header: { fragmentOffset: 16, identification: 7 }, payload: 'end' }] }",
      "{ exchange: [{ header: { options: [{ routerAlert: 0 }, { recordRoute: 2 }, 'nop'] }, payload: 'x' }] }",
      "{ exchange: [{ header: { source: '1.1.1.100', destination: '224.0.0.5' }, payload: 'x' }] }",
      "{ network: { sender: { mute: true }, receiver: { mute: true } }, tcp: { destinationPort: 80 }, exchange: ["
        + "{ tcp: { flags: ['syn'], sequenceNumber: 4294967290, options: [{ mss: 1460 }, 'sackPermitted', 'nop', "
        + "{ windowScale: 7 }, { timestamps: { value: 5 } }] } },"
        + "{ from: 'receiver', tcp: { flags: ['syn', 'ack'], sequenceNumber: 9, acknowledgmentNumber: 4294967291 } },"
        + "{ tcp: { acknowledgmentNumber: 10 } }, { payload: 'over the edge', tcp: { acknowledgmentNumber: 10 } },"
        + "{ payload: 'again', tcp: { sequenceNumber: 3, acknowledgmentNumber: 10, options: [{ sack: [[1, 5]] }] } },"
        + "{ from: 'receiver', tcp: { flags: ['rst'], window: 0, reserved: 3, urgentPointer: 9 } }] }",
    ])
  func exact(text: String) throws { try checkExact(text) }

  func checkExact(_ text: String, over version: IPVersion = .v4) throws {
    let sent = try packets(text, dontFragment: false)
    let again = try imported(sent, over: version, as: .segments)
    // What a connection fills in is known where it is played: of those that say no number the wire has the rest.
    let scenario = try scenario(again.text)
    try #require(scenario.exchange.count == sent.count)
    for (message, bytes) in zip(scenario.exchange, sent) {
      let wanted = try IPPacket(parsing: bytes[...], as: version)
      var packet = message.packet(in: scenario)
      for field in [IPField.identification, .flowLabel] where message.header.values[field] == nil {
        field.set(field.value(in: wanted.header) ?? 0, in: &packet.header)
      }
      if message.header.checksum.value == .good { packet.header = packet.header.withRightChecksum }
      #expect(packet.header == wanted.header)
      guard !message.acknowledgesWhatArrived else { continue }
      #expect(packet.payload == wanted.payload)
    }
  }

  @Test("segments say neither number where the connection fills it in")
  func numbers() throws {
    let sent = try packets(
      """
      { tcp: { sourcePort: 5000, destinationPort: 80 }, exchange: [
        { tcp: { flags: ['syn'], sequenceNumber: 100 } },
        { from: 'receiver', tcp: { flags: ['syn', 'ack'], sequenceNumber: 900, acknowledgmentNumber: 101 } },
        { tcp: { acknowledgmentNumber: 901 } },
        { payload: 'hello', tcp: { flags: ['psh', 'ack'], acknowledgmentNumber: 901 } },
        { from: 'receiver', payload: 'hi', tcp: { acknowledgmentNumber: 106 } } ] }
      """, dontFragment: false)
    #expect(
      body(try imported(sent, as: .segments)) == """
        {
          network: { sender: { mute: true }, receiver: { mute: true } },
          tcp: { sourcePort: 5000, destinationPort: 80 },
          exchange: [
            { tcp: { sequenceNumber: 100, flags: ["syn"] } },
            { from: "receiver", tcp: { sequenceNumber: 900, flags: ["syn", "ack"] } },
            {},
            { tcp: { flags: ["psh", "ack"] }, payload: "hello" },
            { from: "receiver", payload: "hi" },
          ],
        }

        """)
  }

  // MARK: - Kernels

  @Test("an echo reply comes back on account of its request")
  func echo() throws {
    let sent = try packets(
      """
      { icmp: { identifier: 7 }, exchange: [
        { icmp: { sequenceNumber: 1 }, payload: 'ping' }, { icmp: { sequenceNumber: 2 }, payload: 'ping' },
        { from: 'receiver', icmp: { type: 0, sequenceNumber: 2 }, payload: 'ping' },
        { from: 'receiver', icmp: { type: 0, sequenceNumber: 1 }, payload: 'ping' } ] }
      """)
    #expect(
      body(try imported(sent)) == """
        {
          icmp: { identifier: 7 },
          exchange: [
            {
              icmp: { sequenceNumber: 1 },
              payload: "ping",
              expect: { returned: [{ icmp: { type: 0, identifier: 7, sequenceNumber: 1 }, payload: "ping" }] },
            },
            {
              icmp: { sequenceNumber: 2 },
              payload: "ping",
              expect: { returned: [{ icmp: { type: 0, identifier: 7, sequenceNumber: 2 }, payload: "ping" }] },
            },
          ],
        }

        """)
  }

  @Test("datagrams that each draw a port unreachable go to a host where nobody listens")
  func unreachable() throws {
    let scenario =
      "{ udp: { destinationPort: 9 }, exchange: ['anybody ?', { from: 'receiver', icmp: { type: 3, code: 3, quotes: 1 } }] }"
    #expect(
      body(try imported(packets(scenario))) == """
        {
          udp: { destinationPort: 9 },
          receiver: { idle: true },
          exchange: [{ payload: "anybody ?", expect: { delivered: false, returned: [{ icmp: { type: 3, code: 3 } }] } }],
        }

        """)
  }

  @Test(
    "where a kernel would say what nobody said, or not what somebody did, the hosts are mute, and the file says why",
    arguments: [
      (
        "{ icmp: { identifier: 7 }, exchange: ['nobody answers'] }",
        "nobody answers the echo request in packet 1"
      ),
      ("{ exchange: [{ icmp: {} }, { from: 'receiver', icmp: { type: 0 } }] }", "has a wrong checksum"),
      ("{ exchange: ['x', { header: { ttl: 0 }, payload: 'y' }] }", "the header of packet 2 is wrong"),
      (
        "{ icmp: { type: 11 }, exchange: [{ payload: { hex: '45' } }] }",
        "a kernel heeds the ICMP message in packet 1"
      ),
      (
        "{ udp: { destinationPort: 7 }, exchange: [{ payload: 'x', udp: { checksum: 'bad' } }] }",
        "a checksum of packet 1"
      ),
      (
        "{ exchange: [{ payload: 'x', header: { destination: '224.0.0.251' } }] }",
        "packet 1 goes to neither of the hosts"
      ),
    ])
  func mute(text: String, reason: String) throws {
    let scenario = try imported(packets(text))
    #expect(
      scenario.notes.contains { $0.hasPrefix("Both hosts are mute, since ") && $0.contains(reason) },
      "\(scenario.notes)")
    #expect(scenario.text.contains("sender: { mute: true }, receiver: { mute: true }"))
  }

  // MARK: - What is otherwise than in the capture

  @Test("a loopback capture is played between two hosts, with checksums that are right there")
  func loopback() throws {
    let text =
      "{ network: { sender: { address: '10.0.0.1/8' }, receiver: { address: '10.0.0.2/8' } }, udp: { destinationPort: 7 }, exchange: ['x', { from: 'receiver', payload: 'y' }] }"
    let moved = try packets(text).map { bytes in
      var packet = try IPv4Packet(parsing: bytes[...])
      (packet.header.source, packet.header.destination) = (
        IPv4Address(127, 0, 0, 1), IPv4Address(127, 0, 0, 1)
      )
      packet.header.checksum = packet.header.rightChecksum()
      var segment = try #require(
        Segment(
          Protocols.all.list.compactMap { $0 as? any TransportProtocol }.first { $0.number == 17 }!,
          parsing: packet.payload))
      let checksum = try #require(segment.checksumField)
      segment.set(checksum, to: segment.rightValue(of: checksum, in: .v4(packet.header)))
      packet.payload = segment.bytes
      return packet.bytes
    }
    let scenario = try imported(moved)
    #expect(
      scenario.notes == [
        "Two hosts on a cable cannot have 127.0.0.1: here they have 1.1.1.100 and 1.1.1.1."
      ])
    #expect(
      body(scenario)
        == #"{ udp: { destinationPort: 7 }, exchange: ["x", { from: "receiver", payload: "y" }] }"# + "\n")
  }

  @Test("what was left to a network card is filled in, and what was cut is left out")
  func leftOut() throws {
    var sent = try packets("{ udp: { destinationPort: 7 }, exchange: ['one', 'two', 'three'] }")
    // The sum over the pseudo-header alone: addresses, protocol 17 and length 11 (RFC 768), as Linux leaves it.
    let sum = 0x0101 + 0x0164 + 0x0101 + 0x0101 + 17 + 11
    sent[0].replaceSubrange(26..<28, with: [UInt8(sum >> 8), UInt8(sum & 0xFF)])
    sent[2].removeLast(3)
    let scenario = try imported(sent, originalLengths: [2: sent[2].count + 3])
    #expect(
      scenario.notes == [
        "Left out: 1 packet of which not all was captured.",
        "1 packet left a checksum to a network card: it is filled in.",
      ])
    #expect(body(scenario) == #"{ udp: { destinationPort: 7 }, exchange: ["one", "two"] }"# + "\n")
  }

  // MARK: - Both ends

  /// Packets as two captures have them: of each message what the sender's end saw, and what the receiver's.
  private func bothEnds(_ sent: [[UInt8]], _ arrived: [[UInt8]]) throws -> ImportedScenario {
    try imported(selection(sent, arrived))
  }

  @Test("what was lost on the way is dropped again, and named by its place among its host's packets")
  func lost() throws {
    let sent = try packets(
      "{ udp: { destinationPort: 7 }, exchange: ['one', { from: 'receiver', payload: 'back' }, 'two', { from: 'receiver', payload: 'late' }, 'three'] }"
    )
    // The second question and the second answer were seen where they were sent alone.
    let scenario = try bothEnds([sent[0], sent[1], sent[2], sent[4]], [sent[0], sent[1], sent[3], sent[4]])
    #expect(scenario.notes.isEmpty)
    #expect(
      body(scenario) == """
        {
          network: { cable: { drop: [2], reverse: { drop: [2] } } },
          udp: { destinationPort: 7 },
          exchange: [
            "one",
            { from: "receiver", payload: "back" },
            { payload: "two", expect: { arrived: false } },
            { from: "receiver", payload: "late", expect: { arrived: false } },
            "three",
          ],
        }

        """)
  }

  @Test("whichever capture comes first, what arrived is not taken for what was sent")
  func whichEnd() throws {
    let sent = try packets("{ udp: { destinationPort: 7 }, exchange: ['one', 'two', 'three'] }")
    let straight = try bothEnds(sent, [sent[0], sent[2]])
    #expect(try bothEnds([sent[0], sent[2]], sent).text == straight.text)
    #expect(straight.text.contains("drop: [2]"))
  }

  @Test("what came twice is doubled, and what came otherwise is flipped bit by bit and expected so")
  func changed() throws {
    let sent = try packets("{ exchange: [{ payload: 'one', header: { identification: 7 } }, 'two'] }")
    var flipped = sent[0]
    // A hop less, and its checksum one more in its upper byte; and the last letter is 'g'.
    (flipped[8], flipped[10], flipped[22]) = (63, flipped[10] + 1, 0x67)
    let both = try bothEnds(sent, [flipped, sent[1], sent[1]])
    let header = try IPv4Header(parsing: flipped[...])
    #expect(header.isChecksumRight)
    let read = try scenario(both.text)
    #expect(
      both.text.contains(#"expect: { arrived: { header: { ttl: 63 }, payload: "ong" } }"#),
      "\(both.text)")
    #expect(both.text.contains("duplicate: [2]"))
    #expect(
      both.text.contains("{ packet: 1, bit: 65 }"),
      "the time to live is byte 8, of which 64 has but the second bit")
    #expect(read.network.cable != nil)
  }

  @Test("what arrived and nobody was seen to send is left out, and said to be")
  func fromNowhere() throws {
    let sent = try packets("{ udp: { destinationPort: 7 }, exchange: ['one', 'two'] }")
    let stray = try packets("{ udp: { destinationPort: 7 }, exchange: ['not at all like any of those'] }")
    let lost = try packets("{ udp: { destinationPort: 7 }, exchange: [{ payload: { size: 400 } }] }")
    let scenario = try bothEnds(sent + lost, sent + stray)
    #expect(scenario.notes == ["Left out: 1 packet that arrived and that nobody was seen to send."])
  }
}
