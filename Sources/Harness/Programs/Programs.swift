// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// The programs under test of a case: in one host, in both, or in none.
struct Programs: ~Copyable {
  private var sender: ProgramRole?
  private var receiver: ProgramRole?
  private var failures: [HostName: ProgramRecord] = [:]

  /// A program that has ended is given this long for what it started to end too.
  private static let grace = Duration.milliseconds(200)
  private static let longestTermination = Duration.seconds(2)
  /// No event tells that a socket was opened, so it is looked for again after a pause: a part of the time that the
  /// program has taken so far, since what takes long should not be held up by being looked at.
  private static let patience = 32
  private static let shortestPause = Duration.microseconds(250)
  private static let longestPause = Duration.milliseconds(1)

  // MARK: - The beginning

  /// Starts the programs of a scenario, the receiver's first, and awaits each until it is ready.
  ///
  /// - Returns: whether the exchange can begin.
  /// - Throws: when this machine cannot run any program.
  mutating func start(
    _ scenario: Scenario, _ hosts: borrowing HostPair, _ watch: inout Watch, on processors: CPUAffinity,
    until deadline: Deadline
  ) throws(SystemError) -> Bool {
    if let role = scenario.program(in: .receiver) {
      receiver = try start(
        role, of: .receiver, in: scenario, hosts.receiver.space, on: processors, until: deadline)
      guard try Self.awaitReadiness(&receiver, hosts, &watch, .receiver, until: deadline) else {
        return false
      }
    }
    if let role = scenario.program(in: .sender) {
      sender = try start(role, of: .sender, in: scenario, hosts.sender.space, on: processors, until: deadline)
      guard try Self.awaitReadiness(&sender, hosts, &watch, .sender, until: deadline) else { return false }
      // It was over before anybody saw that it was ready.
      if sender.status?.record.end == .exited(0) { sender?.countAsReady() }
    }
    return true
  }

  /// What the file or the machine is to blame for is recorded; nil then.
  private mutating func start(
    _ role: RunRole, of host: HostName, in scenario: Scenario, _ space: borrowing NetworkNamespace,
    on processors: CPUAffinity, until deadline: Deadline
  ) throws(SystemError) -> ProgramRole? {
    do throws(SystemError) {
      return try ProgramRole(role, in: scenario, space, on: processors, until: deadline)
    } catch  where ["execve", "execve(interpreter)", "chdir"].contains(error.call) {
      var record = ProgramRecord()
      record.startFailure = ProgramRecord.StartFailure(
        errno: error.errno.name, isOfProgram: error.call != "chdir",
        lacksInterpreter: error.call == "execve(interpreter)", description: error.description)
      failures[host] = record
      return nil
    }
  }

  /// Returns whether it is ready, or over: then its end tells whether the exchange can be judged.
  private static func awaitReadiness(
    _ role: inout ProgramRole?, _ hosts: borrowing HostPair, _ watch: inout Watch, _ host: HostName,
    until deadline: Deadline
  ) throws(SystemError) -> Bool {
    let start = RunClock.now
    var hasNews = true
    while true {
      if hasNews {
        try role?.update()
        try watch.collect(hosts)
      }
      guard try role?.checkReadiness() == false, let now = role.status, !now.isOver, !deadline.hasPassed
      else {
        break
      }
      let pause = min(max((RunClock.now - start) / patience, shortestPause), longestPause)
      hasNews = try hosts.wait(
        toRead: now.readable + hosts.captures, toWrite: now.writable,
        until: Deadline(after: min(pause, deadline.remaining)))
    }
    // What it sent before its end is in the capture when its end is known, and it had a socket for it.
    try watch.collect(hosts)
    if watch.hasSent(host) { role?.countAsReady() }
    guard let status = role.status else { return false }
    return status.record.isReady || status.isOver
  }

  // MARK: - While they run

  /// Whether a program runs, or ran, in a host.
  func runs(in host: HostName) -> Bool { status(in: host) != nil }

  /// Whether the program in a host will send no more of what is typed to it.
  func isDeaf(in host: HostName) -> Bool { status(in: host).isDeaf }

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
    let (line, name) = (play.message.payload.value, "message \(play.number) was typed")
    switch play.message.from.value {
    case .sender: try sender?.type(line, named: name)
    case .receiver: try receiver?.type(line, named: name)
    }
  }

  // MARK: - The end

  /// Awaits the programs' ends, and ends those that do not come to theirs; nothing is left of any then.
  mutating func end(
    _ hosts: borrowing HostPair, _ watch: inout Watch, until deadline: Deadline
  ) throws(SystemError) {
    try sender?.closeInput()
    try receiver?.closeInput()
    try wait(hosts, &watch, until: deadline, \.hasEndedByItself)
    try terminate(hosts, &watch, until: deadline)
    if sender.status.hasEnded && receiver.status.hasEnded {
      let end = Deadline(after: min(Self.grace, deadline.remaining))
      try wait(hosts, &watch, until: end, \.hasLeftNobody)
    }
    try kill()
  }

  /// Asks those to end that are to be asked, as long as the case has time for it.
  private mutating func terminate(
    _ hosts: borrowing HostPair, _ watch: inout Watch, until deadline: Deadline
  ) throws(SystemError) {
    guard !deadline.hasPassed else { return }
    let patience = min(Self.longestTermination, deadline.remaining)
    if sender.status.isToBeTerminated { try sender?.terminate(waiting: patience) }
    if receiver.status.isToBeTerminated { try receiver?.terminate(waiting: patience) }
    try wait(hosts, &watch, until: Deadline(after: patience), \.hasEndedWhenAsked)
  }

  /// Asks the programs to end, whatever they are at, and gives them a while for it.
  mutating func interrupt() throws(SystemError) {
    try sender?.terminate(waiting: Self.longestTermination)
    try receiver?.terminate(waiting: Self.longestTermination)
    let end = Deadline(after: Self.longestTermination)
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
    _ hosts: borrowing HostPair, _ watch: inout Watch, until deadline: Deadline,
    _ isOver: (ProgramRole.Status?) -> Bool
  ) throws(SystemError) {
    try update()
    while !isOver(sender.status) || !isOver(receiver.status), !deadline.hasPassed {
      try hosts.wait(toRead: readable + hosts.captures, toWrite: writable, until: deadline)
      try watch.collect(hosts)
      try update()
    }
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
}

/// Where no program runs, none is awaited.
extension ProgramRole.Status? {
  fileprivate var isDeaf: Bool { self?.isDeaf ?? true }
  fileprivate var hasEnded: Bool { self?.hasEnded ?? true }
  fileprivate var hasLeftNobody: Bool { self?.hasLeftNobody ?? true }
  fileprivate var isToBeTerminated: Bool { self?.stop == .terminate }
  /// Whether it has ended, or is to be asked to.
  fileprivate var hasEndedByItself: Bool { hasEnded || isToBeTerminated }
  /// Whether nobody is left of it, or it was not asked to end.
  fileprivate var hasEndedWhenAsked: Bool { hasLeftNobody || !isToBeTerminated }
}
