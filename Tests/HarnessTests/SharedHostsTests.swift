// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Linux
import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

/// Cases of a matrix in the same hosts. Each pair has hardware addresses that the kernel chose at random, so that
/// captures show which cases shared one.
@Suite("shared hosts, as root") struct SharedHostsTests {
  /// The statuses of the cases of a text, and how many pairs of hosts they had.
  private func run(_ text: String) throws -> (statuses: [CaseStatus], pairs: Int) {
    let scenarios = try cases(text)
    return try withFolder { folder in
      let runner = CaseRunner(captures: .init(.all, in: folder), application: "test")
      var statuses: [CaseStatus] = []
      var addresses: Set<[UInt8]> = []
      let run = ScenarioRun(RunPlan(scenarios), runner: runner, version: "test", stop: try StopRequest())
      _ = try run.run(interruption: { nil }, beat: {}) { event in
        guard case .caseFinished(let result) = event else { return }
        statuses.append(result.status)
        guard let bytes = result.capture.flatMap(FileManager.default.contents),
          let capture = try? CaptureFile.parse(Array(bytes)), let first = capture.packets.first
        else {
          Issue.record("a case left no capture: which hosts it had cannot be seen")
          return
        }
        addresses.insert(Array(first.bytes[0..<12]))
      }
      return (statuses, addresses.count)
    }
  }

  @Test("cases of a matrix that leave nothing behind share their hosts, and counters are told as differences")
  func shared() throws {
    let count = 20
    let numbers = (1...count).map(String.init).joined(separator: ",")
    let (statuses, pairs) = try run(
      """
      { matrix: { n: [\(numbers)] }, exchange: ['message ${n}', 'again'],
        expect: { counters: { receiver: { "Ip.InDelivers": 2 }, sender: { "Ip.OutRequests": 2 } } } }
      """)
    #expect(statuses == Array(repeating: .passed, count: count))
    // On a machine that is very slow a marker is sent again, which may still be on its way when a case ends.
    #expect(pairs < count)
  }

  @Test(
    "in shared hosts a role has a socket as it needs it, whatever the role before it had",
    arguments: [
      (
        "{ matrix: { number: [253, 254, 254, 253] }, protocol: '${number}', exchange: ['x', { payload: 'y', header: { ttl: 9 } }] }",
        [CaseStatus.passed, .passed, .passed, .passed]
      ),
      // A socket that is bound to an address is not handed what is for all.
      (
        "{ matrix: { bind: ['1.1.1.1', 'any'], comes: [true, false] }, receiver: { receive: { bind: '${bind}' } }, exchange: [{ payload: 'all', header: { destination: '255.255.255.255' }, expect: { delivered: '${comes}' } }] }",
        [.failed, .passed, .passed, .failed]
      ),
      // The receiver's is closed when its role ends.
      (
        "{ matrix: { n: [1, 2, 3, 4] }, receiver: { receive: { until: 'quit' } }, exchange: ['x ${n}', 'quit'], expect: { receiver: { ended: 'until' } } }",
        [.passed, .passed, .passed, .passed]
      ),
    ])
  func roles(text: String, expected: [CaseStatus]) throws {
    let (statuses, pairs) = try run(text)
    #expect(statuses == expected && pairs < expected.count)
  }

  @Test(
    "of a case that fails in shared hosts it is told which counters of drops rose in it, and by how much",
    arguments: [
      """
      { matrix: { comes: [false, false, true], }, exchange: ['comes', { payload: 'x', via: 'frame',
        header: { checksum: 'bad' }, expect: { delivered: '${comes}' } }] }
      """,
      // What a host sends to all makes up for nothing that was dropped.
      """
      { matrix: { comes: [false, false, true] }, receiver: { receive: { bind: 'any' } }, pacing: 'burst', exchange: [
        { from: 'receiver', payload: 'x', via: 'frame', header: { checksum: 'bad' }, expect: { delivered: '${comes}' } },
        { payload: 'all', header: { destination: '1.1.1.255' } }] }
      """,
    ])
  func drops(text: String) throws {
    let scenarios = try cases(text)
    var findings: [String] = []
    let runner = CaseRunner(captures: .init(.none, in: ""), application: "test")
    let run = ScenarioRun(RunPlan(scenarios), runner: runner, version: "test", stop: try StopRequest())
    _ = try run.run(interruption: { nil }, beat: {}) { event in
      guard case .caseFinished(let result) = event, case .judged(let verdict) = result.outcome else { return }
      findings += verdict.allFindings.map(\.text)
    }
    #expect(findings.count == 1)
    #expect(findings.first?.contains("Ip.InHdrErrors rose by 1") == true, "\(findings)")
  }

  @Test("a file can ask for hosts of its own for each case")
  func isolated() throws {
    let (statuses, pairs) = try run(
      "{ isolation: 'case', matrix: { n: [1, 2, 3] }, exchange: ['message ${n}'] }")
    #expect(statuses == Array(repeating: .passed, count: 3) && pairs == 3)
  }

  @Test(
    "after a case that leaves something behind, or that fails, the next has new hosts",
    arguments: [
      // A fragment that waits for the others, until it times out.
      (
        "{ matrix: { n: [1, 2] }, exchange: [{ payload: 'piece ${n}', via: 'frame', header: { moreFragments: true }, expect: { delivered: false } }] }",
        2
      ),
      (
        "{ matrix: { ttl: [9, 8, 8] }, exchange: [{ header: { ttl: '${ttl}' }, expect: { header: { ttl: 8 } } }] }",
        2
      ),
      // An ICMP error that comes back.
      (
        "{ protocol: 200, receiver: { idle: true }, matrix: { n: [1, 2] }, exchange: [{ payload: 'm ${n}', expect: { delivered: false, returned: [{ icmp: { type: 3, code: 2 } }] } }] }",
        2
      ),
      ("{ matrix: { mtu: [1500, 1400, 1400] }, network: { mtu: '${mtu}' }, exchange: ['x'] }", 2),
      ("{ matrix: { n: [1, 2] }, network: { arp: 'dynamic' }, exchange: ['m ${n}'] }", 2),
      ("{ matrix: { n: [1, 2] }, network: { cable: {} }, exchange: ['m ${n}'] }", 2),
    ])
  func renewed(text: String, pairs: Int) throws {
    #expect(try run(text).pairs == pairs)
  }
}

@Suite("tables of a namespace, as root") struct NetworkTablesTests {
  @Test("an open raw socket is seen, and its end too")
  func residue() throws {
    let space = try NetworkNamespace()
    let tables = try space.enter { () throws(SystemError) in try NetworkTables() }
    let before = try tables.residue()
    do {
      let socket = try space.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
      #expect(try tables.residue() != before)
      _ = socket.rawDescriptor
    }
    #expect(try tables.residue() == before)
  }
}
