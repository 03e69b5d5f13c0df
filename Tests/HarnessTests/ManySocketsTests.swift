// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict

@testable import Harness

@Suite("roles with many sockets, as root")
struct ManySocketsTests {
  private let ports = 1024..<1324

  @Test(
    "each of many ports is handed its own message, one after another and all at once",
    arguments: ["lockstep", "burst"])
  func ports(pacing: String) throws {
    let there = ports.map { "{ payload: 'to \($0)', udp: { destinationPort: \($0) } }" }
    let back = ports.map { "{ payload: 'from \($0)', from: 'receiver', udp: { destinationPort: \($0) } }" }
    let exchange = (there + back).joined(separator: ",")
    let played = try PlayedCase("{ pacing: '\(pacing)', timeout: '1min', exchange: [\(exchange)] }")
    #expect(try played.verdict.allFindings.map(\.text) == [])
    #expect(try played.verdict.counts[.delivered] == 2 * ports.count)
  }

  @Test(
    "the text that ends a role ends it at whichever of its sockets it comes, and nothing is delivered behind it"
  )
  func until() throws {
    let exchange = ports.prefix(20).map { port in
      let expect =
        port > 1034 ? ", expect: { delivered: false, returned: [{ icmp: { type: 3, code: 3 } }] }" : ""
      return "{ payload: '\(port == 1034 ? "quit" : "go on")', udp: { destinationPort: \(port) }\(expect) }"
    }
    let played = try PlayedCase(
      "{ receiver: { receive: { until: 'quit' } }, exchange: [\(exchange.joined(separator: ","))] }")
    // Linux tells no more than six at once that their port is unreachable.
    let findings = try played.verdict.allFindings.filter { $0.kind != .returned(1) }
    #expect(findings.map(\.text) == [])
    #expect(try played.verdict.counts[.delivered] == 11)
  }
}
