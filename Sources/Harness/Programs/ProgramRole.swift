// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// A program under test in its host, from its start until nothing is left of it.
struct ProgramRole: ~Copyable {
  private let role: RunRole
  private let scenario: Scenario
  private var program: ConfinedProgram
  private var sockets: ProgramSockets
  /// What it needs to be ready for: what the messages to it ask of a socket.
  private let needs: [ListedSocket.Need]
  /// Those of them that it is held to before anything is sent.
  private let firstNeeds: [ListedSocket.Need]
  /// Those of which it was seen to have a socket.
  private var metNeeds: Set<ListedSocket.Need> = []
  /// Until when each of the others is awaited.
  private var patience: [ListedSocket.Need: Deadline] = [:]
  /// The numbers of the messages to it, by what they need.
  private let numbers: [ListedSocket.Need: Set<Int>]
  /// Whether anything may be sent to it, since no message says what is.
  private let isOpenToAll: Bool

  /// What was seen of it so far.
  private var record = ProgramRecord()
  /// When it is worth listing again what sockets it has.
  private var nextDescription = Deadline(after: pauseOfDescriptions)

  private static let pauseOfDescriptions = Duration.milliseconds(100)

  /// Starts the program of a host, beside sockets that are no program's.
  ///
  /// - Throws: the call that failed, of which `execve` and `chdir` are about the program, and the others about
  ///   this machine.
  init(
    _ role: RunRole, of host: HostName, in scenario: Scenario, _ end: borrowing CableEnd,
    from peer: MACAddress, beside others: Set<UInt64>, with resources: RunResources, until deadline: Deadline
  ) throws(SystemError) {
    let (needs, numbers) = scenario.needs(of: host)
    firstNeeds = scenario.firstNeeds(of: host, among: needs, numbers)
    isOpenToAll = scenario.exchange.isEmpty && host == .receiver
    let asked = Self.asked(role, needs, isOpenToAll: isOpenToAll)
    let begun = try BegunProgram(
      ProgramLaunch(role, in: scenario.file.folder, with: resources), in: end.space)
    // While it is being started.
    let known = try ProgramSockets(
      in: end.space, beside: others, for: needs, asking: asked, at: end.link,
      behind: EthernetHeader(destination: end.mac, source: peer))
    var started = try ConfinedProgram(begun, until: deadline)
    switch role.ready {
    case .stdout(let text): started.look(for: text, in: .standardOutput)
    case .stderr(let text): started.look(for: text, in: .standardError)
    case .listening, .descriptor, nil: break
    }
    let expectation = scenario.expectation(of: host)
    started.count(expectation.stdout?.value.texts ?? [], in: .standardOutput)
    started.count(expectation.stderr?.value.texts ?? [], in: .standardError)
    sockets = known
    program = started
    (self.needs, self.numbers) = (needs, numbers)
    self.role = role
    self.scenario = scenario
    record.confinesFiles = resources.confinesFiles
  }

  /// Of which sockets somebody will ask while it runs well; nil for none.
  private static func asked(
    _ role: RunRole, _ needs: [ListedSocket.Need], isOpenToAll: Bool
  ) -> HostSockets.Choice? {
    if case .listening = role.ready { return .listening }
    if isOpenToAll || needs.contains(where: { $0.choice != .whole }) { return .all }
    return needs.isEmpty ? nil : .whole
  }

  // MARK: - While it runs

  /// How it is at this moment.
  var status: Status {
    Status(
      record: record, role: role, expectsPackets: !needs.isEmpty, hasLeftNobody: program.hasLeftNobody,
      readable: program.readable, writable: program.writable)
  }

  /// How a program is at a moment.
  struct Status {
    /// What was seen of it so far.
    let record: ProgramRecord
    /// What the file says of it.
    let role: RunRole
    /// Whether messages go to it.
    let expectsPackets: Bool
    /// Whether the program and all that it started have ended.
    let hasLeftNobody: Bool
    /// The descriptors that can be read when there is something to update.
    let readable: [Int32]
    /// The descriptors that can be written to when there is something to update.
    let writable: [Int32]

    /// Whether the program itself has ended.
    var hasEnded: Bool { record.end != nil }
    /// Whether nothing more comes of it: it has ended, and what it left to run on too, where it may leave something.
    var isOver: Bool { role.stop == .terminate ? hasLeftNobody : hasEnded }
    /// Whether it will send no more of what is typed to it: it is over, or reads no more.
    var isDeaf: Bool { isOver || record.refusedInput != nil }
  }

  /// Takes what the program has printed and how it has ended, without waiting.
  mutating func update() throws(SystemError) {
    try program.update()
    record.end = program.end.map(ProgramEnd.init)
    if program.refusesInput { try noteRefusal(before: "it had read all that was typed") }
    if program.hasLeftNobody { try sockets.closeAll(program) }
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

  // MARK: - What it can be sent

  /// Looks whether it is ready now: by what it says, or else by a socket for what the messages need that come before its
  /// own; in lockstep for the first of them.
  ///
  /// One that messages go to before it speaks, and that has ended, is not ready, whatever it has said.
  mutating func checkReadiness() throws(SystemError) -> Bool {
    record.hasSaidReady = try hasSign()
    record.isReady = record.hasSaidReady && (firstNeeds.isEmpty || !status.isOver)
    if record.isReady { record.forgetSockets() }
    return record.isReady
  }

  private mutating func hasSign() throws(SystemError) -> Bool {
    switch role.ready {
    case .stdout: return program.standardOutput.hasText
    case .stderr: return program.standardError.hasText
    case .descriptor: return program.hasSaidReady
    case .listening(let port): return try sockets.listens(at: UInt16(port))
    case nil:
      if isOpenToAll { return try sockets.canReceive() || status.isOver }
      for need in firstNeeds {
        guard try sockets.takers(of: need, program).isEmpty else {
          metNeeds.insert(need)
          continue
        }
        // To list all that it has takes longer than to look for one.
        if nextDescription.hasPassed { try describeSockets(lacking: need) }
        return false
      }
      return true
    }
  }

  private mutating func describeSockets(lacking need: ListedSocket.Need? = nil) throws(SystemError) {
    let others = try sockets.others(lacking: need)
    record.openSockets = others.map(\.description)
    record.openPorts = others.reduce(into: [:]) { ports, other in
      if let number = other.number, ports[number] == nil { ports[number] = other.port }
    }
    record.neededSocket = need.map { ProgramRecord.NeededSocket(protocol: $0.number, text: $0.description) }
    nextDescription = Deadline(after: Self.pauseOfDescriptions)
  }

  /// Whether it has a socket now that a message can be handed to; else what it has is described.
  mutating func hasSocket(for need: ListedSocket.Need) throws(SystemError) -> Bool {
    let isTaken = try !sockets.takers(of: need, program).isEmpty
    if isTaken { metNeeds.insert(need) }
    if !isTaken, record.openSockets.isEmpty || nextDescription.hasPassed {
      try describeSockets(lacking: need)
    }
    return isTaken
  }

  /// Whether it may still open a socket that it was not held to before the exchange began: it opens that when it speaks.
  ///
  /// From when it was asked first it has a while for it.
  mutating func mayOpenSocket(for need: ListedSocket.Need) -> Bool {
    guard role.ready == nil, !firstNeeds.contains(need), !metNeeds.contains(need), !status.isOver else {
      return false
    }
    // In a burst nothing that it has sent by then shows that it has come so far.
    let longest =
      scenario.pacing == .burst ? scenario.timeout / 2 : min(Self.longestOpening, scenario.timeout / 4)
    let patience = patience[need] ?? Deadline(after: longest)
    self.patience[need] = patience
    return !patience.hasPassed
  }

  private static let longestOpening = Duration.seconds(1)

  /// Whether a message that was handed to it behind a marker was read, or it has no socket for it any more.
  mutating func hasRead(_ need: ListedSocket.Need, after marker: UInt64) throws(SystemError) -> Bool {
    try sockets.haveRead(need, after: marker, program)
  }

  /// Whether it has read all that its connections were handed.
  func hasReadStreams() throws(SystemError) -> Bool { try sockets.haveReadStreams() }

  /// Notes up to which number messages were begun, and up to which nothing more can come of them.
  mutating func note(begun: Int, over: Int) { sockets.note(begun: begun, over: over) }

  /// Types some bytes, if messages are typed to it and it runs still.
  ///
  /// - Throws: the errors of write(2).
  mutating func type(_ bytes: [UInt8], named name: String) throws(SystemError) {
    guard role.isTypedTo, record.end == nil, record.refusedInput == nil else { return }
    try program.type(bytes)
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

  /// Whether all that is expected of its output is there, or can be no more.
  func hasPrinted(_ expectation: RoleExpectation) -> Bool {
    expectation.isSettled(PrintedOutput(program.standardOutput), PrintedOutput(program.standardError))
  }

  /// Ends what is left of it, and records what it printed, what it left unread and what outlived it.
  mutating func finish() throws(SystemError) {
    try update()
    if !record.isReady && (role.ready != nil || record.end == nil) {
      try describeSockets(lacking: role.ready == nil ? firstNeeds.first : nil)
    }
    record.unreadInput = program.unreadInput
    try sockets.closeAll(program)
    record.sockets = try sockets.records(numbers) { number in
      let message = scenario.exchange[number - 1]
      let packet = message.saysPayload(in: scenario) ? message.packet(in: scenario) : nil
      // A longer one comes in pieces.
      return packet.flatMap { $0.bytes.count <= scenario.network.mtu ? $0 : nil }
    }
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
  fileprivate init(_ role: RunRole, in folder: String, with resources: RunResources) {
    let user =
      switch role.user {
      case .invoker: UserIdentity.invoker
      case .root: UserIdentity.root
      }
    self.init(
      arguments: role.arguments,
      environment: ProgramEnvironment.variables(for: user, declared: role.environment)
        + (role.ready == .descriptor ? [ProgramLaunch.readyVariable] : []),
      directory: folder, capabilities: role.capabilities.map(\.number), user: user,
      processors: resources.processors, input: role.firstInput, endsInput: !role.isTypedTo,
      saysReady: role.ready == .descriptor)
    if resources.confinesFiles { writableFolders = Self.ownAndShared }
  }

  /// Its own folder, those for what lasts no longer than a boot, devices, and its host's settings.
  private static let ownAndShared = [".", "/tmp", "/var/tmp", "/dev", "/proc/sys/net"]
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
    self.init(
      head: output.head, tail: output.tail, total: output.total, textsFound: output.textsFound,
      arrivals: output.arrivals.map { Arrival(offset: $0.offset, timestamp: $0.timestamp) })
  }
}

extension ProcessDescription {
  fileprivate var survivor: ProgramRecord.Survivor {
    ProgramRecord.Survivor(pid: number, arguments: arguments)
  }
}
