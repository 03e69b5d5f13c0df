// SPDX-License-Identifier: Apache-2.0

/// A program under test, run in its host.
public struct RunRole: Sendable {
  /// What is typed to the program's standard input.
  public enum Input: Sendable {
    /// Nothing: it reads the end of the file at once.
    case none
    /// The text of each message of its host as a line, in step with the exchange.
    case exchange
    /// These lines, and then the end of the file.
    case lines([String])
  }

  /// How the program comes to its end.
  public enum Stop: String, CaseIterable, Sendable {
    /// By itself, once the exchange is over.
    case exit
    /// By SIGTERM after the exchange.
    case terminate
  }

  /// What shows that a program is ready.
  public enum Ready: Hashable, Sendable {
    /// It has printed this text on its standard output.
    case stdout(String)
    /// It has printed this text on its standard error.
    case stderr(String)
    /// The kernel lists a socket of the program at this port, 1…65535: of UDP, or of TCP that listens.
    case listening(port: Int)
    /// It has written a line to the descriptor whose number its environment has as `TWOHOST_READY_FD`.
    case descriptor
  }

  /// Whose rights the program has.
  public enum User: String, CaseIterable, Sendable {
    /// Those of whoever called sudo, else the current user's.
    case invoker
    /// Root's.
    case root
  }

  /// The program and its arguments; never empty.
  public internal(set) var arguments: [String] = []
  /// What is typed to it.
  public internal(set) var input = Located(Input.none)
  /// What the file adds to its environment, in order.
  public internal(set) var environment: [(name: String, value: String)] = []
  /// What shows that it is ready; nil where a socket shows it that the messages to it can be handed to.
  public internal(set) var ready: Ready?
  /// How it comes to its end.
  public internal(set) var stop = Stop.exit
  /// The capabilities it has; no others.
  public internal(set) var capabilities: [Capability] = [.netRaw]
  /// Whose rights it has.
  public internal(set) var user = User.invoker

  /// Whether each message of its host is typed to it.
  public var isTypedTo: Bool {
    if case .exchange = input.value { true } else { false }
  }
}

/// What must be seen of a program's end.
public enum ExitExpectation: Hashable, Sendable {
  /// It exits with this status, 0…255.
  case status(Int)
  /// A signal of this name ends it, `SIGTERM` (signal(7)).
  case signal(String)
  /// Whatever status or signal it ends with.
  case any
}

/// What a program may leave unread of what was typed to it and of the packets that its sockets were handed.
public enum UnreadExpectation: String, CaseIterable, Hashable, Sendable {
  /// Nothing: it reads all of it.
  case nothing = "none"
  /// As much as it likes.
  case anything = "any"
}

/// What a program must have printed.
public enum OutputMatcher: Hashable, Sendable {
  /// This and nothing else.
  case equals(String)
  /// These, in this order, whatever stands between them.
  case contains([String])
  /// These lines and no others; the last needs no line end.
  case lines([String])

  /// The texts that it looks for, in order, wherever they stand; none where it asks for the whole output.
  public var texts: [String] {
    if case .contains(let texts) = self { texts } else { [] }
  }
}
