// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Scenario

/// What becomes of connections of TCP that were captured.
extension ImportTests {
  private static let handshake = """
    { tcp: { flags: ['syn'], sequenceNumber: 99 } },
    { from: 'receiver', tcp: { flags: ['syn', 'ack'], sequenceNumber: 899, acknowledgmentNumber: 100 } },
    """

  private func connection(_ segments: String) throws -> [[UInt8]] {
    try packets(
      "{ tcp: { sourcePort: 5000, destinationPort: 80 }, exchange: [\(Self.handshake) \(segments)] }")
  }

  @Test("segments become the bytes that they carry, in the order in which these came")
  func streams() throws {
    let scenario = try imported(
      connection(
        """
        { payload: 'one ', tcp: { sequenceNumber: 100, acknowledgmentNumber: 900 } },
        { payload: 'three', tcp: { sequenceNumber: 108, acknowledgmentNumber: 900 } },
        { payload: 'one two ', tcp: { sequenceNumber: 100, acknowledgmentNumber: 900 } },
        { payload: 'one two ', tcp: { sequenceNumber: 100, acknowledgmentNumber: 900 } },
        { from: 'receiver', payload: 'back', tcp: { sequenceNumber: 900, acknowledgmentNumber: 113 } },
        """))
    #expect(
      body(scenario)
        == #"{ tcp: { destinationPort: 80 }, exchange: [{ stream: "one two three" }, { from: "receiver", stream: "back" }] }"#
        + "\n")
    #expect(scenario.notes.count == 1)
    #expect(scenario.notes[0].hasPrefix("Left out: 1 retransmission,"))
  }

  @Test("a server that speaks first opens the connection, as the language has it, and the file says so")
  func serverFirst() throws {
    let scenario = try imported(
      connection(
        "{ from: 'receiver', payload: '220 ready', tcp: { sequenceNumber: 900, acknowledgmentNumber: 100 } }")
    )
    #expect(scenario.notes[0].hasPrefix("The server, 1.1.1.1:80, speaks first"))
    #expect(
      body(scenario)
        == """
        {
          network: { sender: { address: "1.1.1.1/24" }, receiver: { address: "1.1.1.100/24" } },
          tcp: { destinationPort: 80 },
          exchange: [{ stream: "220 ready" }],
        }

        """)
  }

  @Test(
    "a connection of which bytes are lacking, or that has none, says so and what to do",
    arguments: [
      (
        "{ payload: 'late', tcp: { sequenceNumber: 105, acknowledgmentNumber: 900 } }",
        "bytes from the sender were not captured"
      ),
      (
        "{ from: 'receiver', payload: 'x', tcp: { sequenceNumber: 900, acknowledgmentNumber: 200 } }",
        "bytes from the sender"
      ),
      ("", "this connection carried no bytes"),
    ])
  func holes(segments: String, reason: String) throws {
    let problem = #expect(throws: ImportProblem.self) { _ = try imported(connection(segments)) }
    #expect(problem?.reason.contains(reason) == true, "\(String(describing: problem))")
    #expect(problem?.fix == "import its segments: --segments")
  }

  @Test(
    "very many segments behind one that was not captured are put in order in time", .timeLimit(.minutes(1)))
  func manyEarly() throws {
    let (near, far) = (IPv4Address(10, 0, 0, 1), IPv4Address(10, 0, 0, 2))
    let layer = try #require(Protocols.all.transport(Segment.tcp))
    let conversation = (0...20_000).map { place in
      let header = IPv4Header(source: near, destination: far, protocol: Segment.tcp)
      let values: [String: UInt64] = [
        "sourcePort": 5000, "destinationPort": 80, "flags": 0x10,
        // Behind the first byte one is lacking.
        "sequenceNumber": place == 0 ? 100 : 101 + UInt64(place),
      ]
      let segment = Segment(layer, values, payload: [UInt8(ascii: "x")], in: .v4(header))
      return IPv4Packet.build(header: header, payload: segment.bytes).bytes
    }
    let selection = selection(conversation)
    let first = try #require(selection.conversation)
    #expect(throws: ImportProblem.self) {
      try ImportedScenario(selection.packets, of: first, as: .streams, title: "A test")
    }
  }
}
