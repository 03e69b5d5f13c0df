// SPDX-License-Identifier: Apache-2.0

import Scenario

/// The counters by which a kernel tells why it kept a packet to itself, and what is said of those that rose.
struct DropCounters {
  /// What is said of those that rose over the whole exchange, by the host: once, not for each message that is missing.
  private let exchange: [HostName: String]

  /// The counters of packets that went their way, and of settings (`/proc/net/snmp` and `netstat`): of these four tables
  /// all others tell of one that did not.
  private static let usual: [String: Set<String>] = [
    "Ip": [
      "Forwarding", "DefaultTTL", "InReceives", "ForwDatagrams", "InDelivers", "OutRequests", "OutTransmits",
      "ReasmOKs", "FragOKs", "FragCreates",
    ],
    "IpExt": [
      "InMcastPkts", "OutMcastPkts", "InBcastPkts", "OutBcastPkts", "InOctets", "OutOctets", "InMcastOctets",
      "OutMcastOctets", "InBcastOctets", "OutBcastOctets", "InNoECTPkts", "InECT1Pkts", "InECT0Pkts",
      "InCEPkts",
    ],
    "Udp": ["InDatagrams", "OutDatagrams"], "UdpLite": ["InDatagrams", "OutDatagrams"],
  ]

  /// Parts of the names by which the counters of the other tables tell of a drop: most of theirs tell of other things.
  private static let words = [
    "Err", "Drop", "Discard", "Fail", "Filter", "Overflow", "Pruned", "Reject", "PAWS", "OutOfWindow",
    "Embryonic",
    "BeyondWindow", "Mismatch", "NotFound", "Unexpected", "Bad", "TooBig", "RateLimit",
  ]

  /// Reads by how much the counters of each host rose over the whole exchange.
  init(_ rises: [HostName: [String: Int]]) {
    exchange = rises.mapValues(Self.list)
  }

  /// The end of a sentence, `; Ip.InHdrErrors rose by 1`, or nothing where none of a host rose.
  ///
  /// What rose while the message passed says more than what rose over the whole exchange.
  func text(message: [String: Int], of host: HostName) -> String {
    let own = Self.list(message)
    if !own.isEmpty { return "; \(own)" }
    let all = exchange[host] ?? ""
    return all.isEmpty ? "" : "; over the whole exchange \(all)"
  }

  private static func list(_ rises: [String: Int]) -> String {
    let telling = rises.filter { name, rise in rise > 0 && isTelling(name) }
    return telling.sorted { $0.key < $1.key }.map { "\($0.key) rose by \($0.value)" }.joined(separator: ", ")
  }

  private static func isTelling(_ name: String) -> Bool {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return false }
    if let usual = usual[parts[0]] { return !usual.contains(parts[1]) }
    return words.contains { parts[1].contains($0) }
  }
}
