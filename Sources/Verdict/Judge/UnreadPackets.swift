// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What a program was sent and did not read, as far as its sockets tell: of several that were handed the same message
/// one will do, unless each is handed its own.
struct UnreadPackets {
  /// The plays for which the program had no socket, by their titles.
  let untaken: [String]
  /// The plays that the filters of its sockets kept from it, by their titles.
  let refused: [String]
  /// The socket whose filter did, in words.
  let refusing: String?
  /// The plays that it left in its sockets, by their titles.
  private(set) var left: [String] = []
  /// How many packets it left there that are no play's.
  private(set) var others = 0
  /// How much memory what it left there takes, in bytes, where nobody could look at it.
  private(set) var queued = 0
  /// The socket in which it left them, in words.
  private(set) var leftIn: String?
  /// How many packets its sockets dropped for want of room.
  private(set) var dropped = 0
  /// The first of the sockets that did; nil where none has.
  private(set) var dropping: ProgramSocket?

  /// Holds what is known of the sockets of a host's program against what was delivered there.
  init(_ host: HostName, _ record: CaseRecord, _ attribution: Attribution) {
    let sockets = record.programs[host]?.sockets ?? []
    let isClosed = !sockets.isEmpty && sockets.allSatisfy { $0.closed != nil }
    let closed = isClosed ? sockets.compactMap(\.closed).max() : nil
    untaken = zip(attribution.passages, record.messages).filter { passage, seen in
      guard passage.play.message.from.value == host.other, !seen.isUnsent, !passage.isNotDue else {
        return false
      }
      return seen.hasTaker == false || (passage.play.message.isToBeRead && passage.hasArrived(after: closed))
    }.map(\.0.play.title)
    let (kept, taken) = (sockets.messages(\.refused), sockets.messages(\.messages))
    refused = attribution.passages.filter { passage in
      passage.play.message.from.value == host.other && passage.count(at: .arrived) > 0
        && kept.contains(passage.play.number) && !taken.contains(passage.play.number)
    }.map(\.play.title)
    refusing = sockets.first { !$0.refused.isEmpty }?.name
    let groups = Self.groups(sockets)
    noteDropped(groups)
    noteLeft(groups, attribution, to: host)
  }

  /// Sockets that were handed the same messages.
  private struct Group {
    let sockets: [ProgramSocket]
    var messages: Set<Int>

    /// Those that hold what was not read: of those that are each handed the same, the one that holds least.
    var leastQueued: [ProgramSocket] {
      let shared = sockets.filter { !$0.isHandedAlone }.min { $0.queued < $1.queued }
      return shared.map { [$0] } ?? sockets
    }

    /// Whether one has read all, of those that are each handed the same; or all have, that are handed it alone.
    var isRead: Bool {
      let alone = sockets.filter(\.isHandedAlone)
      return sockets.contains { !$0.isHandedAlone && $0.isRead }
        || (!alone.isEmpty && alone.allSatisfy(\.isRead))
    }

    /// The packets that are left, and how often: those that all have of which each was handed the same, or else those of
    /// all that were each handed their own; nil where nobody knows.
    var rest: [ByteKey: Int]? {
      let shared = sockets.filter { !$0.isHandedAlone }
      let left = (shared.isEmpty ? sockets : shared).compactMap(\.unread).map { packets in
        Dictionary(packets.map { (ByteKey($0), 1) }, uniquingKeysWith: +)
      }
      guard let first = left.first else { return nil }
      return left.dropFirst().reduce(into: first) { rest, counts in
        if shared.isEmpty {
          rest.merge(counts, uniquingKeysWith: +)
        } else {
          for (packet, count) in rest { rest[packet] = counts[packet].map { min(count, $0) } }
        }
      }
    }
  }

  /// The sockets that were handed the same, for each message that was.
  private static func groups(_ sockets: [ProgramSocket]) -> [Group] {
    let numbers = sockets.messages(\.messages)
    var groups: [Group] = []
    var known: [[Int]: Int] = [:]
    for number in numbers.sorted() {
      let takers = sockets.indices.filter { sockets[$0].messages.contains(number) }
      if let place = known[takers] {
        groups[place].messages.insert(number)
      } else {
        known[takers] = groups.count
        groups.append(Group(sockets: takers.map { sockets[$0] }, messages: [number]))
      }
    }
    return groups
  }

  private mutating func noteDropped(_ groups: [Group]) {
    let best = groups.compactMap { group in group.sockets.min { $0.dropped < $1.dropped } }
    for socket in Set(best) where socket.dropped > 0 { dropped += socket.dropped }
    dropping = best.first { $0.dropped > 0 }
  }

  /// Notes what is left of the messages of each group in all of its sockets; a socket can be of several.
  private mutating func noteLeft(_ groups: [Group], _ attribution: Attribution, to host: HostName) {
    var strays: [ByteKey: Int] = [:]
    var unseen: Set<ProgramSocket> = []
    for group in groups {
      guard !group.isRead, let first = group.sockets.first else { continue }
      guard var rest = group.rest else {
        leftIn = leftIn ?? first.name
        unseen.formUnion(group.leastQueued)
        continue
      }
      let isTaken = take(&rest, of: group, attribution, to: host)
      // What kernels send by themselves nobody is to read, but where it is a play.
      for socket in group.sockets { for packet in socket.housekeeping { rest[ByteKey(packet)] = nil } }
      if isTaken || !rest.isEmpty { leftIn = leftIn ?? first.name }
      strays.merge(rest, uniquingKeysWith: max)
    }
    others = strays.values.reduce(0, +)
    queued = unseen.map(\.queued).reduce(0, +)
  }

  /// Gives what was left to the last plays that were delivered so, for a socket is read from its beginning; those of
  /// another group are named there.
  ///
  /// - Returns: whether any was.
  private mutating func take(
    _ rest: inout [ByteKey: Int], of group: Group, _ attribution: Attribution, to host: HostName
  ) -> Bool {
    var titles: [String] = []
    for passage in attribution.passages.reversed() where passage.play.message.from.value == host.other {
      var isLeft = false
      for sighting in passage.sightings[.delivered] {
        let key = ByteKey(sighting.version == .v4 ? sighting.bytes : sighting.packet.payload)
        guard let count = rest[key], count > 0 else { continue }
        rest[key] = count == 1 ? nil : count - 1
        isLeft = true
      }
      if isLeft, group.messages.contains(passage.play.number) { titles.append(passage.play.title) }
    }
    left += titles.reversed()
    return !titles.isEmpty
  }
}

extension Passage {
  /// Whether it must be delivered and came only when it could not be read any more.
  fileprivate func hasArrived(after closed: UInt64?) -> Bool {
    guard let closed, play.message.expect.mustBeSeen(at: .delivered) else { return false }
    let arrived = sightings[.arrived].compactMap { $0.captured?.frame.timestamp }
    return !arrived.isEmpty && arrived.allSatisfy { $0 > closed }
  }
}

extension ProgramSocket {
  /// Whether nothing is left in it.
  fileprivate var isRead: Bool { unread.map(\.isEmpty) ?? (queued == 0) }
}

extension [ProgramSocket] {
  /// The numbers that any of them has.
  fileprivate func messages(_ numbers: KeyPath<ProgramSocket, Set<Int>>) -> Set<Int> {
    reduce(into: []) { $0.formUnion($1[keyPath: numbers]) }
  }
}

extension MessageRecord {
  /// Whether its send call failed.
  fileprivate var isUnsent: Bool { sendFailure != nil }
}
