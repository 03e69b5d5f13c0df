// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What messages quote that quote others: the packets of these as they had arrived when the quoting ones were sent.
struct Quotations: Sendable {
  private let scenario: Scenario
  /// Under which EtherTypes packets are looked for.
  private let types: FrameTypes
  /// The plays of the messages that are quoted, by their numbers.
  private let quoted: [Int: Play]
  /// What was found so far of what programs sent, by their host.
  private var programs: [HostName: ArrivedFromProgram] = [:]

  /// Has seen nothing of a scenario's packets yet.
  init(_ scenario: Scenario) {
    self.scenario = scenario
    types = scenario.frameTypes
    let numbers = Set(scenario.exchange.compactMap { $0.quoted?.value })
    quoted =
      numbers.isEmpty
      ? [:]
      : Dictionary(
        uniqueKeysWithValues: scenario.plays.filter { numbers.contains($0.number) && $0.repetition == 1 }.map
        {
          ($0.number, $0)
        })
    for host in HostName.allCases where scenario.program(in: host) != nil && !quoted.isEmpty {
      programs[host] = ArrivedFromProgram(host, in: scenario)
    }
  }

  /// The packet that a play quotes, as it has arrived by then; nil where it has not.
  mutating func packet(quotedBy play: Play, after record: CaseRecord) -> [UInt8]? {
    guard let number = play.message.quoted?.value, let other = quoted[number] else { return nil }
    let host = other.message.from.value
    let found = programs[host]?.packets(of: other, in: record, types) ?? packets(of: other, in: record)
    // Of pieces the first is quoted, which has the header behind that of IP (RFC 792).
    return (found.first { $0.offset == 0 } ?? found.first)?.bytes
  }

  /// The packets of a built-in role's play that arrived while it passed.
  private func packets(of play: Play, in record: CaseRecord) -> [ArrivedPacket] {
    guard play.position < record.messages.count else { return [] }
    let asked = play.message.packet(in: scenario)
    return record.messages[play.position].frames.compactMap { frame in
      ArrivedPacket(frame, from: play.message.from.value, types)
    }.filter { $0.packet.isKin(to: asked) }
  }
}

/// A packet as it arrived.
private struct ArrivedPacket: Sendable {
  let captured: CapturedPacket
  let packet: IPPacket

  /// Reads a frame that came from a host; nil where it is none, or carries no packet.
  init?(_ frame: FrameRecord, from host: HostName, _ types: FrameTypes) {
    guard !frame.isOutgoing, frame.host == host.other,
      let captured = CapturedPacket(frame, position: 0, types: types),
      let packet = captured.packet
    else { return nil }
    (self.captured, self.packet) = (captured, packet)
  }

  var offset: UInt16 { packet.header.fragmentOffset }
  var bytes: [UInt8] { captured.bytesWithoutPadding }
}

/// What arrived of a program's messages, which it sends when it likes.
private struct ArrivedFromProgram: Sendable {
  private let host: HostName
  /// Its plays, in order, and how many of them were looked for so far.
  private let plays: [Passage]
  private var begun = 0
  /// Those of these of which nothing was found.
  private var missing: [Passage] = []
  private var found: [Int: [ArrivedPacket]] = [:]
  /// How many plays' records were read.
  private var count = 0

  init(_ host: HostName, in scenario: Scenario) {
    self.host = host
    plays = scenario.plays.filter { $0.message.from.value == host }.map {
      Passage($0, asked: $0.message.packet(in: scenario), isOfProgram: true)
    }
  }

  /// The packets of a play among all that was recorded so far.
  mutating func packets(of play: Play, in record: CaseRecord, _ types: FrameTypes) -> [ArrivedPacket] {
    let arrived = record.messages[count...].flatMap(\.frames).compactMap {
      ArrivedPacket($0, from: host, types)
    }
    count = record.messages.count
    if !arrived.isEmpty { sort(arrived) }
    return found[play.position] ?? []
  }

  /// Gives packets to the plays that miss them: to those that were played, and to as many ahead of them.
  private mutating func sort(_ arrived: [ArrivedPacket]) {
    let played = plays[begun...].prefix { $0.play.position < count }.count
    let end = min(plays.count, begun + played + arrived.count)
    let awaited = missing + plays[begun..<end]
    begun = end
    let takers = SentAssignment(awaited, arrived.map(\.captured)).takers
    for (packet, taker) in zip(arrived, takers) {
      guard let taker else { continue }
      found[awaited[taker].play.position, default: []].append(packet)
    }
    missing = awaited.filter { found[$0.play.position] == nil }
  }
}
