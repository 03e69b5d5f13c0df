// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What is behind a reset that nobody asked for, where a built-in role sends segments of TCP by hand.
enum ResetHint {
  /// A hint for each host whose kernel has reset a connection that it knows nothing of.
  static func texts(_ scenario: Scenario, _ attribution: Attribution) -> [String] {
    HostName.allCases.filter { sendsByHand($0, in: scenario) && hasReset($0, attribution) }.map { host in
      "The \(host.rawValue)'s own kernel does not know about the hand-made connection and has reset it (RFC"
        + " 9293 §3.10.7.1): with network: { \(host.rawValue): { mute: true } } it answers nothing."
    }
  }

  private static func sendsByHand(_ host: HostName, in scenario: Scenario) -> Bool {
    guard scenario.program(in: host) == nil, !scenario.network[host].isMute else { return false }
    return scenario.exchange.contains { $0.from.value == host && $0.transport?.layer.filterName == "tcp" }
  }

  private static func hasReset(_ host: HostName, _ attribution: Attribution) -> Bool {
    attribution.unaccounted.contains {
      $0.host == host && $0.isOutgoing && $0.packet?.packet?.isReset == true
    }
  }
}
