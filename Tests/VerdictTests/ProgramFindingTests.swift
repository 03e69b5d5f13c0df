// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing

@testable import Verdict
import Wire

/// What a program under test did beside sending and receiving: passed where it is as it should be, and found where
/// it is not.
@Suite struct ProgramFindingTests {
  private static let file =
    "{ receiver: { run: ['./mine', '-v'], stdin: ['go'] }, exchange: ['Hello'], expect: { receiver: REST } }"

  /// A case in which the receiver's program did all right.
  private static func played(_ expectation: String = "{}") throws -> PlayedCase {
    var played = try PlayedCase(file.replacing("REST", with: expectation))
    played.programs[.receiver] = .right
    return played
  }

  @Test("a program that was ready, ended with 0 and printed what is wanted passes")
  func right() throws {
    let wanted = "{ exit: 0, stdout: { lines: ['one', 'two'] }, stderr: { equals: '' } }"
    var played = try Self.played(wanted)
    played.programs[.receiver]?.stdout = PrintedOutput("one\ntwo\n")
    #expect(played.kinds == [])
    #expect(try Self.played().kinds == [])
  }

  struct Wrong: Sendable {
    let fault: ProgramFault
    let text: String
    let change: @Sendable (inout ProgramRecord) -> Void
  }

  static let wrongs: [Wrong] = [
    Wrong(
      fault: .programNotFound, text: "there is no program \"./mine\" relative to the scenario file's folder"
    ) {
      $0.startFailure = .init(errno: "ENOENT", isOfProgram: true, description: "execve: ENOENT")
    },
    Wrong(fault: .programNotExecutable, text: "\"./mine\" may not be run by this user (EACCES)") {
      $0.startFailure = .init(errno: "EACCES", isOfProgram: true, description: "execve: EACCES")
    },
    Wrong(
      fault: .programNotExecutable, text: "\"./mine\" is neither a program nor a script with \"#!\" (ENOEXEC)"
    ) {
      $0.startFailure = .init(errno: "ENOEXEC", isOfProgram: true, description: "execve: ENOEXEC")
    },
    Wrong(
      fault: .programNotExecutable,
      text:
        "\"./mine\" exists, but the interpreter named in its first line (\"#!\") or its header does not"
        + " (ENOENT)"
    ) {
      $0.startFailure = .init(
        errno: "ENOENT", isOfProgram: true, lacksInterpreter: true, description: "execve(interpreter): ENOENT"
      )
    },
    Wrong(fault: .programNotStarted, text: "\"./mine\" was not started: execve: E2BIG") {
      $0.startFailure = .init(errno: "E2BIG", isOfProgram: true, description: "execve: E2BIG")
    },
    Wrong(fault: .programNotStarted, text: "the receiver was not started: clone3: EAGAIN") {
      $0.startFailure = .init(errno: "EAGAIN", isOfProgram: false, description: "clone3: EAGAIN")
    },
    Wrong(
      fault: .endedBeforeReady,
      text: "the receiver exited with status 2 before it was ready: "
        + "it had no socket that could receive the messages sent to it"
    ) {
      $0.isReady = false
      $0.end = .exited(2)
    },
    Wrong(
      fault: .neverReady,
      text: "the receiver was not ready in time: it had no socket that could receive the messages sent to it"
    ) {
      $0.isReady = false
      $0.end = nil
    },
    Wrong(fault: .inputClosed, text: "the receiver had closed its standard input before message 1") {
      $0.refusedInput = "message 1"
    },
    Wrong(fault: .inputUnread, text: "the receiver did not read the last 3 bytes that were typed to it") {
      $0.unreadInput = 3
    },
    Wrong(fault: .unread, text: "the receiver left 768 bytes unread in a UDP socket") {
      $0.sockets = [ProgramSocket(name: "a UDP socket")]
      ($0.sockets[0].messages, $0.sockets[0].queued) = ([1], 768)
    },
    Wrong(
      fault: .dropped,
      text:
        "a UDP socket of the receiver dropped 2 packets: its receive buffer of 2304 bytes was full"
    ) {
      $0.sockets = [ProgramSocket(name: "a UDP socket")]
      ($0.sockets[0].messages, $0.sockets[0].dropped, $0.sockets[0].room) = ([1], 2, 2304)
    },
    Wrong(fault: .neverEnded, text: "the receiver did not end after the exchange, and was killed") {
      $0.end = nil
    },
    Wrong(
      fault: .terminationIgnored, text: "the receiver had not ended 2 s after SIGTERM, and was killed"
    ) {
      $0.termination = .seconds(2)
      $0.end = nil
    },
    Wrong(
      fault: .terminationIgnored, text: "the receiver had not ended 950 ms after SIGTERM, and was killed"
    ) {
      $0.termination = .milliseconds(950)
      $0.end = nil
    },
    Wrong(fault: .exit, text: "the receiver exited with status 1") { $0.end = .exited(1) },
    Wrong(fault: .exit, text: "the receiver was ended by SIGSEGV") { $0.end = .signalled("SIGSEGV") },
    // That nobody asked it to end makes the difference.
    Wrong(fault: .exit, text: "the receiver was ended by SIGTERM") { $0.end = .signalled("SIGTERM") },
    Wrong(fault: .flooded, text: "the receiver printed 1048577 bytes on its standard error") {
      $0.stderr = PrintedOutput(total: 1_048_577)
    },
    Wrong(fault: .leftBehind, text: "the receiver left behind: 41, sleep 60, and 1 more") {
      $0.survivors = [.init(pid: 41, arguments: ["sleep", "60"]), .init(pid: 42, arguments: [])]
    },
    Wrong(fault: .leftBehind, text: "the receiver left behind a process that is not listed in /proc") {
      $0.leftSomebody = true
    },
  ]

  @Test("each fault of a program is found, and no other", arguments: wrongs.indices)
  func wrong(_ index: Int) throws {
    let wrong = Self.wrongs[index]
    var played = try Self.played()
    var record = ProgramRecord.right
    wrong.change(&record)
    played.programs[.receiver] = record
    #expect(played.kinds == [.program(.receiver, wrong.fault)])
    #expect(played.verdict.allFindings.map(\.text) == [wrong.text])
  }

  @Test("every fault has a row above, or is one of what is expected of the output, of packets or of hosts")
  func everyFault() {
    let inRows = Set(Self.wrongs.map(\.fault))
    #expect(inRows.union([.stdout, .stderr, .packetFlood, .hostChanged]) == Set(ProgramFault.allCases))
  }

  @Test("a program that was told to end by SIGTERM may end by it, and with status 0")
  func terminated() throws {
    for end in [ProgramEnd.signalled("SIGTERM"), .exited(0)] {
      var played = try Self.played()
      played.programs[.receiver]?.termination = .seconds(2)
      played.programs[.receiver]?.end = end
      #expect(played.kinds == [])
    }
  }

  @Test("an end that is expected passes, also before the program was ready, and no other does")
  func expectedEnd() throws {
    let ends: [(wanted: String, end: ProgramEnd, other: ProgramEnd)] = [
      ("3", .exited(3), .exited(4)), ("'SIGABRT'", .signalled("SIGABRT"), .exited(134)),
    ]
    for row in ends {
      var played = try Self.played("{ exit: \(row.wanted) }")
      played.programs[.receiver]?.end = row.end
      #expect(played.kinds == [])
      played.programs[.receiver]?.isReady = false
      #expect(played.kinds == [])
      played.programs[.receiver]?.isReady = true
      played.programs[.receiver]?.end = row.other
      #expect(played.kinds == [.program(.receiver, .exit)])
    }
  }

  @Test("a program that ends well before it was ready is found, though the file says that it ends so")
  func endsTooSoon() throws {
    var played = try Self.played("{ exit: 0 }")
    played.programs[.receiver]?.isReady = false
    #expect(played.kinds == [.program(.receiver, .endedBeforeReady)])
  }

  @Test("where any end will do every one passes, but not a program that was never ready, or was killed")
  func anyEnd() throws {
    for end in [ProgramEnd.exited(0), .exited(255), .signalled("SIGSEGV"), nil] {
      var played = try Self.played("{ exit: 'any' }")
      played.programs[.receiver]?.end = end
      #expect(played.kinds == (end == nil ? [.program(.receiver, .neverEnded)] : []))
      played.programs[.receiver]?.isReady = false
      let fault = end == nil ? ProgramFault.neverReady : .endedBeforeReady
      #expect(played.kinds == [.program(.receiver, fault)])
    }
  }

  @Test("of a case whose time ran out, what is wrong with its program is said, but not that it was killed")
  func timedOut() throws {
    var played = try Self.played("{ stdout: { contains: ['over'] } }")
    played.programs[.receiver]?.end = nil
    let faults = { (played: PlayedCase) in
      Judge.timedOut(played.scenario, played.record, awaiting: "a packet").allFindings.map(\.kind)
    }
    #expect(faults(played) == [.timedOut])
    played.programs[.receiver]?.stdout = PrintedOutput(total: 2_000_000)
    played.programs[.receiver]?.refusedInput = "message 1 was typed"
    #expect(
      faults(played) == [.program(.receiver, .inputClosed), .program(.receiver, .flooded), .timedOut])
  }

  @Test("of a case whose time ran out, the packet that is awaited of a program is the one that is lacking")
  func lacking() throws {
    for pacing in Pacing.allCases {
      let twice = "expect: { sent: { copies: 2 } }"
      let scenario = try Scenario(
        text: """
          { sender: { run: ['./mine'] }, pacing: '\(pacing.rawValue)',
            exchange: ['a', 'b', { payload: 'c', \(twice) }] }
          """)
      let packets = scenario.packetsOfKernel
      let awaited = { (sent: [IPv4Packet], played: Int) in
        var record = CaseRecord(scenario, crossing: sent.map { (packet: $0, from: .sender) })
        (record.unfinished, record.burst) = (record.burst, nil)
        record.messages = Array(record.messages.prefix(pacing == .burst ? 3 : played))
        record.awaitedSender = .sender
        let verdict = Judge.timedOut(scenario, record, awaiting: "another")
        let finding = verdict.allFindings.first { $0.kind == .timedOut }
        return finding.map { "\($0.span.position.column) \($0.text)" }
      }
      let column = { (text: String) in
        scenario.exchange.first(where: { $0.payload.value == Array(text.utf8) })?.span.position.column ?? 0
      }
      let text = { (packet: String) in
        "the case timed out while waiting for \(packet) from the program"
      }
      #expect(awaited([packets[0], packets[2]], 2) == "\(column("b")) \(text("a packet of message 2"))")
      #expect(awaited(packets, 2) == "\(column("c")) \(text("packet 2 of message 3"))")
      #expect(awaited([packets[1]], 1) == "\(column("a")) \(text("a packet of message 1"))")
    }
  }

  @Test("a program that could not be told to end in time is not said to have ignored it")
  func notTerminated() throws {
    let text = "{ receiver: { run: ['./mine'], stop: 'terminate' }, exchange: ['Hello'] }"
    var played = try PlayedCase(text)
    played.programs[.receiver] = .right
    #expect(played.kinds == [])
    played.programs[.receiver]?.end = nil
    #expect(played.kinds == [.program(.receiver, .neverEnded)])
    #expect(
      played.verdict.allFindings[0].text.hasPrefix("there was no time left to tell the receiver to end"))
    // Of a server that went into the background it is what it left that was killed.
    played.programs[.receiver]?.end = .exited(0)
    played.programs[.receiver]?.leftSomebody = true
    #expect(played.kinds == [.program(.receiver, .leftBehind)])
    let verdict = Judge.timedOut(played.scenario, played.record, awaiting: "a packet")
    #expect(verdict.allFindings.map(\.kind) == [.timedOut])
  }

  @Test("of a program that took its host apart nothing else is said")
  func hostChanged() throws {
    var played = try Self.played()
    played.lose(at: Place.allCases)
    var record = played.record
    record.hostChanges = [.receiver: ["eth0 was down", "eth0 was small"]]
    let findings = Judge.judge(played.scenario, record).allFindings
    #expect(findings.map(\.kind) == [.program(.receiver, .hostChanged), .program(.receiver, .hostChanged)])
    #expect(findings.map(\.text) == ["eth0 was down", "eth0 was small"])
  }

  @Test("where a program kept the exchange from being played, nothing is said of its packets")
  func notPlayed() throws {
    var played = try Self.played()
    played.programs[.receiver]?.isReady = false
    played.programs[.receiver]?.end = nil
    played.lose(at: Place.allCases)
    #expect(played.kinds == [.program(.receiver, .neverReady)])
  }

  // MARK: - What it printed

  struct Output: Sendable {
    let wanted: OutputMatcher
    let printed: String
    let problem: String?
  }

  static let outputs: [Output] = [
    Output(wanted: .lines(["a", "b"]), printed: "a\nb\n", problem: nil),
    Output(wanted: .lines(["a", "b"]), printed: "a\nb", problem: nil),
    Output(wanted: .lines([]), printed: "", problem: nil),
    Output(wanted: .lines(["a"]), printed: "", problem: "wanted line 1, \"a\", but it ended"),
    Output(
      wanted: .lines(["a"]), printed: "a\n\n", problem: "there is an extra line 2: \"\""),
    Output(
      wanted: .lines(["a", "b"]), printed: "a\nc\n", problem: "line 2: wanted \"b\", printed \"c\""),
    Output(wanted: .equals("a\n"), printed: "a\n", problem: nil),
    Output(wanted: .equals("a"), printed: "a\n", problem: "line 1: wanted \"a\", printed \"a\n\""),
    Output(wanted: .contains(["a", "b"]), printed: "xaxbx", problem: nil),
    Output(
      wanted: .contains(["a", "b"]), printed: "ba", problem: "\"b\" was not printed after \"a\""),
    Output(wanted: .contains(["aa", "a"]), printed: "aa", problem: "\"a\" was not printed after \"aa\""),
    Output(wanted: .contains(["a"]), printed: "", problem: "\"a\" was not printed"),
  ]

  @Test("an output is as wanted or is told apart at the first line that is not", arguments: outputs.indices)
  func output(_ index: Int) {
    let row = Self.outputs[index]
    #expect(row.wanted.problem(of: PrintedOutput(row.printed)) == row.problem)
  }

  @Test("of an output that was not kept whole, nobody says that it is all as wanted")
  func notWhole() {
    let output = PrintedOutput(head: Array("a\n".utf8), tail: Array("b\n".utf8), total: 900)
    let problem = "900 bytes are more than is kept"
    #expect(OutputMatcher.lines(["a", "b"]).problem(of: output) == problem)
    #expect(OutputMatcher.equals("a\nb\n").problem(of: output) == problem)
  }

  @Test("texts are there that came between the ends that are kept, and none is the notice of what is not")
  func betweenTheEnds() {
    func output(textsFound: Int) -> PrintedOutput {
      PrintedOutput(head: Array("a\n".utf8), tail: Array("b\n".utf8), total: 900, textsFound: textsFound)
    }
    let texts = OutputMatcher.contains(["a", "between"])
    #expect(texts.problem(of: output(textsFound: 2)) == nil && texts.isSettled(by: output(textsFound: 2)))
    #expect(texts.problem(of: output(textsFound: 1)) == "\"between\" was not printed after \"a\"")
    #expect(!texts.isSettled(by: output(textsFound: 1)), "it may come yet")
    let notice = OutputMatcher.contains(["bytes are not kept"])
    #expect(notice.problem(of: output(textsFound: 0)) == "\"bytes are not kept\" was not printed")
    #expect(!output(textsFound: 0).keeps(Array("not kept".utf8)) && output(textsFound: 0).keeps([0x62]))
    #expect(PrintedOutput(head: [1], tail: [2], total: 2).keeps([1, 2]))
    #expect(OutputMatcher.lines(["a"]).isSettled(by: output(textsFound: 0)), "more than is kept for good")
    #expect(OutputMatcher.equals("a").isSettled(by: output(textsFound: 0)))
    #expect(!OutputMatcher.equals("ab").isSettled(by: PrintedOutput("a")), "the rest may come yet")
    #expect(!OutputMatcher.lines(["a", "b"]).isSettled(by: PrintedOutput("a\n")))
    #expect(OutputMatcher.equals("ab").isSettled(by: PrintedOutput("x")))
  }

  @Test("what is printed is judged where it is expected, each stream for itself")
  func streams() throws {
    var played = try Self.played("{ stdout: { contains: ['up'] }, stderr: { equals: '' } }")
    #expect(played.kinds == [.program(.receiver, .stdout)])
    played.programs[.receiver]?.stdout = PrintedOutput("up\n")
    played.programs[.receiver]?.stderr = PrintedOutput("down\n")
    #expect(played.kinds == [.program(.receiver, .stderr)])
  }
}

extension ProgramRecord {
  /// The record of a program that was ready, ended with status 0 and printed nothing.
  static var right: ProgramRecord {
    var record = ProgramRecord()
    record.isReady = true
    record.end = .exited(0)
    return record
  }
}

extension PrintedOutput {
  fileprivate init(_ text: String) {
    self.init(head: Array(text.utf8), total: UInt64(text.utf8.count))
  }
}
