// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict

@testable import Harness

@Suite("quotations on the wire, as root")
struct QuotationRunTests {
  @Test("an error quotes the packet that came in, with what the sender's kernel chose of it")
  func asItCameIn() throws {
    let played = try PlayedCase(
      "{ udp: { destinationPort: 7 }, exchange: ['question', { from: 'receiver', icmp: { type: 3, quotes: 1 } }] }"
    )
    #expect(played.result.status == .passed)
    let question = try #require(played.frames(.receiver, .inbound).first)
    let error = try #require(played.frames(.receiver, .outbound).first)
    #expect(error.dropFirst(14 + 20 + 8) == question.dropFirst(14))
  }

  @Test("what the cable lost is quoted by nothing that leaves")
  func lost() throws {
    let played = try PlayedCase(
      "{ network: { cable: { drop: [1] } }, exchange: ['x', { from: 'receiver', icmp: { type: 11, quotes: 1 } }] }"
    )
    #expect(played.result.status == .failed)
    #expect(played.frames(.receiver, .outbound).isEmpty)
    #expect(try played.verdict.allFindings.map(\.kind) == [.notSeen(.arrived), .notPlayed])
  }
}
