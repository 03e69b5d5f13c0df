// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization

/// How a program ended.
public enum ConfinedEnd: Hashable, Sendable {
  /// It exited with this status, 0…255.
  case exited(Int)
  /// A signal of this name ended it, `SIGTERM` (signal(7)).
  case signalled(String)

  /// Reads a wait status (wait(2)).
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    if signal == 0 {
      self = .exited(Int(waitStatus >> 8 & 0xff))
    } else {
      let name = clinux_signal_name(signal).map { String(cString: $0) } ?? "\(signal)"
      self = .signalled("SIG\(name)")
    }
  }
}

/// A program that runs under an init of its own in a new PID namespace (pid_namespaces(7)).
///
/// Nothing that it starts outlives this value: when init ends, or this process does, even by SIGKILL, the kernel
/// kills everything in the namespace, whatever it has done to get away.
public struct ConfinedProgram: ~Copyable {
  private var process: ProgramInit
  private var input: ProgramInput
  private var output: Descriptor?
  private var errors: Descriptor?
  private var news: Descriptor?
  private var ready: Descriptor?

  /// What it wrote to its standard output so far.
  public private(set) var standardOutput = ProgramOutput()
  /// What it wrote to its standard error so far.
  public private(set) var standardError = ProgramOutput()
  /// How the program itself ended, where it did.
  public private(set) var end: ConfinedEnd?
  /// Whether it has written a line to the descriptor by which it says that it is ready.
  public private(set) var hasSaidReady = false

  /// Starts a program in a network namespace; returns when it runs.
  ///
  /// - Throws: as `BegunProgram.init`, and as the start of one that was begun.
  public init(
    _ launch: ProgramLaunch, in space: borrowing NetworkNamespace, until deadline: Deadline
  ) throws(SystemError) {
    try self.init(BegunProgram(launch, in: space), until: deadline)
  }

  /// Takes a program that was begun; returns when it runs.
  ///
  /// It has the rights that the launch says: its capabilities alone, no new ones by execve(2), no supplementary
  /// groups; a session of its own, no descriptors but its standard streams, no core dumps, and limits on
  /// processes (4,096, which do not bind the superuser), open files (1,024) and the size of files (64 MiB).
  ///
  /// - Throws: the call that failed on the way, of which `execve` is about the program itself; `ETIMEDOUT` past the
  ///   deadline.
  public init(_ begun: consuming BegunProgram, until deadline: Deadline) throws(SystemError) {
    try begun.failure.awaitSilentEnd(until: deadline)
    input = begun.input
    output = begun.output
    errors = begun.errors
    news = begun.news
    ready = begun.ready
    process = begun.process
  }

  // MARK: - While it runs

  /// The streams on which it prints.
  public enum Stream: Sendable {
    case standardOutput
    case standardError
  }

  /// Counts texts in all that it prints on a stream from now on, each behind the one before it
  /// (`ProgramOutput.textsFound`).
  public mutating func count(_ texts: [String], in stream: Stream) {
    let texts = texts.map { Array($0.utf8) }
    switch stream {
    case .standardOutput: standardOutput.count(texts)
    case .standardError: standardError.count(texts)
    }
  }

  /// Looks for a text in all that it prints on a stream from now on (`ProgramOutput.hasText`).
  public mutating func look(for text: String, in stream: Stream) {
    switch stream {
    case .standardOutput: standardOutput.look(for: Array(text.utf8))
    case .standardError: standardError.look(for: Array(text.utf8))
    }
  }

  /// The descriptors that end a wait for something to read when there is output, news of an end, or nobody any more
  /// who reads what is typed.
  public var readable: [Int32] {
    [output.number, errors.number, news.number, ready.number, input.closing].compactMap { $0 }
  }

  /// The descriptors that can be written to when there is room for what was typed and not yet taken.
  public var writable: [Int32] { [input.descriptor].compactMap { $0 } }

  /// Whether the program and all that it started have ended.
  public var hasLeftNobody: Bool { news == nil }

  /// Whether the program closed its standard input and had not read all that was typed to it.
  public var refusesInput: Bool { input.isRefused }

  /// How many bytes that were typed it has not read, or had not when it closed its standard input.
  public var unreadInput: Int { input.unread }

  /// Takes what there is of output and news, and types on; never waits.
  ///
  /// - Throws: the errors of read(2) and write(2).
  public mutating func update() throws(SystemError) {
    try input.write()
    // The news first: what a program printed before its end is in the pipes when its end is known.
    let told = try Self.drain(&news)
    if try Self.drain(&ready).contains(UInt8(ascii: "\n")) { hasSaidReady = true }
    standardOutput.append(try Self.drain(&output))
    standardError.append(try Self.drain(&errors))
    if told.count == MemoryLayout<Int32>.size {
      end = ConfinedEnd(waitStatus: told.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) })
    }
  }

  /// Types bytes to its standard input; what the pipe has no room for is typed by the next updates.
  ///
  /// - Throws: the errors of write(2).
  public mutating func type(_ bytes: [UInt8]) throws(SystemError) {
    try input.type(bytes)
  }

  /// Lets it read the end of the file behind what was typed.
  ///
  /// - Throws: the errors of write(2).
  public mutating func closeInput() throws(SystemError) {
    try input.close()
  }

  /// A copy of a socket that it, or a process that it started, has; nil where none has it or it may not be copied.
  public func hold(_ inode: UInt64) -> HeldSocket? { HeldSocket(inode, below: process.number) }

  /// The processes of the namespace that still run, beside its init.
  public func processesLeft() -> [ProcessDescription] { ProcessDescription.descendants(of: process.number) }

  // MARK: - Its end

  /// Asks every process of the namespace to end, by SIGTERM.
  ///
  /// - Throws: the error of pidfd_send_signal(2).
  public func terminate() throws(SystemError) {
    // Where init has ended there is nobody to be asked.
    guard !hasLeftNobody else { return }
    try process.terminate()
  }

  /// Ends every process of the namespace by SIGKILL, and returns when none is left.
  ///
  /// - Throws: `ETIMEDOUT` where the kernel cannot end one, and the errors of pidfd_send_signal(2) and waitid(2).
  public mutating func kill() throws(SystemError) {
    try process.kill()
  }

  private static let mostReads = 16

  /// Takes what a pipe holds, and no more than 1 MiB of one that is filled again and again; closes our end when
  /// the other is closed.
  private static func drain(_ pipe: inout Descriptor?) throws(SystemError) -> [UInt8] {
    var taken: [UInt8] = []
    for _ in 0..<mostReads {
      switch try pipe?.readPipe() {
      case .bytes(let bytes): taken += bytes
      case .end:
        pipe = nil
        return taken
      case .nothingYet, nil: return taken
      }
    }
    return taken
  }
}

extension Descriptor? {
  /// The number of a descriptor that is open still.
  var number: Int32? {
    switch self {
    case .some(let descriptor): descriptor.rawValue
    case .none: nil
    }
  }
}

/// A program that was just begun, and our ends of its pipes.
public struct BegunProgram: ~Copyable {
  fileprivate let process: ProgramInit
  fileprivate let input: ProgramInput
  fileprivate let output: Descriptor?
  fileprivate let errors: Descriptor?
  fileprivate let news: Descriptor?
  /// On which it tells that it is ready, where it does.
  fileprivate let ready: Descriptor?
  /// On which it tells what failed before the program ran.
  fileprivate let failure: Descriptor

  /// Begins to start a program in a network namespace; whether it runs is for a `ConfinedProgram` to say.
  ///
  /// - Throws: the errors of pipe2(2) and clone(2).
  public init(_ launch: ProgramLaunch, in space: borrowing NetworkNamespace) throws(SystemError) {
    var typed = try ProgramInput(typing: launch.input, isLast: launch.endsInput)
    let standardOutput = try ProgramPipe(.fromProgram)
    let standardError = try ProgramPipe(.fromProgram)
    let newsPipe = try ProgramPipe(.fromProgram)
    let failurePipe = try ProgramPipe(.fromProgram)
    let readyPipe = launch.saysReady ? try ProgramPipe(.fromProgram) : nil
    let ends = ProgramLaunch.Ends(
      input: typed.theirs, output: standardOutput.theirs.rawValue, errors: standardError.theirs.rawValue,
      news: newsPipe.theirs.rawValue, failure: failurePipe.theirs.rawValue,
      ready: readyPipe.theirs)
    process = ProgramInit(try ProgramStarter.start(launch, in: space, ends))
    typed.closeTheirs()
    input = typed
    output = standardOutput.takeOurs()
    errors = standardError.takeOurs()
    news = newsPipe.takeOurs()
    ready = readyPipe.takeOurs()
    failure = failurePipe.takeOurs()
  }
}

extension ProgramPipe? {
  /// The number of the program's end.
  fileprivate var theirs: Int32? {
    switch self {
    case .some(let pipe): pipe.theirs.rawValue
    case .none: nil
    }
  }

  /// Our end alone, with the program's closed on this side.
  fileprivate consuming func takeOurs() -> Descriptor? {
    switch consume self {
    case .some(let pipe): pipe.takeOurs()
    case .none: nil
    }
  }
}
