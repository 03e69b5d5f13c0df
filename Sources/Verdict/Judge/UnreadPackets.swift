// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What a program was sent and did not read, as far as its sockets tell: of several that were handed the same one will
/// do.
struct UnreadPackets {
  /// The plays for which the program had no socket, by their titles.
  let untaken: [String]
  /// The plays that it left in its sockets, by their titles.
  private(set) var left: [String] = []
  /// How many packets it left there that are no play's.
  private(set) var others = 0
  /// How much memory what it left there takes, in bytes, where nobody could look at it.
  private(set) var queued = 0
  /// How many packets its sockets dropped for want of room.
  let dropped: Int
  /// The socket that says so; nil where it had none.
  let socket: ProgramSocket?

  /// Holds what is known of the sockets of a host's program against what was delivered there.
  init(_ host: HostName, _ record: CaseRecord, _ attribution: Attribution) {
    let sockets = record.programs[host]?.sockets ?? []
    let closed =
      sockets.isEmpty
      ? nil : sockets.allSatisfy { $0.closed != nil } ? sockets.compactMap(\.closed).max() : nil
    untaken = zip(attribution.passages, record.messages).filter { passage, seen in
      guard passage.play.message.from.value == host.other, !seen.isUnsent else { return false }
      return seen.hasTaker == false || passage.hasArrived(after: closed)
    }.map(\.0.play.title)
    dropped = sockets.map(\.dropped).min() ?? 0
    socket = sockets.min { $0.dropped < $1.dropped }
    let isRead = sockets.contains { $0.unread.map(\.isEmpty) ?? ($0.queued == 0) }
    guard !isRead, !sockets.isEmpty else { return }
    let known = sockets.compactMap(\.unread).map(Self.counted)
    guard var rest = known.first else {
      queued = sockets.map(\.queued).min() ?? 0
      return
    }
    for counts in known.dropFirst() {
      rest = rest.merging(counts, uniquingKeysWith: min).filter { counts[$0.key] != nil }
    }
    take(&rest, attribution, to: host)
    others = rest.values.reduce(0, +)
  }

  private static func counted(_ packets: [[UInt8]]) -> [[UInt8]: Int] {
    Dictionary(packets.map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// Gives what was left to the last plays that were delivered so: a socket is read from its beginning.
  private mutating func take(_ rest: inout [[UInt8]: Int], _ attribution: Attribution, to host: HostName) {
    for passage in attribution.passages.reversed() where passage.play.message.from.value == host.other {
      for sighting in passage.sightings[.delivered] ?? [] {
        guard let count = rest[sighting.bytes], count > 0 else { continue }
        rest[sighting.bytes] = count - 1
        left.append(passage.play.title)
      }
    }
    left.reverse()
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
