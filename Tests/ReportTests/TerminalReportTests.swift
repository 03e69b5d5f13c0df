// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing
import Verdict
import Wire

@testable import Report
@testable import Scenario

/// The report of a run, held against `golden/name.txt`: what is printed, character by character.
@Suite struct TerminalReportTests {
  /// Whether a text is what a file of `golden/` holds.
  private func isGolden(_ text: String, _ name: String) throws -> Bool {
    try Golden.text("\(name).txt", text) == text
  }

  private func text(_ result: CaseResult, isColoured: Bool = false) -> String {
    TerminalReport(palette: Palette(isColoured: isColoured)).text(for: .caseFinished(result))
  }

  private func result(_ scenario: Scenario, _ record: CaseRecord, capture: String? = nil) -> CaseResult {
    CaseResult(
      PlannedCase(called: scenario), outcome: .judged(Judge.judge(scenario, record)),
      duration: .milliseconds(12),
      capture: capture)
  }

  @Test("a run begins with its versions and ends with its counts")
  func headerAndFooter() throws {
    let report = TerminalReport(palette: Palette(isColoured: false))
    let run = RunDescription(version: "0.1.0", kernel: "6.18.44", cases: 12, jobs: 1)
    #expect(report.text(for: .runStarted(run)) == "twohost 0.1.0 · Linux 6.18.44 · 12 cases\n")
    let one = RunDescription(version: "0.1.0", kernel: "6\u{1b}[2J", cases: 1, jobs: 1)
    #expect(report.text(for: .runStarted(one)) == "twohost 0.1.0 · Linux 6\\u{1b}[2J · 1 case\n")

    let scenario = try Scenario(text: "{ exchange: ['a'] }")
    var summary = RunSummary()
    summary.duration = .milliseconds(40)
    #expect(report.text(for: .runFinished(summary)) == "0 passed, 0 failed in 40 ms\n")
    summary.add(result(scenario, scenario.record()).status)
    summary.add(result(scenario, CaseRecord()).status)
    summary.add(.cannotRun)
    #expect(report.text(for: .runFinished(summary)) == "1 passed, 1 failed, 1 not judged in 40 ms\n")
  }

  @Test("what was set of variables is set by the line that runs a failed case again, in words of a shell")
  func variables() throws {
    var scenario = try Scenario(text: "{ exchange: ['a'] }")
    #expect(text(result(scenario, CaseRecord())).contains("sudo twohost run scenarios/area/case.json5\n"))
    scenario.settings = ["port=7777", "a=it's \u{1b}"].compactMap { VariableSetting($0) }
    let again = #"run --set port=7777 --set $'a=it\047s \033' scenarios/area/case.json5"# + "\n"
    #expect(text(result(scenario, CaseRecord())).contains(again))
  }

  @Test("a case of two programs without an exchange is told by its file, and what they did by their roles")
  func noExchange() throws {
    let scenario = try Scenario(text: "{\n  sender: { run: ['a'] },\n  receiver: { run: ['b'] },\n}")
    var record = CaseRecord()
    for host in HostName.allCases { record.programs[host] = ProgramRecord() }
    let right = ReportedCase(result(scenario, scenario.record()))
    #expect(right.line == 1 && right.file == "scenarios/area/case.json5" && right.packets?.sent == 0)
    let wrong = ReportedCase(result(scenario, record))
    #expect(wrong.findings.map(\.line) == [2, 3], "\(wrong.findings)")
    let verdict = Judge.timedOut(scenario, CaseRecord(), awaiting: "an end")
    #expect(verdict.findings.map(\.span.line) == [1])
  }

  @Test("a hint on the whole case is shown where all that is wrong is a message's")
  func hintOfTheCase() throws {
    let scenario = try Scenario(text: "{ exchange: ['a'] }")
    var verdict = Judge.judge(scenario, CaseRecord())
    #expect(verdict.findings.isEmpty)
    verdict.add(hints: ["It is so."])
    let text = text(
      CaseResult(PlannedCase(scenario, position: 1), outcome: .judged(verdict), duration: .milliseconds(1)))
    #expect(text.contains("\n\n    hint: It is so.\n"), "\(text)")
  }

  @Test("a case that passes is one line")
  func pass() throws {
    let scenario = try Scenario(text: "{ exchange: ['a', 'b'] }", id: "documented/hello-quit")
    let line = text(result(scenario, scenario.record()))
    #expect(
      line == "PASS  documented/hello-quit                  12 ms   2 sent  2 arrived  2 delivered\n")
  }

  @Test(
    "of a flow the line says the counts, the rate and the time on the way, of several the least and the most")
  func flows() throws {
    let one = text(try ReportedEvents.flow())
    #expect(one.hasSuffix("7.0 ms   1000 sent  1000 delivered  302 k/s  p99 41 µs\n"), "\(one)")
    let two = text(try ReportedEvents.flow(2))
    #expect(two.hasSuffix("2000 sent  2000 delivered  at least 302 k/s  p99 at most 82 µs\n"), "\(two)")
  }

  @Test("where a case's time went is shown where that is asked for")
  func timing() throws {
    let scenario = try Scenario(text: "{ exchange: ['a'] }")
    var timed = result(scenario, scenario.record())
    var timing = CaseTiming()
    (timing.setUp, timing.exchange) = (.microseconds(2100), .microseconds(300))
    (timing.judging, timing.tearDown) = (.microseconds(150), .milliseconds(12))
    timed.timing = timing
    let report = TerminalReport(palette: Palette(isColoured: false), showsTiming: true)
    let line = report.text(for: .caseFinished(timed))
    #expect(line.hasSuffix("   set-up 2.1 ms  exchange 0.3 ms  judging 0.1 ms  tear-down 12 ms\n"))
    #expect(!text(timed).contains("set-up"))
  }

  @Test("an id that is wider than its column does not run into the time")
  func longID() throws {
    let scenario = try Scenario(text: "{ exchange: ['a'] }", id: String(repeating: "x", count: 60))
    let slow = CaseResult(
      PlannedCase(called: scenario), outcome: .judged(Judge.judge(scenario, scenario.record())),
      duration: .seconds(1234),
      capture: nil)
    #expect(text(slow).contains("x 1234.00 s   1 sent"))
  }

  @Test("a case that fails shows place, table, marked bytes, agreement, capture and how to run it again")
  func fail() throws {
    let scenario = try Scenario(
      text: """
        {
          exchange: [{
            payload: { size: 16 },
            header: { identification: 0x1c46 },
            expect: { header: { identification: 0 } },
          }],
        }
        """, id: "payloads/counter", path: "scenarios/payloads/counter.json5")
    let capture = "twohost-artifacts/payloads/counter/capture.pcapng"
    #expect(try isGolden(text(result(scenario, scenario.record(), capture: capture)), "fail"))
  }

  @Test("a payload that was changed late in a long packet is shown with a gap before it")
  func longPacket() throws {
    let scenario = try Scenario(text: "{ exchange: [{ payload: { size: 400 } }] }")
    let record = scenario.record { $0.payload[200] ^= 0xff }
    #expect(try isGolden(text(result(scenario, record)), "long-packet"))
    let everywhere = scenario.record { packet in packet.payload = packet.payload.map { ~$0 } }
    #expect(text(result(scenario, everywhere)).split(separator: "\n").count < 40)
  }

  @Test("of many messages that failed, two are shown and the others counted")
  func manyMessages() throws {
    let scenario = try Scenario(text: "{ exchange: ['1', '2', '3', '4'] }")
    var record = scenario.record()
    for index in record.messages.indices { record.messages[index].deliveries = [] }
    #expect(try isGolden(text(result(scenario, record)), "many-messages"))
  }

  @Test("of many findings of one message, four are shown and the others counted")
  func manyFindings() throws {
    let scenario = try Scenario(text: "{ exchange: [{ payload: 'a', header: { dscp: 1, ecn: 1, ttl: 9 } }] }")
    let record = scenario.record { packet in
      packet.header.dscp = 2
      packet.header.ecn = 2
      packet.header.ttl = 8
      packet.header.version = 5
      packet.header.source = IPv4Address(9, 9, 9, 9)
    }
    let text = text(result(scenario, record))
    #expect(text.contains("  and 2 more findings\n"))
    #expect(text.components(separatedBy: "message 1, wrong at").count == 5)
  }

  @Test("a failure that is known is told with its reason and findings, and lets the run pass")
  func known() throws {
    let scenario = try Scenario(
      text: "{ knownFailure: 'bug 7', exchange: ['a', { payload: 'b', repeat: 2 }] }")
    var record = scenario.record()
    for index in record.messages.indices { record.messages[index].deliveries = [] }
    let known = result(scenario, record)
    #expect(
      text(known) == """
        KNOWN area/case                              12 ms   3 sent  3 arrived  0 delivered
              bug 7 (notSeen delivered)

        """)
    var summary = RunSummary()
    summary.add(known.status)
    #expect(summary.exitStatus == .passed && summary.count(of: .knownFailure) == 1)
    let footer = TerminalReport(palette: Palette(isColoured: false)).text(for: .runFinished(summary))
    #expect(footer == "0 passed, 0 failed, 1 known to fail in 0.0 ms\n")
    let passed = result(scenario, scenario.record())
    #expect(try isGolden(text(passed), "known-passed"))
    summary.add(passed.status)
    #expect(summary.exitStatus == .failed && summary.count(of: .knownFailure) == 1)
  }

  @Test("a repetition, its options and frame, and a hint are shown")
  func optionsAndHint() throws {
    let scenario = try Scenario(
      text: """
        {
          exchange: [{
            payload: 'abc',
            repeat: 2,
            header: { options: [{ recordRoute: 2 }] },
            expect: { arrived: { frame: { padding: 0 } } },
          }],
        }
        """)
    var record = scenario.record()
    var packet = scenario.packet(of: scenario.exchange[0])
    packet.header.options.replaceSubrange(2..<7, with: [8, 1, 1, 1, 1])
    packet = IPv4Packet.build(header: packet.header, payload: packet.payload)
    record.messages[1].deliveries = [
      Delivery(bytes: packet.bytes, originalLength: packet.bytes.count, at: .receiver, timestamp: 0)
    ]
    #expect(try isGolden(text(result(scenario, record)), "options-and-hint"))
  }

  @Test("of a message that was never seen, the nearest packet is shown")
  func nearest() throws {
    let scenario = try Scenario(text: "{ exchange: ['abc'] }")
    var record = CaseRecord()
    var packet = scenario.packet(of: scenario.exchange[0])
    packet.header.protocol = 17
    packet.payload = [0x78, 0x79, 0x7a]
    record.messages = [MessageRecord()]
    record.messages[0].frames = [.ipv4(packet.bytes, at: .sender, isOutgoing: true)]
    #expect(try isGolden(text(result(scenario, record)), "nearest"))
  }

  @Test("strays are shown with what they say")
  func strays() throws {
    let scenario = try Scenario(text: "{ exchange: ['a'] }")
    var record = scenario.record()
    // A port unreachable, as Linux 6.18 answered a UDP datagram.
    let unreachable = try HexDump.bytes(
      fromHex: "45c0003ad70300004001a4fd7f0000017f00000103030ad400000000"
        + "4500001e591b40004011e3b17f0000017f0000018b8e0009000afe1d6869")
    record.messages[0].frames += [
      .ipv4(unreachable, at: .receiver, isOutgoing: true), .ipv4([0x45], at: .sender, isOutgoing: false),
    ]
    #expect(try isGolden(text(result(scenario, record)), "strays"))
  }

  @Test("of a program that failed, the last lines it printed stand behind its name, escaped and cut")
  func printed() throws {
    let scenario = try Scenario(text: "{ receiver: { run: ['./mine'] }, exchange: ['a'] }")
    var record = scenario.record()
    var program = ProgramRecord()
    program.isReady = true
    program.end = .exited(1)
    let lines = (1...9).map { "line \($0)\n" }.joined() + "::error::\u{1b}[2J\r\u{202e}\n"
    program.stdout = PrintedOutput(head: Array(lines.utf8), total: UInt64(lines.utf8.count))
    let long = String(repeating: "x", count: 121)
    program.stderr = PrintedOutput(head: Array(long.utf8), total: 121)
    record.programs = [.receiver: program]
    #expect(try isGolden(text(result(scenario, record)), "printed"))
  }

  @Test("a case that could not be judged says why, and what to do")
  func notJudged() throws {
    let scenario = try Scenario(text: "{ exchange: ['a'] }")
    let obstruction = Obstruction(
      .cannotRunHere, "unshare: EPERM (Operation not permitted)", fix: "run it as root: sudo twohost run")
    let result = CaseResult(
      PlannedCase(called: scenario), outcome: .notJudged(obstruction), duration: .microseconds(450),
      capture: nil)
    #expect(try isGolden(text(result), "not-judged"))
  }

  @Test(
    "nothing foreign reaches the terminal raw", arguments: ["\u{1b}[2J", "\n", "\u{202e}", "\r", "\u{7}"])
  func escapes(_ foreign: String) throws {
    let scenario = try Scenario(
      text: "{ /* \(foreign) */ exchange: ['a'] }", id: "i\(foreign)d", path: "p\(foreign)h")
    let missing = result(scenario, CaseRecord(), capture: "c\(foreign)e")
    let obstruction = Obstruction(.harnessFailed, "r\(foreign)n", fix: "f\(foreign)x")
    let notJudged = CaseResult(
      PlannedCase(called: scenario), outcome: .notJudged(obstruction), duration: .zero,
      capture: "c\(foreign)e")
    for text in [text(missing), text(notJudged)] {
      let raw = ["i\(foreign)d", "p\(foreign)h", "c\(foreign)e", "r\(foreign)n", "f\(foreign)x"]
      #expect(!raw.contains { text.contains($0) })
      let unsafe = Set<Unicode.Scalar>(["\u{1b}", "\u{202e}", "\r", "\u{7}"])
      #expect(!text.unicodeScalars.contains { unsafe.contains($0) })
    }
  }

  @Test("colours add nothing to the words and take nothing away")
  func colours() throws {
    let scenario = try Scenario(text: "{ exchange: [{ payload: 'a', expect: { header: { ttl: 1 } } }] }")
    let failed = result(scenario, scenario.record())
    let coloured = text(failed, isColoured: true)
    #expect(coloured.contains("\u{1b}[31mFAIL\u{1b}[0m"))
    var plain = coloured
    for code in ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[2m", "\u{1b}[0m"] {
      plain = plain.replacing(code, with: "")
    }
    #expect(plain == text(failed))
  }

  @Test("the header tells how many cases run at once, the shard, and how many shards were merged")
  func headers() {
    func heading(_ jobs: Int, _ shard: Part?) -> String {
      ReportedEvents.text(
        TerminalReport(palette: Palette(isColoured: false)),
        [
          ReportedEvents.run(cases: 12, jobs: jobs, shard: shard)
        ])
    }
    #expect(heading(2, nil) == "twohost 0.1.0 · Linux 6.18.44 · 12 cases · 2 jobs\n")
    #expect(heading(1, Part(1, of: 4)) == "twohost 0.1.0 · Linux 6.18.44 · 12 cases · shard 1 of 4\n")
  }

  @Test("a run that was interrupted says so in its last line")
  func interrupted() throws {
    let events = try ReportedEvents.everyStatus(interruption: .interrupt)
    let text = ReportedEvents.text(TerminalReport(palette: Palette(isColoured: false)), events)
    #expect(
      text.hasSuffix("1 flaky, 1 known to fail, 2 not judged, 1 not run in 40 ms · interrupted by SIGINT\n"))
  }

  @Test("a quiet report has only what did not go right, and the counts")
  func quiet() throws {
    let report = TerminalReport(palette: Palette(isColoured: false), verbosity: .quiet)
    let text = ReportedEvents.text(report, try ReportedEvents.everyStatus())
    let words = text.split(separator: "\n").map { String($0.prefix(5)) }.filter {
      $0.first?.isWhitespace == false
    }
    #expect(words == ["FAIL ", "FLAKY", "ERROR", "ERROR", "1 pas"])
  }

  @Test("a verbose report has titles, and what known failures failed with")
  func verbose() throws {
    let scenario = try Scenario(text: "{ title: 'T\\x1b', knownFailure: 'bug 7', exchange: ['a'] }")
    let report = TerminalReport(palette: Palette(isColoured: false), verbosity: .verbose)
    let text = report.text(for: .caseFinished(result(scenario, CaseRecord())))
    #expect(
      text.split(separator: "\n").dropFirst() == [
        "      T\\u{1b}", "      bug 7 (notPlayed)",
        "      scenarios/area/case.json5:1:53: never sent: the sender had already ended",
      ])
  }

  @Test("rows of the table with something wrong are coloured, and they alone")
  func rows() throws {
    let scenario = try Scenario(text: "{ exchange: [{ payload: 'a', expect: { header: { ttl: 1 } } }] }")
    let text = text(result(scenario, scenario.record()), isColoured: true)
    let red = text.split(separator: "\n").filter { $0.contains("\u{1b}[31m") }
    #expect(red.count == 2 && red[1].hasPrefix("  \u{1b}[31m! time to live"), "\(red)")
  }

  @Test(
    "no line of a log is one that a CI obeys",
    arguments: [
      ("::error::x", #"\u{3a}:error::x"#), ("\u{3000} ::x", "\u{3000} \\u{3a}:x"), ("a ::x", "a ::x"),
      ("::\u{301}x", "\\u{3a}:\u{301}x"), ("a ##[b]", #"a \u{23}#[b]"#), ("##vso[a]", #"\u{23}#vso[a]"#),
      ("##teamcity[a]", #"\u{23}#teamcity[a]"#), ("###[", #"#\u{23}#["#), ("## a", "## a"), ("", ""),
    ])
  func commands(_ line: String, _ guarded: String) {
    #expect(LogLine.guarded(line) == guarded)
  }
}
