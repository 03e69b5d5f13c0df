// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Which packets are the message's, and which are nobody's.
@Suite struct AttributionTests {
  private static let stray = IPv4Packet.build(
    header: IPv4Header(source: IPv4Address(1, 1, 1, 1), destination: IPv4Address(1, 1, 1, 100), protocol: 1),
    payload: [3, 2, 0xfc, 0xfd, 0, 0, 0, 0])

  @Test("a packet whose payload was changed still belongs to its message")
  func changedPayload() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.change(at: [.arrived, .delivered]) { $0.payload = [1, 2, 3] }
    #expect(played.verdict.unexpected.isEmpty)
    #expect(played.kinds == [.payload])
  }

  @Test("a packet whose addresses were changed still belongs to its message")
  func changedAddresses() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.change(at: [.arrived, .delivered]) { packet in
      packet.header.source = IPv4Address(9, 9, 9, 9)
      packet.header.destination = IPv4Address(8, 8, 8, 8)
      packet = packet.withRightChecksum
    }
    #expect(played.verdict.unexpected.isEmpty)
    #expect(played.kinds == [.field(.source), .field(.destination)])
  }

  @Test("a fragment whose addresses were changed is known by its piece of the payload")
  func changedFragment() throws {
    var played = try PlayedCase("{ exchange: [{ payload: { size: 56 } }] }")
    played.fragment(every: 24)
    played.messages[0][.sent] = played.messages[0][.sent]?.map { fragment in
      var fragment = fragment
      fragment.header.source = IPv4Address(9, 9, 9, 9)
      return fragment.withRightChecksum
    }
    #expect(played.kinds == [.field(.source)])
  }

  @Test("a packet of another protocol with another payload is nobody's")
  func otherProtocol() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.change { packet in
      packet.header.protocol = 17
      packet.payload = [1, 2, 3]
      packet = packet.withRightChecksum
    }
    #expect(played.kinds == [.notSeen(.sent), .stray])
    #expect(played.verdict.counts[.sent, default: 0] == 0)
  }

  @Test("a stray is found at the end that saw it", arguments: HostName.allCases, [true, false])
  func stray(_ host: HostName, _ isOutgoing: Bool) throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.others = [.ipv4(Self.stray, at: host, isOutgoing: isOutgoing)]
    let verdict = played.verdict
    #expect(verdict.allFindings.map(\.kind) == [.stray])
    #expect(verdict.unexpected.map(\.host) == [host])
    #expect(verdict.unexpected.map(\.isOutgoing) == [isOutgoing])
    #expect(verdict.unexpected.map(\.bytes) == [Self.stray.bytes])
  }

  @Test(
    "a stray that crosses the cable is one, whichever end was read first",
    arguments: [(HostName.sender, HostName.receiver), (.receiver, .sender)])
  func crossing(_ from: HostName, _ to: HostName) throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    let ends: [FrameRecord] = [
      .ipv4(Self.stray, at: from, isOutgoing: true), .ipv4(Self.stray, at: to, isOutgoing: false),
    ]
    for others in [ends, ends.reversed()] {
      played.others = others
      #expect(played.kinds == [.stray])
      #expect(played.verdict.unexpected.map(\.host) == [from])
    }
  }

  @Test("the message on its way back is a stray, not the message")
  func backwards() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    let packet = played.scenario.exchange[0].ipv4(in: played.scenario)
    played.others = [.ipv4(packet, at: .receiver, isOutgoing: true)]
    #expect(played.kinds == [.stray])
  }

  @Test("frames that are no IPv4 are nobody's business, and too few bytes for a header are a stray")
  func otherFrames() throws {
    var played = try PlayedCase("{ exchange: ['abc'] }")
    played.others = [.frame([1, 2, 3], etherType: .arp, at: .sender, isOutgoing: true)]
    #expect(played.kinds == [])
    played.others = [.frame([0x45], etherType: .ipv4, at: .sender, isOutgoing: true)]
    #expect(played.kinds == [.stray])
  }
}
