// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What was counted of a flow against what must hold of it.
@Suite struct FlowFindingTests {
  /// A case with one flow of ten packets, of which all is as it must be until a test spoils it.
  private struct PlayedFlow {
    let scenario: Scenario
    var flow: FlowRecord
    var rises: [String: Int] = [:]

    init(_ expect: String = "{}") throws {
      scenario = try Scenario(
        text: "{ exchange: [{ flow: { packets: 10, size: 64 }, expect: { flow: \(expect) } }] }")
      flow = FlowRecord(try #require(scenario.exchange[0].flowFormat(in: scenario, number: 1)))
      flow.sent = 10
      flow.delivered = 10
      flow.rate = 250_000
      flow.latencies = [.p50: 1000, .p90: 2000, .p99: 3000, .max: 4000]
    }

    var verdict: CaseVerdict {
      var record = CaseRecord()
      var message = MessageRecord()
      message.flow = flow
      message.rises = rises
      record.messages = [message]
      return Judge.judge(scenario, record)
    }

    var kinds: [Finding.Kind] { verdict.allFindings.map(\.kind) }
  }

  @Test("a flow of which nothing is lost, copied, late or wrong passes, whatever its rate and its times")
  func passes() throws {
    let played = try PlayedFlow()
    #expect(played.kinds == [])
    #expect(played.verdict.counts == [.sent: 10, .delivered: 10])
    #expect(played.verdict.flows.map(\.rate) == [250_000])
    #expect(played.verdict.messages[0].measures.isEmpty)
  }

  private static let spoilt: [(measure: FlowMeasure, spoil: @Sendable (inout FlowRecord) -> Void)] = [
    (.lost, { $0.delivered = 9 }), (.duplicated, { $0.duplicated = 1 }), (.reordered, { $0.reordered = 1 }),
    (.wrong, { $0.wrong = 1 }),
  ]

  @Test("each count must be 0 where the file says nothing, and what it says where it does", arguments: spoilt)
  func counts(_ row: (measure: FlowMeasure, spoil: @Sendable (inout FlowRecord) -> Void)) throws {
    var played = try PlayedFlow()
    row.spoil(&played.flow)
    #expect(played.kinds == [.flow(row.measure)])
    let finding = try #require(played.verdict.allFindings.first)
    #expect(finding.kind.name == "flow \(row.measure.rawValue)")
    #expect(finding.text == "\(row.measure.rawValue): wanted 0, was 1")
    let marked = played.verdict.messages[0].measures.filter(\.isWrong)
    #expect(marked.map(\.title) == [row.measure.rawValue])

    for matcher in ["1", "'any'", "{ oneOf: [1, 2] }", "{ not: 0 }", "{ min: 1, max: 1 }"] {
      var asked = try PlayedFlow("{ \(row.measure.rawValue): \(matcher) }")
      row.spoil(&asked.flow)
      #expect(asked.kinds == [], "\(matcher)")
    }
  }

  private static let asked: [(expect: String, kinds: [Finding.Kind], text: String)] = [
    ("{ rate: { min: 250001 } }", [.flow(.rate)], "rate: wanted at least 250001 /s, was 250000 /s"),
    ("{ rate: { min: 250000 } }", [], ""),
    (
      "{ latency: { p50: { max: '999ns' } } }", [.flow(.p50)],
      "latency p50: wanted at most 999 ns, was 1000 ns"
    ),
    (
      "{ latency: { p90: { max: '1us' } } }", [.flow(.p90)],
      "latency p90: wanted at most 1000 ns, was 2000 ns"
    ),
    (
      "{ latency: { p99: '3us', max: { min: '1s' } } }", [.flow(.max)],
      "latency max: wanted at least 1000 ms, was 4000 ns"
    ),
    ("{ latency: { p50: '1us', p90: '2us', p99: '3us', max: '4us' } }", [], ""),
    ("{ latency: { p99: { not: '3us' } } }", [.flow(.p99)], "latency p99: wanted not 3000 ns, was 3000 ns"),
  ]

  @Test("rate and times are held against what the file asks", arguments: asked)
  func rates(_ row: (expect: String, kinds: [Finding.Kind], text: String)) throws {
    let played = try PlayedFlow(row.expect)
    #expect(played.kinds == row.kinds)
    #expect(played.verdict.allFindings.map(\.text).joined() == row.text)
  }

  @Test("where nothing came there is no time to be as asked")
  func nothing() throws {
    var played = try PlayedFlow("{ lost: 10, latency: { p99: { max: '1s' } } }")
    played.flow.delivered = 0
    played.flow.latencies = [:]
    #expect(
      played.verdict.allFindings.map(\.text) == ["latency p99: wanted at most 1000 ms, and no packet came"])
  }

  @Test("a finding has the first numbers, and points at the flow or at what the file asks")
  func examples() throws {
    var played = try PlayedFlow("{ duplicated: 2 }")
    played.flow.delivered = 8
    played.flow.duplicated = 9
    played.flow.examples = [.lost: [3, 7], .duplicated: [1, 2, 3, 4]]
    let findings = played.verdict.allFindings
    #expect(
      findings.map(\.text) == ["lost: wanted 0, was 2: 3, 7", "duplicated: wanted 2, was 9: 1, 2, 3, 4, …"])
    #expect(findings.map(\.span.position.column) == [22, 79])
  }

  @Test("a wrong packet is shown with the bytes that are wrong, and said what is wrong with it")
  func evidence() throws {
    var played = try PlayedFlow()
    var packet = played.flow.format.header(of: 4).bytes + played.flow.format.payload(of: 4, at: 99)
    packet[60] ^= 8
    played.flow.wrong = 1
    played.flow.wrongPackets = [packet]
    let message = played.verdict.messages[0]
    #expect(message.evidence?.marks == [60])
    #expect(message.changes.first == "packet 4: its payload differs from byte 40 onward")
  }

  @Test("where packets were lost is said as far as anybody counted them")
  func losses() throws {
    var played = try PlayedFlow()
    played.flow.delivered = 4
    played.flow.droppedBySocket = 3
    played.flow.droppedByInterface = 2
    played.flow.retries = 1
    played.rises = ["Ip.InHdrErrors": 1, "Ip.InReceives": 10]
    let text = try #require(played.verdict.messages[0].changes.first)
    #expect(
      text
        == "6 packets were lost: the receiver's socket had no room for 3; the receiver's interface dropped"
        + " 2 (1 of them sent again); Ip.InHdrErrors rose by 1 at the receiver")
    #expect(played.verdict.messages[0].changes.last?.contains("captures do not record flows") == true)
  }

  @Test("a flow that came to no end before the time ran out is that finding alone")
  func timedOut() throws {
    let played = try PlayedFlow()
    let verdict = Judge.timedOut(played.scenario, CaseRecord(), awaiting: "the end of the flow")
    #expect(verdict.allFindings.map(\.kind) == [.timedOut])
  }
}
