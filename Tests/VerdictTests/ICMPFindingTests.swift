// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict

/// What a file can ask of ICMP where a message is sent, arrives and is delivered.
@Suite struct ICMPFindingTests {
  /// An echo request as the message; its checksum from RFC 1071's sum: 0x0800 + 0x0001 and its complement 0xf7fe.
  private func echo(_ place: Place, _ icmp: String, hex: String = "0800f7fe00000001") throws -> PlayedCase {
    let expect = "{ \(place.rawValue): { icmp: \(icmp) } }"
    return try PlayedCase("{ protocol: 1, exchange: [{ payload: { hex: '\(hex)' }, expect: \(expect) }] }")
  }

  @Test("the type and code of ICMP are judged wherever a file asks for them", arguments: Place.allCases)
  func icmp(_ place: Place) throws {
    let seen = place.rawValue
    let rows = [
      ("{}", nil), ("{ type: 8 }", nil), ("{ type: 8, code: 0 }", nil),
      ("{ type: 99 }", "ICMP type: wanted 99, \(seen) with 8"),
      ("{ type: 8, code: 7 }", "ICMP code: wanted 7, \(seen) with 0"),
    ]
    for (icmp, text) in rows {
      let findings = try echo(place, icmp).verdict.allFindings
      #expect(findings.map(\.text) == [text].compactMap { $0 }, "\(icmp)")
      #expect(findings.allSatisfy { $0.kind.name.hasPrefix("icmp ") && $0.places == [place] })
    }
    let wrong = try echo(place, "{ type: 8 }", hex: "0800f7ff00000001").verdict.allFindings
    #expect(wrong.map(\.text) == ["ICMP checksum: wanted valid, \(seen) with 0xf7ff, should be 0xf7fe"])
    let short = try echo(place, "{ type: 8 }", hex: "0800").verdict.allFindings
    #expect(short.map(\.text) == ["wanted ICMP, \(seen) with 2 bytes: less than its header"])
    let other = try PlayedCase("{ exchange: [{ payload: 'x', expect: { \(seen): { icmp: {} } } }] }")
    #expect(other.verdict.allFindings.map(\.text) == ["wanted ICMP, \(seen) with protocol 253"])
  }

  @Test("an ICMP message in pieces is judged as one")
  func icmpInPieces() throws {
    // The sum of 0x0800 and 0x0001 and of zeros is that of the shorter message.
    let zeros = String(repeating: "00", count: 40)
    for (icmp, kinds) in [("{ type: 8 }", []), ("{ type: 3 }", [.transport("icmp", field: "type")])]
      as [(String, [Finding.Kind])]
    {
      var played = try echo(.arrived, icmp, hex: "0800f7fe00000001" + zeros)
      played.fragment(every: 24)
      #expect(played.kinds == kinds)
    }
  }
}
