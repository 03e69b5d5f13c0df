// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The programs under test of a case: in one host, in both, or in none.
struct Programs: ~Copyable {
  private var sender: ProgramRole?
  private var receiver: ProgramRole?
  private var failures: [HostName: ProgramRecord] = [:]

  /// A program that has ended is given this long for what it started to end too.
  private static let grace = Duration.milliseconds(200)
  private static let longestTermination = Duration.seconds(2)
  /// The same where the run is to stop, which is to be over within two seconds.
  private static let longestInterruption = Duration.milliseconds(1400)

  // MARK: - The beginning

  /// Starts the programs of a scenario, the receiver's first, and awaits each until it is ready.
  ///
  /// - Returns: whether the exchange can begin.
  /// - Throws: when this machine cannot run any program.
  mutating func start(
    _ scenario: Scenario, _ stage: inout Stage, with resources: RunResources, until deadline: Deadline
  ) throws(SystemError) -> Bool {
    if let role = scenario.program(in: .receiver) {
      receiver = try start(
        role, of: .receiver, in: scenario, stage.hosts.receiver, from: stage.hosts.sender.mac,
        beside: stage.inodes(of: .receiver), with: resources, until: deadline)
      guard try Self.awaitReadiness(&receiver, &stage, until: deadline) else { return false }
    }
    if let role = scenario.program(in: .sender) {
      sender = try start(
        role, of: .sender, in: scenario, stage.hosts.sender, from: stage.hosts.receiver.mac,
        beside: stage.inodes(of: .sender), with: resources, until: deadline)
      return try Self.awaitReadiness(&sender, &stage, until: deadline)
    }
    return true
  }

  /// What the file or the machine is to blame for is recorded; nil then.
  private mutating func start(
    _ role: RunRole, of host: HostName, in scenario: Scenario, _ end: borrowing CableEnd,
    from peer: MACAddress, beside others: Set<UInt64>, with resources: RunResources, until deadline: Deadline
  ) throws(SystemError) -> ProgramRole? {
    do throws(SystemError) {
      return try ProgramRole(
        role, of: host, in: scenario, end, from: peer, beside: others, with: resources, until: deadline)
    } catch  where ["execve", "execve(interpreter)", "chdir"].contains(error.call) {
      var record = ProgramRecord()
      record.startFailure = ProgramRecord.StartFailure(
        errno: error.errno.name, isOfProgram: error.call != "chdir",
        lacksInterpreter: error.call == "execve(interpreter)", description: error.description)
      let name = role.arguments.first ?? ""
      let file = Executable.File(name, in: scenario.file.folder)
      record.startFailure?.liesBeside = !name.contains("/") && file.isThere
      record.startFailure?.lacksPermission = name.contains("/") && file.isThere && !file.isExecutable
      record.startFailure?.isFolder = name.contains("/") && file.isFolder
      failures[host] = record
      return nil
    }
  }

  /// Returns whether it is ready, as it shows.
  private static func awaitReadiness(
    _ role: inout ProgramRole?, _ stage: inout Stage, until deadline: Deadline
  ) throws(SystemError) -> Bool {
    let looks = Looks()
    while true {
      try role?.update()
      if try role?.checkReadiness() == true { return true }
      guard let now = role.status, !now.isOver, !deadline.hasPassed else { return false }
      try stage.wait(toRead: now.readable, toWrite: now.writable, until: looks.next(before: deadline))
    }
  }

  // MARK: - While they run

  /// Whether a program runs, or ran, in a host.
  func runs(in host: HostName) -> Bool { status(in: host) != nil }

  /// Whether the program in a host will send no more of what is typed to it.
  func isDeaf(in host: HostName) -> Bool { status(in: host).isDeaf }

  /// Whether the program in a host has ended, with all that it may leave to run on.
  func isOver(in host: HostName) -> Bool { status(in: host)?.isOver ?? true }

  /// The descriptors that can be read when there is something to update.
  var readable: [Int32] { HostName.allCases.flatMap { status(in: $0)?.readable ?? [] } }

  /// The descriptors that can be written to when there is something to update.
  var writable: [Int32] { HostName.allCases.flatMap { status(in: $0)?.writable ?? [] } }

  /// Takes what the programs have printed and how they have ended, without waiting.
  mutating func update() throws(SystemError) {
    try sender?.update()
    try receiver?.update()
  }

  /// Types a message to the program in the host that sends it, if it is one that messages are typed to.
  mutating func type(_ play: Play) throws(SystemError) {
    let name = "message \(play.number) was typed"
    let typed = play.message.typed
    switch play.message.from.value {
    case .sender: try sender?.type(typed, named: name)
    case .receiver: try receiver?.type(typed, named: name)
    }
  }

  /// Whether the program in a host has a socket now that a message can be handed to.
  mutating func hasSocket(for need: ListedSocket.Need, in host: HostName) throws(SystemError) -> Bool {
    switch host {
    case .sender: try sender?.hasSocket(for: need) ?? false
    case .receiver: try receiver?.hasSocket(for: need) ?? false
    }
  }

  /// Whether the program in a host may still open a socket that a message can be handed to: it opens that when it speaks.
  mutating func mayOpenSocket(for need: ListedSocket.Need, in host: HostName) -> Bool {
    switch host {
    case .sender: sender?.mayOpenSocket(for: need) ?? false
    case .receiver: receiver?.mayOpenSocket(for: need) ?? false
    }
  }

  /// Notes up to which number messages were begun, and up to which nothing more can come of them.
  mutating func note(begun: Int, over: Int) {
    sender?.note(begun: begun, over: over)
    receiver?.note(begun: begun, over: over)
  }

  /// Whether the program in a host has read a message that was handed to it, or cannot any more.
  mutating func hasRead(
    _ need: ListedSocket.Need, after marker: UInt64, in host: HostName
  ) throws(SystemError) -> Bool {
    switch host {
    case .sender: try sender?.hasRead(need, after: marker) ?? true
    case .receiver: try receiver?.hasRead(need, after: marker) ?? true
    }
  }

  /// Whether the program in a host has read all that its connections were handed.
  mutating func hasReadStreams(in host: HostName) throws(SystemError) -> Bool {
    switch host {
    case .sender: try sender?.hasReadStreams() ?? true
    case .receiver: try receiver?.hasReadStreams() ?? true
    }
  }

  // MARK: - The end

  /// Lets the programs read the end of what is typed.
  mutating func closeInput() throws(SystemError) {
    try sender?.closeInput()
    try receiver?.closeInput()
  }

  /// Awaits the programs' ends, and ends those that do not come to theirs; nothing is left of any then.
  ///
  /// One that is to be told to end is told so when what is expected of its output is there, and when its time is nearly
  /// up at the latest.
  mutating func end(
    _ scenario: Scenario, _ stage: inout Stage, until deadline: Deadline
  ) throws(SystemError) {
    try closeInput()
    let reserve = min(scenario.timeout / 2, Self.longestTermination)
    let last = Deadline(after: max(.zero, deadline.remaining - reserve))
    try wait(&stage, until: last) { sender, receiver in
      sender.isDone(scenario.expect.sender) && receiver.isDone(scenario.expect.receiver)
    }
    try terminate(&stage, until: deadline)
    // What was asked to end has had its time for it.
    try wait(&stage, until: deadline) { sender, receiver in
      [sender.status, receiver.status].allSatisfy { $0.hasEnded || $0.isToBeTerminated }
    }
    if sender.status.hasEnded && receiver.status.hasEnded {
      let end = Deadline(after: min(Self.grace, deadline.remaining))
      try wait(&stage, until: end) { $0.status.hasLeftNobody && $1.status.hasLeftNobody }
    }
    try kill()
  }

  /// Asks those to end that are to be asked, as long as the case has time for it.
  private mutating func terminate(
    _ stage: inout Stage, until deadline: Deadline
  ) throws(SystemError) {
    guard !deadline.hasPassed else { return }
    let patience = min(Self.longestTermination, deadline.remaining)
    if sender.status.isToBeTerminated { try sender?.terminate(waiting: patience) }
    if receiver.status.isToBeTerminated { try receiver?.terminate(waiting: patience) }
    try wait(&stage, until: Deadline(after: patience)) {
      $0.status.hasEndedWhenAsked && $1.status.hasEndedWhenAsked
    }
  }

  /// Asks the programs to end, whatever they are at, and gives them a while for it.
  mutating func interrupt() throws(SystemError) {
    try sender?.terminate(waiting: Self.longestInterruption)
    try receiver?.terminate(waiting: Self.longestInterruption)
    let end = Deadline(after: Self.longestInterruption)
    try update()
    while !sender.status.hasLeftNobody || !receiver.status.hasLeftNobody, !end.hasPassed {
      _ = try Readiness.wait(toRead: readable, until: end)
      try update()
    }
  }

  /// Ends the programs at once.
  mutating func kill() throws(SystemError) {
    try sender?.finish()
    try receiver?.finish()
  }

  /// What was seen of the programs.
  var records: [HostName: ProgramRecord] {
    var records = failures
    records[.sender] = records[.sender] ?? sender.status?.record
    records[.receiver] = records[.receiver] ?? receiver.status?.record
    return records
  }

  private func status(in host: HostName) -> ProgramRole.Status? {
    host == .sender ? sender.status : receiver.status
  }

  private mutating func wait(
    _ stage: inout Stage, until deadline: Deadline,
    _ isOver: (borrowing ProgramRole?, borrowing ProgramRole?) -> Bool
  ) throws(SystemError) {
    try update()
    while !isOver(sender, receiver), !deadline.hasPassed {
      try stage.wait(toRead: readable, toWrite: writable, until: deadline)
      try update()
    }
  }
}

/// When to look again at what no event tells of: each pause is a part of the time that has passed, since what takes long
/// should not be held up by being looked at.
struct Looks {
  private let start = RunClock.now
  private static let part = 16
  private static let shortest = Duration.microseconds(50)
  private static let longest = Duration.milliseconds(100)

  /// The next moment to look at.
  func next(before deadline: Deadline) -> Deadline {
    let pause = min(max((RunClock.now - start) / Self.part, Self.shortest), Self.longest)
    return Deadline(after: min(pause, deadline.remaining))
  }
}

extension Message {
  /// What is typed to the program that sends it: a line, or of a stream its bytes.
  fileprivate var typed: [UInt8] {
    guard let content = stream?.value else { return payload.value + [UInt8(ascii: "\n")] }
    return content.count.map { content.bytes(from: 0, count: $0) } ?? []
  }
}

extension ProgramRole? {
  /// How the program is at this moment; nil where none runs.
  fileprivate var status: ProgramRole.Status? {
    switch self {
    case .some(let role): role.status
    case .none: nil
    }
  }

  /// Whether there is nothing to wait for before it is told to end; without that, it has to come to its end by itself.
  fileprivate func isDone(_ expectation: RoleExpectation) -> Bool {
    switch self {
    case .some(let role) where role.status.isToBeTerminated:
      role.status.hasLeftNobody || role.hasPrinted(expectation)
    case .some(let role): role.status.hasEnded
    case .none: true
    }
  }
}

extension ProgramRole.Status {
  /// Whether it is to be asked to end.
  fileprivate var isToBeTerminated: Bool { role.stop == .terminate }
}

/// Where no program runs, none is awaited.
extension ProgramRole.Status? {
  fileprivate var isDeaf: Bool { self?.isDeaf ?? true }
  fileprivate var hasEnded: Bool { self?.hasEnded ?? true }
  fileprivate var hasLeftNobody: Bool { self?.hasLeftNobody ?? true }
  fileprivate var isToBeTerminated: Bool { self?.isToBeTerminated ?? false }
  /// Whether nobody is left of it, or it was not asked to end.
  fileprivate var hasEndedWhenAsked: Bool { hasLeftNobody || !isToBeTerminated }
}
