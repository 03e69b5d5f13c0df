// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

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
  /// Whether all that was on the cable was whole IP packets, none of which a host remembers anything of, and all
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
    guard bytes.count >= 34 else { return false }
    switch (bytes[12], bytes[13]) {
    case (0x08, 0x00):
      let isFragment = bytes[20] & 0x3f != 0 || bytes[21] != 0
      return !isFragment && bytes[23] != Self.icmp
    case (0x86, 0xdd): return leavesNoTraceOverIPv6
    default: return false
    }
  }

  /// A host says in which groups it is, which teaches nobody anything (RFC 3810).
  private var leavesNoTraceOverIPv6: Bool {
    guard let packet = try? IPv6Packet(parsing: bytes[EthernetHeader.length...]) else { return false }
    let isControl = packet.header.protocol == IPVersion.v6.controlProtocol
    return packet.header.fragment == nil && (!isControl || packet.payload.first == Self.listenerReport)
  }

  private static let listenerReport: UInt8 = 143
}
