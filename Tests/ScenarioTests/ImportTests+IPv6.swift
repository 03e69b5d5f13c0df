// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Scenario

/// What becomes of packets of IPv6 that were captured; those in hexadecimal are of Scapy's making.
extension ImportTests {
  private func imported6(
    _ packets: String..., as form: ImportedScenario.Form = .streams
  ) throws -> ImportedScenario {
    try imported(packets.map(bytes), over: .v6, as: form)
  }

  private static let (near, far) = (
    "20010db8000000000000000000000020", "20010db8000000000000000000000001"
  )
  private static let question =
    "6001234500151140\(near)\(far)c3cb1e610015e75877686f2061726520796f75203f"

  @Test("datagrams over IPv6 say what no kernel fills in, and the file says the version once")
  func datagrams6() throws {
    let scenario = try imported6(
      Self.question, "600543210010113f\(Self.far)\(Self.near)1e61c3cb001013986120726f75746572")
    #expect(
      scenario.text == """
        // A test.
        {
          version: 6,
          network: { sender: { address: "2001:db8::20/64" }, receiver: { address: "2001:db8::1/64" } },
          udp: { sourcePort: 50123, destinationPort: 7777 },
          exchange: ["who are you ?", { from: "receiver", header: { hopLimit: 63 }, payload: "a router" }],
        }

        """)
  }

  @Test(
    "what says nothing special over IPv6 is as short as a person would write it",
    arguments: [
      #"{ version: 6, exchange: ["Hello World !", "Quit"] }"#,
      #"{ version: 6, udp: { destinationPort: 7777 }, exchange: ["hello", { from: "receiver", payload: "back" }] }"#,
      #"{ version: 6, protocol: 1, exchange: [{ payload: { size: 1400 } }, {}] }"#,
      #"{ version: 6, exchange: [{ header: { dscp: 46, ecn: 1, hopLimit: 1 }, payload: "x" }] }"#,
    ])
  func short6(text: String) throws {
    #expect(body(try imported(packets(text), over: .v6)) == text + "\n")
  }

  @Test("an echo reply over IPv6 comes back on account of its request")
  func echo6() throws {
    let scenario = try imported6(
      "60000000000c3a40\(Self.near)\(Self.far)8000454d0007000170696e67",
      "60000000000c3a40\(Self.far)\(Self.near)8100444d0007000170696e67")
    #expect(scenario.notes.isEmpty)
    #expect(
      scenario.text.hasSuffix(
        """
          icmpv6: { identifier: 7 },
          exchange: [
            {
              icmpv6: { sequenceNumber: 1 },
              payload: "ping",
              expect: { returned: [{ icmpv6: { type: 129, identifier: 7, sequenceNumber: 1 }, payload: "ping" }] },
            },
          ],
        }

        """), "\(scenario.text)")
  }

  @Test("a datagram over IPv6 that draws a port unreachable goes to a host where nobody listens")
  func unreachable6() throws {
    let datagram = "6000000000111140\(Self.near)\(Self.far)9c4000090011059a616e79626f6479203f"
    let scenario = try imported6(
      datagram, "6000000000413a40\(Self.far)\(Self.near)010431be00000000\(datagram)")
    #expect(scenario.notes.isEmpty)
    #expect(
      scenario.text.hasSuffix(
        """
          udp: { destinationPort: 9 },
          receiver: { idle: true },
          exchange: [{ payload: "anybody ?", expect: { delivered: false, returned: [{ icmpv6: { type: 1, code: 4 } }] } }],
        }

        """), "\(scenario.text)")
  }

  @Test("extension headers are written as the language has them")
  func extensions6() throws {
    let (near, far) = ("fd000000000000000000000000000100", "fd000000000000000000000000000001")
    let scenario = try imported6(
      "60000000004e0040\(near)\(far)3c000502000001002b0201020000c91020010db80000000000000000000000072c02020000000000"
        + "20010db8000000000000000000000009110000000000beef9c401e61000ee13b626568696e64")
    #expect(scenario.notes == ["Both hosts are mute, since packet 1 has extension headers."])
    for part in [
      "{ hopByHop: { options: [{ routerAlert: 0 }] } }",
      #"{ destination: { options: [{ padN: 4 }, { homeAddress: "2001:db8::7" }] } }"#,
      #"{ routing: { type: 2, segmentsLeft: 0, addresses: ["2001:db8::9"] } }"#,
      "{ fragment: { identification: 48879 } }", #"payload: "behind""#,
      // The home address stands in for the source in it (RFC 6275 §11.3.1), which the language does not fill in.
      "udp: { checksum: 0xe13b }",
    ] { #expect(scenario.text.contains(part), "\(scenario.text)") }
  }

  @Test(
    "what is imported leaves as it was captured over IPv6, whatever is wrong with it",
    arguments: [
      "{ version: 6, exchange: [{ payload: 'x', header: { hopLimit: 0, flowLabel: 0xabcde } }, 'y'] }",
      "{ version: 6, exchange: [{ payload: 'x', header: { payloadLength: 200 } }, "
        + "{ header: { version: 4 }, payload: 'y' }, { header: { nextHeader: 253, payloadLength: 0 } }] }",
      "{ version: 6, udp: { destinationPort: 9 }, exchange: [{ payload: 'x', udp: { checksum: 'bad', length: 5 } }, 'y'] }",
      "{ version: 6, udp: { destinationPort: 9 }, exchange: [{ payload: 'x', udp: { checksum: 'zero' } }] }",
      "{ version: 6, exchange: [{ header: { nextHeader: 17 }, payload: 'short' }] }",
      "{ version: 6, exchange: [{ header: { nextHeader: 0 }, payload: { hex: '1101 0000' } }] }",
      "{ icmpv6: { type: 2, mtu: 1280 }, exchange: [{ payload: 'x' }, { icmpv6: { type: 4, pointer: 40 } }] }",
      "{ icmpv6: { type: 160 }, exchange: [{ payload: { size: 12 } }] }",
      "{ exchange: [{ header: { extensions: [{ fragment: { identification: 7, moreFragments: true } }] }, payload: { size: 16 } }, "
        + "{ header: { extensions: [{ fragment: { identification: 7, offset: 16 } }] }, payload: 'end' }] }",
      "{ exchange: [{ header: { extensions: [{ hopByHop: { options: ['pad1', { padN: 4 }, { raw: '1e02abcd' }, "
        + "{ jumboPayload: 65536 }] } }, { destination: {} }, { routing: { addresses: ['fd00::9', '::ffff:1.1.1.1'] } }] }, "
        + "payload: 'x' }] }",
      "{ exchange: [{ header: { extensions: [{ hopByHop: { nextHeader: 59 } }, { destination: {} }] }, payload: 'x' }] }",
      "{ exchange: [{ header: { extensions: [{ raw: { number: 44, hex: '1101 0006 0000 0001' } }] }, payload: { size: 9 } }] }",
      "{ exchange: [{ header: { extensions: [{ destination: { options: [{ raw: '1e09ab' }] } }, "
        + "{ raw: { number: 51, hex: '1104 0000 0000 0001 0000 0002 0000 0000 0000 0003 0000 0004' } }] }, payload: 'x' }] }",
      "{ exchange: [{ header: { source: 'fd00::100', destination: 'ff02::5' }, payload: 'x' }] }",
    ])
  func exact6(text: String) throws { try checkExact(text, over: .v6) }

  @Test("fragments are of one conversation, and each is a message")
  func fragments6() throws {
    let sent = try packets(
      """
      { exchange: [
        { header: { extensions: [{ fragment: { identification: 7, moreFragments: true, nextHeader: 17 } }] },
          payload: { hex: '9c401e6100130000 6162636465666768' } },
        { header: { extensions: [{ fragment: { identification: 7, offset: 16, nextHeader: 17 } }] }, payload: 'end' },
        { header: { extensions: [{ fragment: { identification: 8, offset: 16 } }] }, payload: 'astray' } ] }
      """)
    let selection = selection(sent, over: .v6)
    #expect(selection.conversation?.description == "UDP, [fd00::100]:40000 to [fd00::1]:7777")
    let scenario = try imported(selection)
    #expect(
      scenario.notes == [
        "Left out: 1 packet of fragments without their first.",
        "Both hosts are mute, since packet 1 is a fragment.",
      ])
    #expect(
      scenario.text.contains(
        "header: { extensions: [{ fragment: { offset: 16, identification: 7, nextHeader: 17 } }] }"),
      "\(scenario.text)")
  }

  @Test(
    "where a kernel would say what nobody said over IPv6, the hosts are mute, and the file says why",
    arguments: [
      (
        "{ icmpv6: { identifier: 7 }, exchange: ['nobody answers'] }",
        "nobody answers the echo request in packet 1"
      ),
      (
        "{ icmpv6: { type: 3 }, exchange: [{ payload: { hex: '60' } }] }",
        "a kernel heeds the ICMPv6 message in packet 1"
      ),
      ("{ version: 6, protocol: 59, exchange: ['x'] }", "no socket is handed the protocol 59 of packet 1"),
      (
        "{ version: 6, udp: { destinationPort: 7 }, exchange: [{ payload: 'x', udp: { checksum: 'zero' } }] }",
        "a checksum of packet 1"
      ),
      (
        "{ exchange: [{ payload: 'x', header: { destination: 'ff02::fb' } }] }",
        "packet 1 goes to neither of the hosts"
      ),
      (
        "{ exchange: [{ payload: 'x', header: { source: '::ffff:1.1.1.1', destination: 'fd00::2' } }] }",
        "packet 1 comes from neither of the hosts"
      ),
    ])
  func mute6(text: String, reason: String) throws {
    let scenario = try imported(packets(text), over: .v6)
    #expect(
      scenario.notes.contains { $0.hasPrefix("Both hosts are mute, since ") && $0.contains(reason) },
      "\(scenario.notes)")
    #expect(scenario.text.matches(of: /mute: true/).count == 2)
  }

  @Test(
    "both hosts have a prefix in common, and neither the address of its routers",
    arguments: [
      ("2001:db8::20", "2001:db8::1", 64), ("2001:db8:0:ff::1", "2001:db8::1", 56),
      ("2001:db8:0:1234::1", "2001:db8::1", 48), ("2001:db8:1::1", "2001:db8:2::1", 32),
      ("2001:db8::1", "2600::1", 5), ("fd00:0:0:1::", "fd00:0:0:1::1", 56),
    ])
  func prefixes6(near: String, far: String, length: Int) throws {
    let scenario = try imported(
      packets(
        "{ network: { sender: { address: '\(near)/0' }, receiver: { address: '\(far)/0' } }, exchange: ['x'] }"
      ),
      over: .v6)
    #expect(scenario.text.contains(#"sender: { address: "\#(near)/\#(length)" }"#), "\(scenario.text)")
    #expect(scenario.text.contains(#"receiver: { address: "\#(far)/\#(length)" }"#), "\(scenario.text)")
  }

  // MARK: - What is otherwise than in the capture

  private static let (nearOfLink, farOfLink) = (
    "fe800000000000000000000000000002", "fe800000000000000000000000000001"
  )

  @Test("link-local addresses are replaced, and checksums are right with the new ones")
  func linkLocal() throws {
    let scenario = try imported6(
      "6000000000091140\(Self.nearOfLink)\(Self.farOfLink)9c401e610009d03578",
      "6000000000091140\(Self.farOfLink)\(Self.nearOfLink)1e619c400009cf3579")
    #expect(
      scenario.notes == [
        "Two hosts on a cable cannot have fe80::1 and fe80::2: here they have fd00::100 and fd00::1."
      ])
    #expect(
      body(scenario)
        == #"{ version: 6, udp: { destinationPort: 7777 }, exchange: ["x", { from: "receiver", payload: "y" }] }"#
        + "\n")
  }

  @Test("a group that a link-local address sends to stays one")
  func linkLocalToGroup() throws {
    let scenario = try imported6(
      "60000000000911ff\(Self.nearOfLink)ff0200000000000000000000000000fb14e914e900095f8978")
    #expect(
      scenario.notes.first
        == "Two hosts on a cable cannot have fe80::2: here they have fd00::100 and fd00::1.")
    #expect(
      scenario.text.contains(#"header: { hopLimit: 255, destination: "ff02::fb" }"#), "\(scenario.text)")
  }

  /// A multicast listener report, a neighbour solicitation and its answer.
  private static let housekeeping = [
    "6000000000240001\(nearOfLink)ff0200000000000000000000000000163a000502000001008f0071060000000104000000"
      + "ff0200000000000000000001ff000001",
    "6000000000203aff\(near)ff0200000000000000000001ff00000187001c0a0000000020010db8000000000000000000000001"
      + "0101020000000001",
    "6000000000203aff\(far)\(near)8800ca542000000020010db80000000000000000000000010201020000000002",
  ]

  @Test("what kernels say by themselves is left out, counted by its name, and no conversation")
  func housekeeping6() throws {
    let selection = selection(
      (Self.housekeeping + [Self.question]).map(bytes), over: .v6, conversation: nil)
    #expect(selection.conversations.list.count == 1)
    #expect(selection.conversation?.description == "UDP, [2001:db8::20]:50123 to [2001:db8::1]:7777")
    #expect(
      selection.notes == [
        "Left out: 2 packets of neighbour discovery, 1 packet of multicast listener discovery."
      ])
  }

  @Test("where kernels alone say something, that is imported")
  func housekeepingAlone() throws {
    let selection = selection(Self.housekeeping.map(bytes), over: .v6, conversation: 3)
    #expect(selection.conversations.list.count == 3)
    #expect(selection.notes == ["Left out: 2 packets of other conversations."])
    #expect(try imported(selection).text.contains("a kernel heeds the ICMPv6 message in packet 3"))
  }

  @Test("of a capture of both versions the conversation that is chosen is imported")
  func bothVersions() throws {
    let sent = ["45000020000100004011766601010164010101019c401e61000c64ec666f7572", Self.question]
    for (number, wanted) in [(1, #""four""#), (2, #""who are you ?""#)] {
      var selection = CaptureSelection(conversation: number)
      for (index, packet) in sent.enumerated() {
        // Raw IP of either version.
        selection.add(CaptureFile.Packet(bytes(packet), linkType: 101), number: index + 1)
      }
      #expect(selection.conversations.list.count == 2)
      let scenario = try imported(selection)
      #expect(scenario.notes.first == "Left out: 1 packet of other conversations.")
      #expect(scenario.text.contains(wanted), "\(scenario.text)")
      #expect(scenario.text.contains("version: 6") == (number == 2))
    }
  }

  @Test("a length that was left to a network card is filled in, as its checksum is")
  func leftToCard6() throws {
    // The sum over the pseudo-header alone: addresses, the length 28 and next header 6.
    let sum = 0xFD00 + 0x0100 + 0xFD00 + 0x0001 + 28 + 6
    let folded = (sum & 0xFFFF) + (sum >> 16)
    let checksum = String(folded, radix: 16)
    let (near, far) = ("fd000000000000000000000000000100", "fd000000000000000000000000000001")
    let scenario = try imported6(
      "6000000000000640\(near)\(far)9c4000500000000000000000" + "50102000\(checksum)0000"
        + "7878787878787878",
      as: .segments)
    #expect(scenario.notes.contains("1 packet left a checksum to a network card: it is filled in."))
    #expect(scenario.text.hasSuffix(#"exchange: ["xxxxxxxx"],"# + "\n}\n"), "\(scenario.text)")
  }

  // MARK: - TCP

  private static let connection = """
    { version: 6, tcp: { sourcePort: 5000, destinationPort: 80 }, exchange: [
      { tcp: { flags: ['syn'], sequenceNumber: 99 } },
      { from: 'receiver', tcp: { flags: ['syn', 'ack'], sequenceNumber: 899, acknowledgmentNumber: 100 } },
      { payload: 'question', tcp: { sequenceNumber: 100, acknowledgmentNumber: 900 } },
      { from: 'receiver', payload: 'answer', tcp: { sequenceNumber: 900, acknowledgmentNumber: 108 } } ] }
    """

  @Test("a connection over IPv6 becomes streams, or its segments")
  func connection6() throws {
    let sent = try packets(Self.connection)
    #expect(
      body(try imported(sent, over: .v6))
        == #"{ version: 6, tcp: { destinationPort: 80 }, exchange: [{ stream: "question" }, { from: "receiver", stream: "answer" }] }"#
        + "\n")
    #expect(
      body(try imported(sent, over: .v6, as: .segments)) == """
        {
          version: 6,
          network: { sender: { mute: true }, receiver: { mute: true } },
          tcp: { sourcePort: 5000, destinationPort: 80 },
          exchange: [
            { tcp: { sequenceNumber: 99, flags: ["syn"] } },
            { from: "receiver", tcp: { sequenceNumber: 899, flags: ["syn", "ack"] } },
            "question",
            { from: "receiver", payload: "answer" },
          ],
        }

        """)
  }

  // MARK: - Both ends

  @Test("what a cable lost, doubled or changed over IPv6 is asked of a cable again, bit by bit")
  func bothEnds6() throws {
    var sent = try packets(
      "{ version: 6, udp: { destinationPort: 7 }, exchange: ['one', 'two', 'six', 'ten'] }")
    // Kernels label the packets of a flow.
    for index in sent.indices { sent[index].replaceSubrange(1..<4, with: [1, 2, 3]) }
    var flipped = sent[3]
    (flipped[7], flipped[48]) = (63, UInt8(ascii: "d"))
    let scenario = try imported(
      selection(sent, [sent[0], sent[0], sent[2], flipped], over: .v6))
    #expect(
      body(scenario) == """
        {
          version: 6,
          network: {
            sender: { mute: true },
            receiver: { mute: true },
            cable: {
              drop: [2],
              duplicate: [1],
              corrupt: [
                { packet: 4, bit: 57 },
                { packet: 4, bit: 58 },
                { packet: 4, bit: 59 },
                { packet: 4, bit: 60 },
                { packet: 4, bit: 61 },
                { packet: 4, bit: 62 },
                { packet: 4, bit: 63 },
                { packet: 4, bit: 387 },
              ],
            },
          },
          udp: { destinationPort: 7 },
          exchange: [
            { payload: "one", expect: { arrived: { copies: 2 } } },
            { payload: "two", expect: { arrived: false } },
            "six",
            {
              header: { flowLabel: 0x10203 },
              payload: "ten",
              expect: { arrived: { header: { hopLimit: 63 }, udp: { checksum: 0x8628 }, payload: "den" } },
            },
          ],
        }

        """, "\(scenario.text)")
  }

  @Test("a bit of an extension header that a cable flipped is expected as the language writes it")
  func changedExtension6() throws {
    let sent = try packets(
      "{ exchange: [{ header: { extensions: [{ destination: { options: [{ raw: '1e00' }] } }] }, payload: 'ten bytes.' }] }"
    )
    var (option, length) = (sent[0], sent[0])
    option[42] ^= 1
    length[41] ^= 1
    for (flipped, wanted) in [
      (option, #"arrived: { header: { extensions: [{ destination: { options: [{ raw: "1f00" }] } }] } }"#),
      (
        length,
        #"arrived: { header: { extensions: [{ destination: { options: [{ raw: "1e00" }], length: 1 } }] } }"#
      ),
    ] {
      let scenario = try imported(selection(sent, [flipped], over: .v6))
      #expect(scenario.text.contains(wanted), "\(scenario.text)")
    }
  }
}
