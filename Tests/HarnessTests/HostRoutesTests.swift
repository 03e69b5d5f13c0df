// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Testing
import Verdict

@testable import Harness

/// The host of a program is like a PC on a LAN: in what iproute2 shows there, and in what a program can do.
@Suite("routes of a program's host, as root") struct HostRoutesTests {
  /// What is found where a command in both hosts must print these lines.
  private func texts(_ command: String, sender: String, receiver: String, arp: String) throws -> [String] {
    let words = command.split(separator: " ").map { "'\($0)'" }.joined(separator: ", ")
    let played = try PlayedCase(
      """
      { network: { arp: '\(arp)' }, sender: { run: [\(words)] }, receiver: { run: [\(words)] },
        expect: { sender: { stdout: \(sender) }, receiver: { stdout: \(receiver) } } }
      """)
    return try played.verdict.allFindings.map(\.text)
  }

  @Test("its routes are that of the LAN alone", arguments: ["static", "dynamic"])
  func list(_ arp: String) throws {
    let route = { (number: Int) in
      "{ lines: ['1.1.1.0/24 dev eth0 proto kernel scope link src 1.1.1.\(number) '] }"
    }
    let found = try texts("ip route", sender: route(100), receiver: route(1), arp: arp)
    #expect(found == [])
  }

  @Test(
    "its source address is chosen by the route, to a neighbour as to anybody else",
    arguments: ["1.1.1.77", "1.1.1.255"], ["static", "dynamic"])
  func source(_ destination: String, _ arp: String) throws {
    let source = { (number: Int) in "{ contains: ['\(destination) ', 'dev eth0 ', 'src 1.1.1.\(number) '] }" }
    let found = try texts("ip route get \(destination)", sender: source(100), receiver: source(1), arp: arp)
    #expect(found == [])
  }

  @Test("what goes beyond the LAN leaves with its own address too, so that it is seen")
  func beyond() throws {
    let source = { (number: Int) in "{ contains: ['8.8.8.8 via ', 'dev eth0 ', 'src 1.1.1.\(number) '] }" }
    let found = try texts("ip route get 8.8.8.8", sender: source(100), receiver: source(1), arp: "static")
    #expect(found == [])
  }

  @Test(
    "a program that sends without a gateway reaches its neighbour (SO_DONTROUTE, socket(7))",
    arguments: ["static", "dynamic"])
  func dontRoute(_ arp: String) throws {
    let played = try PlayedCase(
      """
      { network: { arp: '\(arp)' }, sender: { run: ['python3', '-c', 'import socket\\n\\
      s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)\\n\\
      s.setsockopt(socket.SOL_SOCKET, socket.SO_DONTROUTE, 1)\\n\\
      s.sendto(b"Hi", ("1.1.1.1", 0))\\n'] }, exchange: [{ payload: 'Hi', header: { source: '1.1.1.100' } }] }
      """)
    let found = try played.verdict.allFindings.map(\.text)
    #expect(found == [])
  }
}
