// SPDX-License-Identifier: Apache-2.0

import Wire

/// What was seen of a program under test, before anybody judges it.
public struct ProgramRecord: Sendable {
  /// Why it could not be started; nil where it was.
  public var startFailure: StartFailure?
  /// Whether it was seen to be ready.
  public var isReady = false
  /// Whether it has shown that it was ready, even if it had ended when that was seen.
  public var hasSaidReady = false
  /// Whether it may change files in few folders alone.
  public var confinesFiles = false
  /// How it ended; nil where it had to be killed.
  public var end: ProgramEnd?
  /// For how long its end was awaited after it was asked to end by SIGTERM; nil where it was not.
  public var termination: Duration?
  /// What it was no more there to read although it still ran, in words: `message 3`.
  public var refusedInput: String?
  /// How many bytes that were typed to it it never read.
  public var unreadInput = 0
  /// The sockets that messages to it could be handed to, and what became of those.
  public var sockets: [ProgramSocket] = []
  /// The sockets that it had where it was not ready, in words.
  public var openSockets: [String] = []
  /// The first of its ports of UDP (17) and of those at which it listened for TCP (6), where it was not ready.
  public var openPorts: [UInt8: UInt16] = [:]
  /// What the message needed of a socket that it had none for; nil where none was lacking.
  public var neededSocket: NeededSocket?
  /// What it printed on its standard output.
  public var stdout = PrintedOutput()
  /// What it printed on its standard error.
  public var stderr = PrintedOutput()
  /// The processes that outlived it, and SIGTERM if they were asked to end, as far as they can be listed.
  public var survivors: [Survivor] = []
  /// Whether any process did, listed or not.
  public var leftSomebody = false

  /// The record of a program of which nothing was seen yet.
  public init() {}

  /// What a message needed of a socket.
  public struct NeededSocket: Hashable, Sendable {
    /// The IP protocol.
    public let `protocol`: UInt8
    /// In words: `UDP from 1.1.1.100:40000 to 1.1.1.1:7777`.
    public let text: String

    /// Says what was needed.
    public init(`protocol`: UInt8, text: String) {
      (self.protocol, self.text) = (`protocol`, text)
    }
  }

  /// Forgets what it had of sockets: it has what it needs.
  public mutating func forgetSockets() {
    (openSockets, openPorts, neededSocket) = ([], [:], nil)
  }

  /// A program that could not be started.
  public struct StartFailure: Hashable, Sendable {
    /// The error's name, `ENOENT`.
    public let errno: String
    /// Whether running the program itself failed, rather than what comes before it.
    public let isOfProgram: Bool
    /// Whether the program's file is there, and what it is to be run by is not.
    public let lacksInterpreter: Bool
    /// The call and the error in words.
    public let description: String
    /// Whether a file of its name lies beside the scenario file, where it is not looked for.
    public var liesBeside = false
    /// Whether its name is a folder's.
    public var isFolder = false
    /// Whether its file is there, and nobody may run it.
    public var lacksPermission = false

    /// Records a failure.
    public init(errno: String, isOfProgram: Bool, lacksInterpreter: Bool = false, description: String) {
      self.errno = errno
      self.isOfProgram = isOfProgram
      self.lacksInterpreter = lacksInterpreter
      self.description = description
    }
  }

  /// A process that outlived the program that started it.
  public struct Survivor: Hashable, Sendable {
    /// Its number as the machine counts.
    public let pid: Int32
    /// Its arguments.
    public let arguments: [String]

    /// Records a process.
    public init(pid: Int32, arguments: [String]) {
      self.pid = pid
      self.arguments = arguments
    }
  }
}

/// A socket of a program under test that messages could be handed to.
public struct ProgramSocket: Hashable, Sendable {
  /// The socket in words: `a raw socket of protocol 253`.
  public let name: String
  /// Whether what it is handed no other socket is handed too, as of UDP.
  public var isHandedAlone: Bool
  /// How much memory what it was handed may take, in bytes; nil where nobody knows.
  public var room: Int?
  /// How many packets it dropped for want of room.
  public var dropped = 0
  /// How much memory what it was handed and the program had not read took when it was looked at last, in bytes.
  public var queued = 0
  /// When it was seen that the program had closed it, in nanoseconds of the epoch; nil where it never was.
  public var closed: UInt64?
  /// The numbers of the messages that could be handed to it.
  public var messages: Set<Int> = []
  /// The numbers of those that only its filter kept from it (`SO_ATTACH_FILTER`, socket(7)).
  public var refused: Set<Int> = []
  /// The packets that the program never read, each of IPv4 from its header on, and of IPv6 from behind its headers, of
  /// which a raw socket is not told; nil where nobody knows.
  public var unread: [[UInt8]]?
  /// Those of them that kernels send by themselves.
  public var housekeeping: Set<[UInt8]> = []

  /// The record of a socket of which nothing was seen yet.
  public init(name: String, isHandedAlone: Bool = false) {
    self.name = name
    self.isHandedAlone = isHandedAlone
  }
}

/// How a program ended.
public enum ProgramEnd: Hashable, Sendable {
  /// It exited with this status.
  case exited(Int)
  /// A signal of this name ended it, `SIGKILL`.
  case signalled(String)
}

/// What a program printed on one stream: all of it, or of much the beginning and the end.
public struct PrintedOutput: Hashable, Sendable {
  /// The first bytes.
  public let head: [UInt8]
  /// The last bytes, as far as they are not in `head`.
  public let tail: [UInt8]
  /// How many bytes there were in all.
  public let total: UInt64
  /// How many of the texts that it is to contain have come, each behind the one before it, kept or not.
  public let textsFound: Int
  /// When it came, as far as that is kept: the last of them stands for all behind it.
  public let arrivals: [Arrival]

  /// A stretch of an output that came at once.
  public struct Arrival: Hashable, Sendable {
    /// Its first byte, from 0.
    public let offset: UInt64
    /// When it was read, in nanoseconds of the epoch.
    public let timestamp: UInt64

    /// Records when a stretch came.
    public init(offset: UInt64, timestamp: UInt64) {
      self.offset = offset
      self.timestamp = timestamp
    }
  }

  /// Records an output, which is empty where nothing is given.
  public init(
    head: [UInt8] = [], tail: [UInt8] = [], total: UInt64 = 0, textsFound: Int = 0, arrivals: [Arrival] = []
  ) {
    self.head = head
    self.tail = tail
    self.total = total
    self.textsFound = textsFound
    self.arrivals = arrivals
  }

  /// Whether every byte was kept.
  var isWhole: Bool { UInt64(head.count + tail.count) == total }

  /// Whether a text is among the bytes that were kept.
  func keeps(_ text: [UInt8]) -> Bool {
    if isWhole { return (head + tail).firstPlace(of: text) != nil }
    return head.firstPlace(of: text) != nil || tail.firstPlace(of: text) != nil
  }

  /// The bytes that were kept; where some are missing, a line says so.
  public var kept: [UInt8] {
    let missing = total - UInt64(head.count + tail.count)
    return missing == 0 ? head + tail : head + Array("\n[\(missing) bytes are not kept]\n".utf8) + tail
  }
}
