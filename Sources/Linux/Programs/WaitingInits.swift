// SPDX-License-Identifier: Apache-2.0

import CLinux

/// The inits that wait for a program each, and those that the starter was asked to make: one for each set of
/// capabilities that a program had.
struct WaitingInits: ~Copyable {
  private let starter: Descriptor
  /// Those that have come, the oldest first.
  private var waiting: [InitProcess] = []
  /// For which capabilities inits were asked for that have not come, in order.
  private var asked: [UInt64] = []

  /// How many there are at most: seldom do the programs of a run differ much in their capabilities.
  private static let most = 8

  /// Asks a starter for them.
  init(from starter: consuming Descriptor) { self.starter = starter }

  /// An init for a program with these capabilities at most; another one is made for the next.
  ///
  /// - Throws: the errors of clone(2), and `EPIPE` where the starter has ended.
  mutating func take(for capabilities: UInt64) throws(SystemError) -> InitProcess {
    let spare = try takeSpare(for: capabilities)
    let taken = if let spare { spare } else { try make(for: capabilities) }
    try ask(for: capabilities)
    if waiting.count + asked.count > Self.most { try dropOldest() }
    return taken
  }

  /// One that was made before; those that ended meanwhile are passed over.
  private mutating func takeSpare(for capabilities: UInt64) throws(SystemError) -> InitProcess? {
    while true {
      if let place = waiting.firstIndex(where: { $0.capabilities == capabilities }) {
        let spare = waiting.remove(at: place)
        if try !spare.hasEnded() { return spare }
      } else if asked.contains(capabilities) {
        try receiveNext()
      } else {
        return nil
      }
    }
  }

  private mutating func make(for capabilities: UInt64) throws(SystemError) -> InitProcess {
    try ask(for: capabilities)
    while asked.count > 1 { try receiveNext() }
    return try receive()
  }

  private mutating func ask(for capabilities: UInt64) throws(SystemError) {
    try systemCall("sendmsg(the starter of programs)") { clinux_ask_for_init(starter.rawValue, capabilities) }
    asked.append(capabilities)
  }

  /// Awaits the first of those that were asked for.
  private mutating func receive() throws(SystemError) -> InitProcess {
    let capabilities = asked.removeFirst()
    var (process, socket): (Int32, Int32) = (-1, -1)
    let number = try systemCall("clone3(CLONE_NEWPID)") {
      clinux_await_init(starter.rawValue, &process, &socket)
    }
    return InitProcess(number, process: process, socket: socket, for: capabilities)
  }

  /// Takes the first of those that were asked for, where it could be made: what could not be a while ago may be now.
  private mutating func receiveNext() throws(SystemError) {
    do throws(SystemError) { waiting.append(try receive()) } catch  where error.errno != .brokenPipe {}
  }

  private mutating func dropOldest() throws(SystemError) {
    if waiting.isEmpty { try receiveNext() }
    waiting = Array(waiting.dropFirst())
  }
}
