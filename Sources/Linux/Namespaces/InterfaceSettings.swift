// SPDX-License-Identifier: Apache-2.0

import CLinux

/// The IPv4 settings of a host's interface, which a new namespace copies from the machine (ip-sysctl): each at the value
/// that Linux has by itself, so that a host does the same on every machine.
public enum InterfaceSettings {
  /// The settings that are off, by their numbers. What younger kernels added is left out, since an older one refuses the
  /// whole message for it.
  private static let off: [Int] = [
    IPV4_DEVCONF_FORWARDING, IPV4_DEVCONF_PROXY_ARP, IPV4_DEVCONF_RP_FILTER, IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE,
    IPV4_DEVCONF_BOOTP_RELAY, IPV4_DEVCONF_TAG, IPV4_DEVCONF_ARPFILTER, IPV4_DEVCONF_MEDIUM_ID,
    IPV4_DEVCONF_NOXFRM, IPV4_DEVCONF_NOPOLICY, IPV4_DEVCONF_FORCE_IGMP_VERSION, IPV4_DEVCONF_ARP_ANNOUNCE,
    IPV4_DEVCONF_ARP_IGNORE, IPV4_DEVCONF_PROMOTE_SECONDARIES, IPV4_DEVCONF_ARP_ACCEPT,
    IPV4_DEVCONF_ARP_NOTIFY,
    IPV4_DEVCONF_ACCEPT_LOCAL, IPV4_DEVCONF_SRC_VMARK, IPV4_DEVCONF_PROXY_ARP_PVLAN,
    IPV4_DEVCONF_ROUTE_LOCALNET, IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN,
    IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST, IPV4_DEVCONF_DROP_GRATUITOUS_ARP, IPV4_DEVCONF_BC_FORWARDING,
  ]

  /// The settings that are on.
  private static let on: [Int] = [
    IPV4_DEVCONF_ACCEPT_REDIRECTS, IPV4_DEVCONF_SECURE_REDIRECTS, IPV4_DEVCONF_SEND_REDIRECTS,
    IPV4_DEVCONF_SHARED_MEDIA,
  ]

  /// After how long a host says of itself that it is in a group, at most, in milliseconds.
  private static let intervals: [(Int, UInt32)] = [
    (IPV4_DEVCONF_IGMPV2_UNSOLICITED_REPORT_INTERVAL, 10_000),
    (IPV4_DEVCONF_IGMPV3_UNSOLICITED_REPORT_INTERVAL, 1000),
  ]

  /// The settings as a message about a link carries them (rtnetlink(7), `IFLA_AF_SPEC`).
  static let attribute: NetlinkAttribute = {
    let values = off.map { ($0, UInt32(0)) } + on.map { ($0, UInt32(1)) } + intervals
    let settings = values.map { NetlinkAttribute($0.0, $0.1) }
    // The kernel takes this nest only where it says that it is one.
    let list = NetlinkAttribute(Int(IFLA_INET_CONF) | Int(NLA_F_NESTED), nesting: settings)
    return NetlinkAttribute(Int(IFLA_AF_SPEC), nesting: [NetlinkAttribute(Int(AF_INET), nesting: [list])])
  }()
}
