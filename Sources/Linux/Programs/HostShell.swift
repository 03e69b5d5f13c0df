// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A command of a person's own in a host, with the terminal that this process is called from.
///
/// It has a PID namespace of its own: all that it starts ends with it, and it ends with this process.
public struct HostShell: ~Copyable {
  private let process: Descriptor
  private let number: Int32
  private let terminal: TerminalState?

  /// The number to wait on for its end.
  public var rawDescriptor: Int32 { process.rawValue }

  /// Starts a command in the namespaces of another process, its own network namespaces held by descriptors there; this
  /// process is in them too from then on. To be called before any thread is started.
  ///
  /// - Throws: `EPERM` without CAP_SYS_ADMIN in them, and the other errors of open(2), setns(2) and clone(2).
  public init(
    _ arguments: [String], environment: [(name: String, value: String)], host name: String,
    network descriptor: Int32, of process: Int32
  ) throws(SystemError) {
    let network = try Descriptor.open("/proc/\(process)/fd/\(descriptor)", O_RDONLY)
    let user = try Descriptor.open("/proc/\(process)/ns/user", O_RDONLY)
    let own = try Descriptor.open("/proc/self/ns/user", O_RDONLY)
    let isOwn = try user.inode() == own.inode()
    let state = TerminalState()
    TerminalState.ignoreSignals()
    var opened: Int32 = -1
    let variables = environment.map { "\($0.name)=\($0.value)" }
    let started = Self.withStrings(arguments) { words in
      Self.withStrings(variables) { variables in
        clinux_start_in_host(
          isOwn ? -1 : user.rawValue, network.rawValue, name, words, variables, &opened)
      }
    }
    let child = try systemCall("clone3(CLONE_NEWPID|CLONE_NEWNS)") { started }
    number = child
    terminal = state
    self.process = Descriptor(owning: opened)
  }

  /// Ends it and all that it has started, where it has not ended, and gives the terminal back as it was.
  ///
  /// - Returns: its status: of a signal, 128 and its number.
  /// - Throws: the errors of waitpid(2).
  public consuming func end() throws(SystemError) -> Int32 {
    _ = clinux_pidfd_send_signal(process.rawValue, SIGKILL)
    var status: Int32 = 0
    try systemCall("waitpid") { waitpid(number, &status, 0) }
    terminal?.restore()
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  private static func withStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeBufferPointer { buffer in
      guard let first = buffer.baseAddress else { preconditionFailure("a list ends with nil") }
      return body(first)
    }
  }
}
