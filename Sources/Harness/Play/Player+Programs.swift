// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// What is awaited of programs while messages pass.
extension Player {
  /// Waits as long as something is lacking of a program that may still come, and takes what comes meanwhile.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline, with what is lacking.
  private mutating func wait(
    looking: Bool = false, _ lacking: (inout Player) throws(SystemError) -> String?
  ) throws(SystemError) {
    let looks = Looks()
    try programs.update()
    try stage.collect()
    while let what = try lacking(&self) {
      guard !deadline.hasPassed else { throw SystemError("ppoll", .timedOut, detail: what) }
      try stage.wait(
        toRead: programs.readable, toWrite: programs.writable,
        until: looking ? looks.next(before: deadline) : deadline)
      try programs.update()
    }
  }

  /// Awaits that a program has sent a message, unless it is not to: that is known only when the program has ended.
  mutating func awaitPacket(of play: Play) throws(SystemError) {
    let host = play.message.from.value
    guard programs.runs(in: host) else { return }
    record.awaitedSender = host
    try wait { player throws(SystemError) in
      let isDeaf = player.programs.isDeaf(in: host)
      // What a program sent before its end is in the capture when its end is known.
      if isDeaf { try player.stage.collect() }
      let lacking = player.stage.watch.awaited.lacking(of: play)
      return isDeaf ? nil : lacking.map { "\($0) from the program" }
    }
    record.awaitedSender = nil
  }

  /// Whether the program in a message's host has a socket now that can be handed it; nil where none runs there, nobody
  /// asks, or nobody knows when it is sent: a program that is not typed to sends it when it likes.
  mutating func hasTaker(_ message: Message) throws(SystemError) -> Bool? {
    let host = message.from.value.other
    guard mustBeRead(message), !isSentAtWill(message) else { return nil }
    let need = ListedSocket.Need(message, in: scenario)
    try awaitSocket(for: need, in: host)
    return try programs.hasSocket(for: need, in: host)
  }

  /// Awaits a socket that a program may open only when it speaks, and may be about to.
  private mutating func awaitSocket(for need: ListedSocket.Need, in host: HostName) throws(SystemError) {
    let looks = Looks()
    while try !programs.hasSocket(for: need, in: host), programs.mayOpenSocket(for: need, in: host),
      !deadline.hasPassed
    {
      try stage.wait(
        toRead: programs.readable, toWrite: programs.writable, until: looks.next(before: deadline))
      try programs.update()
    }
  }

  /// Whether a program is to be handed a message, and to read it.
  private func mustBeRead(_ message: Message) -> Bool {
    let host = message.from.value.other
    return programs.runs(in: host) && message.isToBeRead && message.expect.mustBeSeen(at: .delivered)
      && scenario.expectation(of: host).unread.value == .nothing
  }

  /// Notes how the sockets of the program in a message's host stand.
  mutating func lookAtSockets(for message: Message) throws(SystemError) {
    let host = message.from.value.other
    guard programs.runs(in: host), message.expect.mustBeSeen(at: .delivered) else { return }
    _ = try programs.hasSocket(for: ListedSocket.Need(message, in: scenario), in: host)
  }

  /// Whether a program sends a message when it likes.
  func isSentAtWill(_ message: Message) -> Bool {
    scenario.program(in: message.from.value)?.isTypedTo == false
  }

  /// Notes that nothing more can come of what was played up to a play: not that its message is over, where that is to be
  /// repeated, and of none where a cable may hold them back.
  mutating func noteOver(upTo play: Play?) {
    guard let play else { return }
    let isLast = play.repetition == play.message.repetitions
    let over = isLast ? play.number : play.number - 1
    programs.note(begun: play.number, over: scenario.network.cable == nil ? over : 0)
  }

  /// Awaits that the program in a message's host has read it, or has no socket for it any more.
  mutating func awaitReading(of play: Play, after marker: UInt64, named name: String? = nil)
    throws(SystemError)
  {
    let host = play.message.from.value.other
    let need = ListedSocket.Need(play.message, in: scenario)
    try wait(looking: true) { player throws(SystemError) in
      // Where it has ended, what it left unread is in its socket's copy.
      if player.programs.isOver(in: host) { return nil }
      return try player.programs.hasRead(need, after: marker, in: host)
        ? nil : "the \(host.rawValue) to read \(name ?? play.title)"
    }
  }

  /// Awaits that the programs have read all messages that were played: once for each socket that they need.
  mutating func awaitReadingOfAll(after marker: UInt64) throws(SystemError) {
    var known: Set<ListedSocket.Need> = []
    for (play, seen) in zip(scenario.plays, record.messages)
    where seen.hasTaker != false && mustBeRead(play.message) {
      guard known.insert(ListedSocket.Need(play.message, in: scenario)).inserted else { continue }
      try awaitReading(of: play, after: marker, named: "what it was sent")
    }
  }

  /// Awaits what a program is to send back on a message's account.
  mutating func awaitAnswers(to play: Play, after sentBefore: Int) throws(SystemError) {
    let host = play.message.from.value.other
    let wanted = play.message.expect.returned.count
    guard wanted > 0, programs.runs(in: host) else { return }
    try wait { player throws(SystemError) in
      let isThere = player.stage.watch.count(sentBy: host) - sentBefore >= wanted
      return isThere || player.programs.isOver(in: host)
        ? nil : "what comes back on account of \(play.title)"
    }
    try stage.settle(until: deadline)
  }
}
