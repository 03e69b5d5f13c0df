// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What may be behind a program's failure: each hint is said where its rule matches, and not where it nearly does.
@Suite struct ProgramHintTests {
  /// The hints on a receiver's program that was ready, ended with 0 and printed nothing, but for a change.
  private static func hints(
    _ role: String = "", _ exchange: String = "['Hello']", expect: String = "{}",
    _ change: (inout ProgramRecord) -> Void
  ) throws -> [String] {
    var played = try PlayedCase(
      "{ receiver: { run: ['mine'], \(role) }, exchange: \(exchange), expect: { receiver: \(expect) } }")
    var record = ProgramRecord()
    (record.isReady, record.end) = (true, .exited(0))
    change(&record)
    played.programs[.receiver] = record
    return played.verdict.hints
  }

  private static func output(_ text: String) -> PrintedOutput {
    PrintedOutput(head: Array(text.utf8), total: UInt64(text.utf8.count))
  }

  @Test("a program that did all right has no hints")
  func none() throws {
    #expect(try Self.hints { _ in } == [])
  }

  // MARK: - Its start and its end

  @Test("a program that lies beside the file is run by ./, and one that may not be run by chmod")
  func start() throws {
    let failing = { (liesBeside: Bool, lacksPermission: Bool) in
      try Self.hints {
        var failure = ProgramRecord.StartFailure(errno: "ENOENT", isOfProgram: true, description: "execve")
        (failure.liesBeside, failure.lacksPermission) = (liesBeside, lacksPermission)
        $0.startFailure = failure
      }
    }
    #expect(try failing(true, false) == ["\"mine\" is next to the scenario file: \"./mine\" runs it."])
    #expect(try failing(false, true) == ["chmod +x mine makes it executable."])
    #expect(try failing(false, false) == [])
  }

  @Test("a program that never ended is told of stop: \"terminate\", where it was not to be ended so")
  func termination() throws {
    let text = "A program that never ends by itself needs stop: \"terminate\"."
    #expect(try Self.hints { $0.end = nil }.contains(text))
    #expect(try !Self.hints("stop: 'terminate'") { $0.end = nil }.contains(text))
    #expect(try !Self.hints { $0.end = .exited(1) }.contains(text))
  }

  @Test("a program whose socket is for the other version of IP is told what takes both")
  func otherVersion() throws {
    let unready = { (socket: String, isNeeded: Bool) in
      try Self.hints {
        ($0.isReady, $0.end, $0.openSockets) = (false, nil, [socket])
        $0.openPorts = [17: 9000]
        $0.neededSocket = isNeeded ? ProgramRecord.NeededSocket(protocol: 17, text: "UDP") : nil
      }
    }
    #expect(
      try unready("a UDP socket at 0.0.0.0:9000 for IPv4 only", true) == [
        "The messages go over IPv6, which needs an AF_INET6 socket; without IPV6_V6ONLY it takes IPv4 too"
          + " (ipv6(7))."
      ])
    #expect(
      try unready("a UDP socket at [::]:9000 for IPv6 only", true) == [
        "The messages go over IPv4, which an AF_INET6 socket takes only without IPV6_V6ONLY (ipv6(7))."
      ])
    #expect(try unready("a UDP socket at 0.0.0.0:9000", true).allSatisfy { !$0.contains("AF_INET6") })
    #expect(try unready("a UDP socket for IPv4 only", false).allSatisfy { !$0.contains("AF_INET6") })
  }

  @Test("a program with another socket that was not ready is told of `ready`, where the file does not say it")
  func readiness() throws {
    let unready = { (role: String, sockets: [String], end: ProgramEnd?, hasSaidReady: Bool) in
      try Self.hints(role) {
        ($0.isReady, $0.end, $0.hasSaidReady, $0.openSockets) = (false, end, hasSaidReady, sockets)
      }
    }
    let text = "If something else shows that it is ready, say so: ready: { stdout: \"listening\" }."
    let sockets = ["a UDP socket"]
    #expect(try unready("", sockets, nil, false) == [text])
    #expect(try unready("", sockets, .exited(0), false) == [text])
    #expect(try unready("", [], nil, false) == [])
    #expect(try unready("ready: { stdout: 'up' }", sockets, .exited(0), false) == [])
    #expect(try unready("", sockets, .exited(0), true) == [])
    #expect(try Self.hints { $0.openSockets = sockets } == [])
  }

  @Test("a program that printed nothing until it was ended is told to flush")
  func flushing() throws {
    let wanted = "{ stdout: { contains: ['up'] } }"
    let isTold = { (hints: [String]) in
      hints.contains { $0.hasPrefix("Nothing was printed until it was ended") }
    }
    #expect(
      isTold(
        try Self.hints(expect: wanted) { ($0.termination, $0.end) = (.seconds(1), .signalled("SIGTERM")) }))
    #expect(isTold(try Self.hints(expect: wanted) { $0.end = nil }))
    // One that ended by itself has flushed what it had.
    #expect(try !isTold(Self.hints(expect: wanted) { _ in }))
    #expect(
      try !isTold(
        Self.hints(expect: wanted) { ($0.end, $0.stdout) = (nil, Self.output("down\n")) }))
    #expect(try !isTold(Self.hints { $0.end = nil }))
    // What shows that it is ready may wait in its buffer.
    let ready = "ready: { stdout: 'up' }"
    #expect(isTold(try Self.hints(ready) { ($0.isReady, $0.end) = (false, nil) }))
    #expect(try !isTold(Self.hints(ready) { ($0.isReady, $0.end) = (false, .exited(0)) }))
    #expect(
      try !isTold(Self.hints(ready) { ($0.isReady, $0.end, $0.stdout) = (false, nil, Self.output("hm\n")) }))
  }

  @Test("a program that printed on the other stream that it is ready is told which one that is")
  func otherStream() throws {
    let stderr = #"It printed that on the other stream: ready: { stderr: "up" }."#
    let unready = { (role: String, stdout: String, stderr: String) in
      try Self.hints(role) {
        ($0.isReady, $0.end) = (false, nil)
        ($0.stdout, $0.stderr) = (Self.output(stdout), Self.output(stderr))
      }
    }
    #expect(try unready("ready: { stdout: 'up' }", "", "now up\n") == [stderr])
    let stdout = stderr.replacing("stderr", with: "stdout")
    #expect(try unready("ready: { stderr: 'up' }", "up\n", "") == [stdout])
    #expect(try unready("ready: { stderr: 'up' }", "down\n", "") == [])
    #expect(try Self.hints("ready: { stdout: 'up' }") { $0.stderr = Self.output("up\n") } == [])
  }

  @Test("a program that is typed to and had sent nothing when time ran out may await the end of its input")
  func typing() throws {
    let isTold = { (input: String, sent: Bool, end: ProgramEnd?) in
      var played = try PlayedCase(
        "{ sender: { run: ['mine'], stdin: \(input) }, exchange: ['one', 'two'] }")
      var record = ProgramRecord()
      (record.isReady, record.end) = (true, end)
      var seen = CaseRecord()
      seen.programs[.sender] = record
      if sent { seen.unfinished = MessageRecord(frames: played.record.messages[0].frames) }
      played.programs[.sender] = record
      return Judge.timedOut(played.scenario, seen, awaiting: "a packet").hints
        .contains { $0.contains("needs stdin:") }
    }
    #expect(try isTold("'exchange'", false, nil))
    #expect(try !isTold("'exchange'", true, nil))
    #expect(try !isTold("'exchange'", false, .exited(0)))
    #expect(try !isTold("['one']", false, nil))
  }

  // MARK: - What it complained of

  @Test(
    "a sender to a broadcast address that was refused is told of SO_BROADCAST",
    arguments: ["sendto: Permission denied", "[Errno 13] no", "EACCES"])
  func broadcast(_ complaint: String) throws {
    let isTold = { (destination: String, complaint: String) in
      let answer = "{ payload: 'a', from: 'receiver', header: { destination: '\(destination)' } }"
      return try Self.hints("", "[\(answer)]") { $0.stderr = Self.output("mine: \(complaint)\n") }
        .contains { $0.contains("SO_BROADCAST") }
    }
    #expect(try isTold("255.255.255.255", complaint) && isTold("1.1.1.255", complaint))
    #expect(try !isTold("1.1.1.100", complaint))
    #expect(try !isTold("1.1.1.255", "No route to host"))
  }

  @Test(
    "a program that may not listen at a port below 1024 is told the capability that takes, and not where it may write"
  )
  func lowPort() throws {
    let hints = { (port: Int, role: String, complaint: String) in
      try Self.hints(role, "[{ tcp: { destinationPort: \(port), flags: ['syn'] } }]") {
        ($0.stderr, $0.confinesFiles, $0.end) = (Self.output(complaint), true, .exited(1))
      }
    }
    let complaint = "bind: Permission denied"
    for port in [1, 80, 1023] {
      let told = try hints(port, "", complaint)
      #expect(
        told.contains { $0.contains("net_bind_service") } && !told.contains { $0.contains("no-confine") })
    }
    for (port, role, complaint) in [
      (1024, "", complaint), (80, "capabilities: ['net_bind_service']", complaint),
      (80, "", "Address in use"),
    ] {
      #expect(
        try !hints(port, role, complaint).contains { $0.contains("net_bind_service") }, "\(port) \(role)")
    }
  }

  @Test("a program that failed and was refused something is told where it may write, if that is confined")
  func files() throws {
    let isTold = { (complaint: String, isConfined: Bool, end: ProgramEnd) in
      try Self.hints { ($0.stderr, $0.confinesFiles, $0.end) = (Self.output(complaint), isConfined, end) }
        .contains { $0.contains("--no-confine-files") }
    }
    for complaint in ["open cache: permission denied", "sh: Permission denied", "[Errno 13] x"] {
      #expect(try isTold(complaint, true, .exited(1)))
      #expect(try !isTold(complaint, false, .exited(1)))
      #expect(try !isTold(complaint, true, .exited(0)))
    }
    #expect(try !isTold("No space left on device", true, .exited(1)))
  }

  @Test("what others send to a broadcast address is no reason to tell a program of SO_BROADCAST")
  func broadcastToIt() throws {
    let message = "{ payload: 'a', header: { destination: '1.1.1.255' } }"
    let hints = try Self.hints("", "[\(message)]") { $0.stderr = Self.output("Permission denied\n") }
    #expect(hints == [])
  }

  @Test(
    "a program that complains of a message too long is told of the MTU, and not where it says so otherwise",
    arguments: [
      ("sendto: Message too long", true), ("[Errno 90] x", true), ("EMSGSIZE", true),
      ("File name too long", false), ("message", false),
    ])
  func tooLong(_ complaint: String, _ isHinted: Bool) throws {
    let hints = try Self.hints { $0.stderr = Self.output(complaint) }
    #expect(hints.map { $0.contains("EMSGSIZE") } == (isHinted ? [true] : []))
    #expect(try Self.hints { $0.stdout = Self.output(complaint) } == [], "that is no complaint")
  }

  // MARK: - What it printed

  /// The hints where lines are wanted and others printed, of payloads that were sent to it.
  private static func printed(
    _ payloads: String, wanted: String, _ printed: String, header: String = "{}"
  ) throws -> [String] {
    let messages = payloads.split(separator: " ").map { "{ payload: '\($0)', header: \(header) }" }
    return try hints("", "[\(messages.joined(separator: ", "))]", expect: "{ stdout: \(wanted) }") {
      $0.stdout = output(printed)
    }
  }

  @Test("what a program made of a payload that it printed shows in each kind of output")
  func slips() throws {
    let terminator = "a C string was sent with its terminator"
    for wanted in ["{ lines: ['Hi'] }", "{ equals: 'Hi' }"] {
      #expect(try Self.printed("Hi", wanted: wanted, "Hi\0").map { $0.contains(terminator) } == [true])
    }
    let swapped = "htons() or ntohs()"
    let contains = "{ contains: ['abcd\\n'] }"
    #expect(try Self.printed("abcd", wanted: contains, "x\nbadc\n").map { $0.contains(swapped) } == [true])
    // It is said of payloads alone: what else it was to print nobody has sent it.
    #expect(try Self.printed("Hello", wanted: "{ lines: ['Hi'] }", "Hi\0") == [])
    #expect(try Self.printed("Hi", wanted: "{ lines: ['Hi'] }", "Ho\n") == [])
  }

  @Test("what stands in the place of a payload shows among other text, and in the escapes of Python and C")
  func surrounded() throws {
    let padding = "the zeros that pad a frame to 60 bytes"
    let zeros = { (written: String) in String(repeating: written, count: 24) }
    for (wanted, printed) in [
      ("b'Hi'", "b'Hi\(zeros("\\x00"))'"), ("got Hi.", "got Hi\(zeros("\0")).\n"),
      ("\"Hi\"", "\"Hi\(zeros("\\0"))\"\n"), ("<48 69>", "<48 69\(zeros(" 00"))>"),
      ("4869", "4869\(zeros("00"))"),
    ] {
      let lines = "{ lines: ['\(wanted.replacing("'", with: "\\'"))'] }"
      #expect(
        try Self.printed("Hi", wanted: lines, printed).map { $0.contains(padding) } == [true], "\(wanted)")
    }
    // Digits may be of either case.
    let upper = try Self.printed("Jk", wanted: "{ lines: ['4A6B.'] }", "4A6B\(zeros("00")).\n")
    #expect(upper.map { $0.contains(padding) } == [true])
    // What stands around it has to be the same.
    #expect(try Self.printed("Hi", wanted: "{ lines: ['got Hi.'] }", "got Hi\(zeros("\0"))!\n") == [])
    #expect(try Self.printed("Hi", wanted: "{ lines: ['got Hi.'] }", "had Hi\(zeros("\0")).\n") == [])
    let broken = try Self.printed("Hi", wanted: "{ lines: ['b<Hi>'] }", "b<Hi\\x0>\n")
    #expect(broken == [], "\(broken)")
    // The payload's own end of line is written as an escape.
    let cut = "Only part of the payload is there"
    let hints = try Self.hints("", "['Hi\\n there']", expect: "{ stdout: { lines: ['got Hi\\\\n there'] } }")
    {
      $0.stdout = Self.output("got Hi\\n the\n")
    }
    #expect(hints.map { $0.contains(cut) } == [true])
  }

  @Test("hexadecimal digits of a payload are read as its bytes")
  func hexadecimal() throws {
    // "Hi" is 48 69, and the options are three NOPs and the end.
    let options = "{ options: ['nop', 'nop', 'nop', 'end'] }"
    let hints = try Self.printed("Hi", wanted: "{ lines: ['48 69'] }", "01 01 01 00 48 69\n", header: options)
    #expect(hints.map { $0.contains("the header was taken to be 20 bytes") } == [true])
    #expect(
      try Self.printed("Hi", wanted: "{ lines: ['48 69'] }", "01 01 01 00 48 6\n", header: options) == [])
  }

  @Test("the end of an earlier payload in a line is a stale buffer's")
  func stale() throws {
    let hints = try Self.printed("Hello Hi", wanted: "{ lines: ['Hello', 'Hi'] }", "Hello\nHillo\n")
    #expect(hints.map { $0.contains("The payload is followed by the end of an earlier one") } == [true])
  }

  @Test("a line that was printed with an end of its own shows a line end more")
  func lineEnd() throws {
    let hints = try Self.printed("Hello Hi", wanted: "{ lines: ['Hello', 'Hi'] }", "Hello\n\nHi\n")
    #expect(hints.map { $0.contains("an extra line ending") } == [true])
    #expect(try Self.printed("Hello Hi", wanted: "{ lines: ['Hello', 'Hi'] }", "Hello\nHo\n") == [])
  }

  @Test("what is said of bytes that are not kept is no line that was printed")
  func notKept() throws {
    let hints = try Self.hints("", "['Hi']", expect: "{ stdout: { contains: ['Hi'] } }") {
      $0.stdout = PrintedOutput(
        head: Array("a\n".utf8), tail: Array("Hi\0\n".utf8), total: 100, textsFound: 0)
    }
    #expect(hints == [], "the text is there, behind what is not kept")
    let line = "[94 bytes are not kept]"
    let others = try Self.hints("", "['\(line)!']", expect: "{ stdout: { contains: ['\(line)!'] } }") {
      $0.stdout = PrintedOutput(head: Array("a\n".utf8), tail: Array("b\n".utf8), total: 98)
    }
    #expect(others == [])
  }

  @Test("of a program that printed what was wanted nothing is said of what it printed")
  func rightOutput() throws {
    #expect(try Self.printed("Hi", wanted: "{ contains: ['Hi'] }", "Hi\0\n") == [])
  }
}
