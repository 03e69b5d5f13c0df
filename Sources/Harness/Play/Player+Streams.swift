// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// The play of messages that are streams on one connection.
extension Player {
  /// Listens, where a built-in role is to be connected to, before any program begins.
  mutating func openStreams() throws(SystemError) {
    guard let connection = scenario.connection else { return }
    stage.watch.stream = TCPConversation(scenario).map { StreamRecord($0) }
    streams = try StreamEnds(
      scenario, connection, stage.hosts, threadsOn: resources.processors)
  }

  /// Plays the messages one behind the other, or in a burst all at once, and ends the connection.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline, with what is lacking.
  mutating func playStreams() throws(SystemError) {
    streams?.connect(scenario, stage.hosts)
    let start = RunClock.now
    let contents = HostName.allCases.map { StreamContents(scenario, from: $0) }
    let places = contents.flatMap(\.parts).sorted { $0.position < $1.position }
    if scenario.pacing == .burst {
      for (play, part) in zip(scenario.plays, places) { try begin(play, part) }
    }
    for (play, part) in zip(scenario.plays, places) {
      if scenario.pacing == .lockstep { try begin(play, part) }
      try awaitStreams { player in player.standing()?.lacking(of: play, part) }
      stage.watch.stream?.duration = RunClock.now - start
      guard standing()?.hasCome(part, from: play.message.from.value) == true else { break }
      if scenario.pacing == .lockstep { try awaitReading(of: play) }
    }
    if scenario.pacing == .burst {
      for play in scenario.plays { try awaitReading(of: play) }
    }
    streams?.end()
    try programs.closeInput()
    if !programs.runs(in: .sender) || !programs.runs(in: .receiver) { try awaitEndOfConnection() }
    try stage.settle(until: deadline)
  }

  /// Awaits that both hosts have ended the connection, or one has reset it, where there is any.
  mutating func awaitEndOfConnection() throws(SystemError) {
    try awaitStreams { player in player.standing()?.lackingEnd }
  }

  private mutating func begin(_ play: Play, _ part: StreamContents.Part) throws(SystemError) {
    let host = play.message.from.value
    if programs.runs(in: host) {
      try programs.type(play)
    } else {
      streams?.release(upTo: part.end ?? 0, from: host)
    }
  }

  /// Awaits that the program in a message's host has read what came, unless it may leave some of that or the connection is
  /// gone.
  private mutating func awaitReading(of play: Play) throws(SystemError) {
    let host = play.message.from.value.other
    guard programs.runs(in: host), scenario.expectation(of: host).unread.value == .nothing else { return }
    try awaitStreams(looking: true) { player throws(SystemError) in
      if player.programs.isOver(in: host) || player.standing()?.isReset == true { return nil }
      return try player.programs.hasReadStreams(in: host)
        ? nil : "the \(host.rawValue) to read \(play.title)"
    }
  }

  /// Goes on with all ends as long as something is lacking that may still come.
  private mutating func awaitStreams(
    looking: Bool = false, _ lacking: (inout Player) throws(SystemError) -> String?
  ) throws(SystemError) {
    let looks = Looks()
    try advanceStreams()
    while let what = try lacking(&self) {
      guard !deadline.hasPassed else { throw SystemError("ppoll", .timedOut, detail: what) }
      if streams?.isBusy != true {
        try stage.wait(
          toRead: programs.readable + (streams?.readable ?? []),
          toWrite: programs.writable + (streams?.writable ?? []),
          until: looking ? looks.next(before: deadline) : deadline)
      }
      try advanceStreams()
    }
  }

  private mutating func advanceStreams() throws(SystemError) {
    try resources.stop.check()
    try streams?.advance()
    try programs.update()
    try stage.hosts.carry()
    try stage.collect()
  }

  /// How the connection stands now; nil where there is none to be.
  private mutating func standing() -> StreamStanding? {
    guard let conversation = stage.watch.stream?.conversation else { return nil }
    var standing = StreamStanding(conversation, openingFailure: streams?.openingFailure)
    for host in HostName.allCases {
      if let end = streams?.record(of: host) { standing.ends[host] = end }
      guard programs.runs(in: host) else { continue }
      standing.programs.insert(host)
      if programs.isOver(in: host) { standing.over.insert(host) }
    }
    return standing
  }

  /// Records what was seen of the connection.
  mutating func noteStreams() {
    guard let streams else { return }
    let isAsked = scenario.capturesNoSegments || scenario.hasPrograms
    record.stream = streams.complete(stage.watch.stream, counted: isAsked ? stage.hosts.counts() : [:])
  }
}
