// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What a program was sent and did not read, as far as its sockets tell: of several that were handed the same message
/// one will do.
struct UnreadPackets {
  /// The plays for which the program had no socket, by their titles.
  let untaken: [String]
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
      guard passage.play.message.from.value == host.other, !seen.isUnsent else { return false }
      return seen.hasTaker == false || passage.hasArrived(after: closed)
    }.map(\.0.play.title)
    noteDropped(sockets)
    for group in Self.groups(sockets) { noteLeft(group, attribution, to: host) }
  }

  /// The sockets that were handed the same, for each message that was.
  private static func groups(_ sockets: [ProgramSocket]) -> [[ProgramSocket]] {
    let numbers = sockets.reduce(into: Set<Int>()) { $0.formUnion($1.messages) }
    var groups: [[Int]] = []
    var known: Set<[Int]> = []
    for number in numbers.sorted() {
      let group = sockets.indices.filter { sockets[$0].messages.contains(number) }
      if known.insert(group).inserted { groups.append(group) }
    }
    return groups.map { $0.map { sockets[$0] } }
  }

  private mutating func noteDropped(_ sockets: [ProgramSocket]) {
    let best = Self.groups(sockets).compactMap { group in group.min { $0.dropped < $1.dropped } }
    for socket in Set(best) where socket.dropped > 0 { dropped += socket.dropped }
    dropping = best.first { $0.dropped > 0 }
  }

  /// Notes what is left in all sockets of those that were handed the same.
  private mutating func noteLeft(_ group: [ProgramSocket], _ attribution: Attribution, to host: HostName) {
    let isRead = group.contains { $0.unread.map(\.isEmpty) ?? ($0.queued == 0) }
    guard !isRead, let first = group.first else { return }
    leftIn = leftIn ?? first.name
    let known = group.compactMap(\.unread).map(Self.counted)
    guard var rest = known.first else {
      queued += group.map(\.queued).min() ?? 0
      return
    }
    for counts in known.dropFirst() {
      rest = rest.merging(counts, uniquingKeysWith: min).filter { counts[$0.key] != nil }
    }
    take(&rest, attribution, to: host)
    others += rest.values.reduce(0, +)
  }

  private static func counted(_ packets: [[UInt8]]) -> [ByteKey: Int] {
    Dictionary(packets.map { (ByteKey($0), 1) }, uniquingKeysWith: +)
  }

  /// Gives what was left to the last plays that were delivered so: a socket is read from its beginning.
  private mutating func take(_ rest: inout [ByteKey: Int], _ attribution: Attribution, to host: HostName) {
    var titles: [String] = []
    for passage in attribution.passages.reversed() where passage.play.message.from.value == host.other {
      for sighting in passage.sightings[.delivered] ?? [] {
        let key = ByteKey(sighting.bytes)
        guard let count = rest[key], count > 0 else { continue }
        rest[key] = count - 1
        titles.append(passage.play.title)
      }
    }
    left += titles.reversed()
  }
}

extension Passage {
  /// Whether it must be delivered and came only when it could not be read any more.
  fileprivate func hasArrived(after closed: UInt64?) -> Bool {
    guard let closed, play.message.expect.mustBeSeen(at: .delivered) else { return false }
    let arrived = (sightings[.arrived] ?? []).compactMap { $0.captured?.frame.timestamp }
    return !arrived.isEmpty && arrived.allSatisfy { $0 > closed }
  }
}

extension MessageRecord {
  /// Whether its send call failed.
  fileprivate var isUnsent: Bool { sendFailure != nil }
}
