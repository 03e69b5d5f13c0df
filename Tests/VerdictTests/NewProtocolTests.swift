// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict
import Wire

@testable import Scenario

/// A protocol that is nowhere else comes in by its table and a line in the registry.
@Suite struct NewProtocolTests {
  /// UDP-Lite (RFC 3828), as far as a table says it.
  private struct UDPLite: TransportProtocol {
    let name = "Lightweight User Datagram Protocol"
    let filterName = "udplite"
    let headerName = "UDP-Lite header"
    let title = "UDP-Lite"
    let carriers = [Carrier.ipProtocol(136)]
    let fields = [
      LayerField("sourcePort", "Source Port", "udplite.srcport", 0..<16, leftOut: .value(40_000)),
      LayerField("destinationPort", "Destination Port", "udplite.dstport", 16..<32, leftOut: .required),
      LayerField("coverage", "Checksum coverage", "udplite.checksum_coverage", 32..<48, unit: "bytes"),
      LayerField(
        "checksum", "Checksum", "udplite.checksum", 48..<64, form: .hexadecimal,
        leftOut: .checksum(withPseudoHeader: true)),
    ]
  }

  private static let protocols = Protocols(Protocols.all.list + [UDPLite()])

  /// A scenario in the language with the new protocol, and what is wrong with it.
  private func scenario(_ text: String) throws -> (scenario: Scenario, errors: String) {
    let file = SourceFile(path: "case.json5", bytes: Array(text.utf8))
    var decoding = Decoding()
    let node = try #require(JSON5Reader.read(file, into: &decoding.diagnostics))
    let type = ObjectType<Scenario>.scenario(with: Self.protocols.transports)
    let check = ScenarioCheck(try #require(type.decodeWhatIsRight(in: node, &decoding)))
    decoding.diagnostics.report(contentsOf: check.diagnostics)
    return (check.scenario, DiagnosticText.render(decoding.diagnostics))
  }

  private static let text =
    "{ exchange: [{ udplite: { destinationPort: 7, coverage: 8 }, payload: 'x', expect: { udplite: { sourcePort: 1 } } }] }"

  @Test("the language has it, and builds its packets")
  func language() throws {
    let (scenario, errors) = try scenario(Self.text)
    #expect(errors == "")
    let packet = scenario.exchange[0].ipv4(in: scenario)
    #expect(packet.header.protocol == 136)
    #expect(packet.payload.prefix(6) == [0x9C, 0x40, 0, 7, 0, 8] && packet.payload.last == 0x78)
    let dissection = Dissection(packet: packet.bytes, as: .v4, protocols: Self.protocols)
    #expect(dissection.layers.map(\.filterName) == ["ip", "udplite", "data"])
  }

  @Test("its errors point at what is wrong")
  func errors() throws {
    let unknown = try scenario("{ exchange: [{ udplite: { destinationPort: 7, covrage: 8 } }] }").errors
    #expect(unknown.contains("unknown key \"covrage\"") && unknown.contains("did you mean \"coverage\"?"))
    let range = try scenario("{ exchange: [{ udplite: { destinationPort: 70000 } }] }").errors
    #expect(range.contains("\"destinationPort\" must be a number from 0 to 65535, not the number 70000"))
    let missing = try scenario("{ exchange: [{ udplite: {} }] }").errors
    #expect(missing.contains("this message's `udplite` needs \"destinationPort\""))
    let two = try scenario("{ exchange: [{ udplite: { destinationPort: 7 }, udp: { destinationPort: 7 } }] }")
      .errors
    #expect(two.contains("a packet has one transport header: `udplite` or `udp`"))
    let high = try scenario("{ exchange: [{ coverage: 8 }] }").errors
    #expect(high.contains("did you mean \"udplite.coverage\"?"))
  }

  @Test("the cable knows its packets by their fields")
  func cable() throws {
    let cable = "{ drop: [{ nth: 'every', udplite: { destinationPort: 7, checksum: 'any' } }] }"
    let messages = [7, 8, 7].map { "{ udplite: { destinationPort: \($0) } }" }.joined(separator: ", ")
    let (scenario, errors) = try scenario("{ network: { cable: \(cable) }, exchange: [\(messages)] }")
    #expect(errors == "")
    var selection = CableSelection(try #require(scenario.network.cable).value.forward, from: .sender)
    let ethernet = EthernetHeader(
      destination: MACAddress(2, 0, 0, 0, 0, 2), source: MACAddress(2, 0, 0, 0, 0, 1)
    ).bytes
    let isDropped = scenario.exchange.map { message in
      !selection.orders(for: ethernet + message.ipv4(in: scenario).bytes, number: 1).isEmpty
    }
    #expect(isDropped == [true, false, true])
  }

  @Test("the schema and the reference page have it")
  func pages() {
    #expect(LanguageSchema.scenario(Self.protocols).contains("\"UDP-LiteFields\""))
    #expect(!LanguageSchema.scenario().contains("UDP-Lite"))
    let page = LanguageReference.markdown(Self.protocols)
    #expect(
      page.contains("| `coverage` | a number from 0 to 65535 (bytes) | checksum coverage; default: 0 |")
    )
    #expect(page.contains("| `udplite` |"))
  }

  @Test("a failure shows its fields")
  func table() throws {
    let scenario = try scenario(Self.text).scenario
    let packet = scenario.exchange[0].ipv4(in: scenario)
    var record = CaseRecord()
    record.messages = [
      MessageRecord(
        frames: [
          .ipv4(packet, at: .sender, isOutgoing: true), .ipv4(packet, at: .receiver, isOutgoing: false),
        ],
        deliveries: [
          Delivery(bytes: packet.bytes, originalLength: packet.bytes.count, at: .receiver, timestamp: 0)
        ])
    ]
    record.ended = [.sender, .receiver]
    let verdict = Judge.judge(scenario, record)
    #expect(verdict.allFindings.map(\.text) == ["UDP-Lite source port: wanted 1, sent with 40000"])
    #expect(verdict.allFindings.map(\.kind.name) == ["udplite sourcePort"])
    let row = verdict.messages[0].rows.first { $0.isWrong }
    #expect(row?.title == "UDP-Lite source port" && row?.wanted == "1" && row?.seen[.arrived] == "40000")
    #expect(verdict.messages[0].evidence?.marks == [20, 21])
  }
}
