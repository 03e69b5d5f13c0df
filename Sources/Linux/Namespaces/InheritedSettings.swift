// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The IPv4 settings that hold for all interfaces of a host and outweigh those of its own, where a new namespace has
/// copied them from the machine (ip-sysctl, `net.ipv4.conf.all`).
///
/// No netlink message sets them: they are written to /proc/sys where that is allowed, as it is not in most containers.
public final class InheritedSettings: Sendable {
  /// One of them at a value by which a host may do something else than on other machines.
  public struct Deviation: Hashable, Sendable {
    /// Its name, `net.ipv4.conf.all.rp_filter`.
    public let name: String
    /// Its value.
    public let value: String
    /// What a host does because of it, as the rest of a sentence that begins with the host's kernel.
    public let effect: String
  }

  private static let folder = "/proc/sys/net/ipv4/conf/all/"

  /// Of each the larger of this value and the interface's own holds: where this one is 0, the interface's does.
  private static let effects = [
    ("rp_filter", "drops packets from an address that it would reach another way (reverse-path filter)"),
    ("accept_local", "accepts packets whose source is one of its own addresses"),
    ("route_localnet", "accepts packets from and to 127.0.0.0/8 on the cable"),
    ("proxy_arp", "answers ARP requests for other hosts"),
    ("arp_filter", "answers ARP requests only if it would answer through the same interface"),
    ("arp_ignore", "does not answer all ARP requests for its address"),
    ("arp_announce", "chooses the source address of its ARP requests differently"),
    ("arp_accept", "learns neighbours from unsolicited ARP"),
    ("drop_gratuitous_arp", "drops ARP that announces an address"),
    ("drop_unicast_in_l2_multicast", "drops packets to its own address in broadcast or multicast frames"),
    ("force_igmp_version", "speaks another version of IGMP"),
  ]

  /// What was found when the first namespace was made; nil before that.
  private let found = Mutex<[Deviation]?>(nil)

  /// Has found nothing yet.
  public init() {}

  /// Sets what deviates in the calling thread's namespace, which is new, as far as that is allowed.
  ///
  /// What there is to be set is looked up in the first namespace alone: a machine's settings seldom change in a run.
  public func reset() {
    for deviation in found.withLock({ known in
      let deviations = known ?? Self.deviations
      known = deviations
      return deviations
    }) {
      Self.write("0", to: deviation.name.replacing(".", with: "/"))
    }
  }

  /// What deviates in the calling thread's namespace now.
  public static var deviations: [Deviation] {
    effects.compactMap { name, effect in
      // A kernel that lacks one has no such effect.
      guard let text = try? ProcFile.text(folder + name) else { return nil }
      let value = String(text.prefix { $0 != "\n" })
      return value == "0" ? nil : Deviation(name: "net.ipv4.conf.all.\(name)", value: value, effect: effect)
    }
  }

  /// What cannot be written is found again where a case fails.
  private static func write(_ value: String, to path: String) {
    guard let file = try? Descriptor.open("/proc/sys/\(path)", O_WRONLY) else { return }
    _ = Glibc.write(file.rawValue, value, value.utf8.count)
  }
}
