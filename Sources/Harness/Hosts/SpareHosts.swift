// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// The hosts of a case that left them as it found them, for the next case of the same matrix.
struct SpareHosts: ~Copyable {
  private var hosts: HostPair?
  private var owner: Scenario?
  /// The number of the last marker that has passed between them: each has one of its own.
  private(set) var lastMarker: UInt64 = 0

  /// There are none yet.
  init() {}

  /// Gives the hosts to a case that may have them; others are taken down.
  mutating func take(for scenario: Scenario) -> HostPair? {
    let isFitting = owner.map { scenario.mayShareHosts(with: $0) } ?? false
    owner = nil
    let spare = hosts.take()
    return isFitting ? spare : nil
  }

  /// Keeps the hosts of a case that has ended well, where they are shown to be as new.
  mutating func keep(
    _ pair: consuming HostPair, of scenario: Scenario, _ record: CaseRecord, lastMarker: UInt64
  ) throws(SystemError) {
    guard record.leavesHostsAsNew, try pair.isAsNew() else { return }
    pair.restartCounting()
    hosts = consume pair
    owner = scenario
    self.lastMarker = lastMarker
  }
}

extension CaseRecord {
  /// Whether all that was on the cable was whole IPv4 packets, none of which a host remembers anything of, and all
  /// of it was taken from the captures.
  fileprivate var leavesHostsAsNew: Bool {
    let taken = HostName.allCases.map { host in UInt64(frames.count { $0.host == host }) }
    return taken == HostName.allCases.map { counts[$0]?.received } && frames.allSatisfy(\.leavesNoTrace)
  }
}

extension FrameRecord {
  private static let icmp: UInt8 = 1

  /// Fragments wait for others, ARP teaches neighbours, and ICMP errors are rationed and change routes.
  fileprivate var leavesNoTrace: Bool {
    guard bytes.count >= 34, bytes[12] == 0x08, bytes[13] == 0x00 else { return false }
    let isFragment = bytes[20] & 0x3f != 0 || bytes[21] != 0
    return !isFragment && bytes[23] != Self.icmp
  }
}
