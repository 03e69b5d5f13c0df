// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The packets that no message accounts for, those of one kind together.
public struct UnexpectedPackets: Sendable {
  /// The host whose end of the cable they were seen at: where they came from, where both ends saw them.
  public let host: HostName
  /// Whether that host sent them.
  public let isOutgoing: Bool
  /// What they are: `IGMP membership report, 1.1.1.1 to 224.0.0.22`.
  public let summary: String
  /// How many there were.
  public private(set) var count = 1
  /// The bytes of the first: from its IPv4 header on, or the whole frame where it is none of IPv4.
  public let bytes: [UInt8]
  /// The places of all of them among all frames as they were recorded.
  fileprivate(set) var positions: [Int]
  /// The play while which all of them were seen; nil where that says nothing.
  private(set) var window: Int?

  private init(_ one: Unaccounted) {
    (host, isOutgoing, summary, bytes) = (one.host, one.isOutgoing, one.summary.text, one.bytes)
    (positions, window) = (one.positions, one.window)
  }

  /// Gathers what nobody accounts for, in the order in which the first of each kind was seen.
  static func gather(_ attribution: Attribution) -> [UnexpectedPackets] {
    struct Kind: Hashable {
      let host: HostName
      let isOutgoing: Bool
      let summary: String
    }
    var groups: [UnexpectedPackets] = []
    var places: [Kind: Int] = [:]
    for one in attribution.unaccounted {
      let kind = Kind(host: one.host, isOutgoing: one.isOutgoing, summary: one.summary.text)
      if let place = places[kind] {
        groups[place].add(one)
      } else {
        places[kind] = groups.count
        groups.append(UnexpectedPackets(one))
      }
    }
    return groups
  }

  private mutating func add(_ other: Unaccounted) {
    count += 1
    positions += other.positions
    if window != other.window { window = nil }
  }

  /// The sentence that says so: `2 unexpected packets from the sender: UDP, 1.1.1.1:5000 to 8.8.8.8:53`.
  var sentence: String {
    let number = count == 1 ? "unexpected packet" : "\(count) unexpected packets"
    let way = isOutgoing ? "from the \(host.rawValue)" : "that came to the \(host.rawValue)"
    return "\(number) \(way): \(summary)"
  }
}
