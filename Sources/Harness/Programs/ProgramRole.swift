// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// A program under test in its host, from its start until nothing is left of it.
struct ProgramRole: ~Copyable {
  private let role: RunRole
  private var program: ConfinedProgram
  private var sockets: SocketTable

  /// What was seen of it so far.
  private var record = ProgramRecord()

  /// Starts the program of a host.
  ///
  /// - Throws: the call that failed, of which `execve` and `chdir` are about the program, and the others about
  ///   this machine.
  init(
    _ role: RunRole, in scenario: Scenario, _ space: borrowing NetworkNamespace, on processors: CPUAffinity,
    until deadline: Deadline
  ) throws(SystemError) {
    let number = scenario.protocol.value
    let table = try space.enter { () throws(SystemError) in try SocketTable(protocol: number) }
    var started = try ConfinedProgram(
      ProgramLaunch(role, in: scenario.file.folder, on: processors), in: space, until: deadline)
    if let text = role.readyText { started.look(for: text) }
    sockets = table
    program = started
    self.role = role
  }

  // MARK: - While it runs

  /// How it is at this moment.
  var status: Status {
    Status(
      record: record, stop: role.stop, hasLeftNobody: program.hasLeftNobody, readable: program.readable,
      writable: program.writable)
  }

  /// How a program is at a moment.
  struct Status {
    /// What was seen of it so far.
    let record: ProgramRecord
    /// How it comes to its end.
    let stop: RunRole.Stop
    /// Whether the program and all that it started have ended.
    let hasLeftNobody: Bool
    /// The descriptors that can be read when there is something to update.
    let readable: [Int32]
    /// The descriptors that can be written to when there is something to update.
    let writable: [Int32]

    /// Whether the program itself has ended.
    var hasEnded: Bool { record.end != nil }
    /// Whether nothing more comes of it: it has ended, and what it left to run on too, where it may leave something.
    var isOver: Bool { stop == .terminate ? hasLeftNobody : hasEnded }
    /// Whether it will send no more of what is typed to it: it is over, or reads no more.
    var isDeaf: Bool { isOver || record.refusedInput != nil }
  }

  /// Takes what the program has printed and how it has ended, without waiting.
  mutating func update() throws(SystemError) {
    try program.update()
    record.end = program.end.map(ProgramEnd.init)
    if program.refusesInput { try noteRefusal(before: "it had read all that was typed") }
  }

  /// Records that the program reads no more while it runs on.
  private mutating func noteRefusal(before what: String) throws(SystemError) {
    // The kernel closes the pipe of a program that ends before anybody can know that it has ended.
    let end = Deadline(after: Self.longestEnd)
    while record.end == nil, record.refusedInput == nil {
      guard !end.hasPassed, try Readiness.wait(toRead: program.readable, until: end) else {
        record.refusedInput = what
        return
      }
      try program.update()
      record.end = program.end.map(ProgramEnd.init)
    }
  }

  /// Looks whether it is ready now: by the text that it has printed, or else by a socket that it opened.
  mutating func checkReadiness() throws(SystemError) -> Bool {
    record.isReady = role.readyText == nil ? try sockets.hasGained() : program.standardOutput.hasText
    return record.isReady
  }

  /// Takes a program that is over as ready where no text was to say so: nobody may have seen its socket.
  mutating func countAsReady() {
    if record.end != nil && role.readyText == nil { record.isReady = true }
  }

  /// Types a line, if messages are typed to it and it runs still.
  ///
  /// - Throws: the errors of write(2).
  mutating func type(_ line: [UInt8], named name: String) throws(SystemError) {
    guard role.isTypedTo, record.end == nil, record.refusedInput == nil else { return }
    try program.type(line + [UInt8(ascii: "\n")])
    if program.refusesInput { try noteRefusal(before: name) }
  }

  private static let longestEnd = Duration.milliseconds(500)

  // MARK: - Its end

  /// Lets it read the end of what is typed.
  mutating func closeInput() throws(SystemError) {
    try program.closeInput()
  }

  /// Asks it to end, and all that it started; it is killed if it has not after a while.
  mutating func terminate(waiting patience: Duration) throws(SystemError) {
    guard !program.hasLeftNobody else { return }
    record.termination = patience
    try program.terminate()
  }

  /// Ends what is left of it, and records what it printed and what outlived it.
  mutating func finish() throws(SystemError) {
    try update()
    // All processes of the machine are looked through for those that are left: only where there are any.
    if record.end != nil && !program.hasLeftNobody {
      record.survivors = program.processesLeft().map(\.survivor)
      try program.update()
      record.leftSomebody = !program.hasLeftNobody
    }
    if !program.hasLeftNobody {
      try program.kill()
      try program.update()
    }
    record.stdout = PrintedOutput(program.standardOutput)
    record.stderr = PrintedOutput(program.standardError)
  }
}

extension ProgramLaunch {
  /// The launch of a role, in the folder of its scenario file.
  fileprivate init(_ role: RunRole, in folder: String, on processors: CPUAffinity) {
    let user =
      switch role.user {
      case .invoker: UserIdentity.invoker
      case .root: UserIdentity.root
      }
    self.init(
      arguments: role.arguments,
      environment: ProgramEnvironment.variables(for: user, declared: role.environment),
      directory: folder, capabilities: role.capabilities.map(\.number), user: user,
      processors: processors, input: role.firstInput, endsInput: !role.isTypedTo)
  }
}

extension RunRole {
  /// What is typed before anything is sent.
  fileprivate var firstInput: [UInt8] {
    guard case .lines(let lines) = input.value else { return [] }
    return lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
  }
}

extension ProgramEnd {
  fileprivate init(_ end: ConfinedEnd) {
    switch end {
    case .exited(let status): self = .exited(status)
    case .signalled(let name): self = .signalled(name)
    }
  }
}

extension PrintedOutput {
  fileprivate init(_ output: ProgramOutput) {
    self.init(head: output.head, tail: output.tail, total: output.total)
  }
}

extension ProcessDescription {
  fileprivate var survivor: ProgramRecord.Survivor {
    ProgramRecord.Survivor(pid: number, arguments: arguments)
  }
}
