// SPDX-License-Identifier: Apache-2.0

import Scenario

/// The counters by which a kernel tells why it kept a packet to itself, and what is said of those that rose.
enum DropCounters {
  /// Parts of the names of counters that tell of a drop (`/proc/net/snmp` and `netstat`).
  private static let words = ["Err", "Discard", "Trunc", "Unknown", "NoRoutes", "Fail", "Csum", "ReasmReqds"]

  /// The end of a sentence, `; Ip.InHdrErrors rose by 1`, or nothing where none rose.
  ///
  /// What rose while the message passed says more than what rose over the whole exchange.
  static func text(message: [String: Int], exchange: [String: Int]) -> String {
    let own = list(message)
    if !own.isEmpty { return "; \(own)" }
    let all = list(exchange)
    return all.isEmpty ? "" : "; over the whole exchange \(all)"
  }

  private static func list(_ rises: [String: Int]) -> String {
    let telling = rises.filter { name, rise in rise > 0 && words.contains { name.contains($0) } }
    return telling.sorted { $0.key < $1.key }.map { "\($0.key) rose by \($0.value)" }.joined(separator: ", ")
  }
}
