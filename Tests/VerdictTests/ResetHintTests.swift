// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// A kernel resets the connections that it knows nothing of, also those that its host plays by hand.
@Suite struct ResetHintTests {
  /// The hints beside an answer and a segment with certain flags from the sender, which nobody asked for.
  private func hints(flags: UInt64, from host: HostName = .sender) throws -> [String] {
    var played = try PlayedCase(
      "{ tcp: { destinationPort: 80, flags: ['syn'] }, exchange: [{}], expect: { unexpected: 'fail' } }")
    let layer = try #require(Protocols.all.transport(6))
    let addresses = [IPv4Address(1, 1, 1, 100), IPv4Address(1, 1, 1, 1)]
    let ends = host == .sender ? addresses : addresses.reversed()
    let header = IPv4Header(source: ends[0], destination: ends[1], protocol: 6)
    let values: [String: UInt64] = ["sourcePort": 40_000, "destinationPort": 80, "flags": flags]
    let packet = IPv4Packet.build(
      header: header, payload: Segment(layer, values, payload: [], in: .v4(header)).bytes)
    played.others = [
      .ipv4(packet, at: host, isOutgoing: true), .ipv4(packet, at: host.other, isOutgoing: false),
    ]
    #expect(played.kinds == [.stray])
    return played.verdict.hints
  }

  @Test("a reset from a host that plays TCP by hand comes with what keeps its kernel from it")
  func reset() throws {
    let sentence = try #require(try hints(flags: 0x04).first)
    #expect(sentence.contains("network: { sender: { mute: true } }"))
    #expect(try hints(flags: 0x14).count == 1)
  }

  @Test("a reset from the host that sends none by hand has no such hint")
  func others() throws {
    #expect(try hints(flags: 0x04, from: .receiver) == [])
  }
}
