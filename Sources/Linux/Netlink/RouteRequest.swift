// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// One end of a veth pair that is to be made (veth(4)).
public struct VethEnd: Hashable, Sendable {
  /// The interface index that it shall have; free in its namespace.
  public var index: Int32
  /// The interface's name, at most 15 bytes.
  public var name: String
  /// The hardware address, or nil to let the kernel choose one.
  public var mac: MACAddress?
  /// The maximum transmission unit, 68…65535 bytes.
  public var mtu: UInt32

  /// Describes one end.
  public init(index: Int32, name: String, mac: MACAddress?, mtu: UInt32) {
    self.index = index
    self.name = name
    self.mac = mac
    self.mtu = mtu
  }
}

/// The tables in which the kernel looks for a route, in this order (ip-rule(8)).
public enum RouteTable: Sendable {
  /// The one of the host's own addresses.
  case local
  /// The one that programs see.
  case main
  /// The one for what no other has a route to.
  case `default`

  fileprivate var number: UInt8 {
    switch self {
    case .local: UInt8(RT_TABLE_LOCAL.rawValue)
    case .main: UInt8(RT_TABLE_MAIN.rawValue)
    case .default: UInt8(RT_TABLE_DEFAULT.rawValue)
    }
  }
}

/// One thing asked of the kernel's network configuration, as a value (rtnetlink(7)).
public struct RouteRequest: Hashable, Sendable {
  /// What is asked, for the error's text: `add address 1.1.1.1/24`.
  public let purpose: String
  /// The message, without sequence and port: the socket gives them.
  public let message: NetlinkMessage
  /// The refusals that say that there is nothing to be done.
  let harmless: Set<Errno>

  private init(
    _ purpose: String, _ type: Int, flags: Int32 = NLM_F_ACK, harmless: Set<Errno> = [], _ structure: [UInt8],
    _ attributes: [NetlinkAttribute]
  ) {
    self.purpose = purpose
    self.harmless = harmless
    let payload = structure + attributes.flatMap(\.bytes)
    message = NetlinkMessage(
      type: UInt16(type), flags: UInt16(NLM_F_REQUEST | flags), payload: payload)
  }

  private static let creating = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL

  /// Makes a veth pair: this end in the socket's namespace, the peer in the one that the descriptor holds.
  ///
  /// Neither end ever exists anywhere else, so that no name can clash and nothing watches it appear.
  public static func makeVethPair(_ end: VethEnd, peer: VethEnd, in namespace: Int32) -> RouteRequest {
    let place = NetlinkAttribute(Int(IFLA_NET_NS_FD), UInt32(bitPattern: namespace))
    let other = NetlinkAttribute(
      Int(VETH_INFO_PEER), nesting: attributes(of: peer, in: place), after: structure(of: peer.index))
    let kind = NetlinkAttribute(
      Int(IFLA_LINKINFO),
      nesting: [
        NetlinkAttribute(Int(IFLA_INFO_KIND), Array("veth".utf8)),
        NetlinkAttribute(Int(IFLA_INFO_DATA), nesting: [other]),
      ])
    return RouteRequest(
      "make a veth pair \(end.name)", Int(RTM_NEWLINK), flags: creating, structure(of: end.index),
      attributes(of: end) + [kind])
  }

  /// Keeps IPv6 from giving the interface an address and speaking by itself; for before it is raised. A kernel without
  /// IPv6 has nothing to turn off.
  public static func disableIPv6AddressGeneration(link index: Int32) -> RouteRequest {
    let mode = NetlinkAttribute(Int(IFLA_INET6_ADDR_GEN_MODE), UInt8(IN6_ADDR_GEN_MODE_NONE.rawValue))
    let family = NetlinkAttribute(Int(AF_INET6), nesting: [mode])
    return RouteRequest(
      "turn IPv6 address generation off", Int(RTM_NEWLINK),
      harmless: [.addressFamilyNotSupported, .notSupported], structure(of: index),
      [NetlinkAttribute(Int(IFLA_AF_SPEC), nesting: [family])])
  }

  /// Raises an interface; of a host's own, its IPv4 settings are those of `InterfaceSettings` from then on.
  public static func raise(link index: Int32, asHost isHosts: Bool = false) -> RouteRequest {
    let up = UInt32(IFF_UP)
    return RouteRequest(
      "raise interface \(index)", Int(RTM_NEWLINK), structure(of: index, flags: up, change: up),
      isHosts ? [InterfaceSettings.attribute] : [])
  }

  /// Asks for an interface's state; answered by a message that `Link` reads, and by nothing else.
  public static func describe(link index: Int32) -> RouteRequest {
    RouteRequest("describe interface \(index)", Int(RTM_GETLINK), flags: 0, structure(of: index), [])
  }

  /// Gives an interface an address, and with it a route to the address's network, if it is to have one.
  ///
  /// One of IPv6 is taken at one's word that no other host has it (RFC 4862 §5.4), so that it can be used at once.
  public static func addAddress(
    _ address: IPInterface, link index: Int32, withRoute: Bool = true
  ) -> RouteRequest {
    let version = address.address.version
    let structure = ifaddrmsg(
      ifa_family: family(version), ifa_prefixlen: address.prefixLength, ifa_flags: 0,
      ifa_scope: UInt8(RT_SCOPE_UNIVERSE.rawValue), ifa_index: UInt32(bitPattern: index))
    let octets = address.address.octets
    let local = NetlinkAttribute(Int(IFA_LOCAL), octets)
    let all = (withRoute ? 0 : UInt32(IFA_F_NOPREFIXROUTE)) | (version == .v6 ? UInt32(IFA_F_NODAD) : 0)
    let flags = all == 0 ? [] : [NetlinkAttribute(Int(IFA_FLAGS), all)]
    return RouteRequest(
      "add address \(address)", Int(RTM_NEWADDR), flags: creating, withUnsafeBytes(of: structure, Array.init),
      [local] + flags + [NetlinkAttribute(Int(IFA_ADDRESS), octets)])
  }

  /// Makes a host the way to a network, or to all that no other route leads to where the prefix is empty; taken at
  /// one's word that it is on the link (`onlink`).
  ///
  /// What leaves by it has the interface's own source address, or the one that is given.
  public static func addRoute(
    to network: IPInterface, via gateway: IPAddress, from source: IPAddress? = nil,
    in table: RouteTable = .main, link index: Int32
  ) -> RouteRequest {
    addRoute(
      to: network, from: source, in: table, link: index, scope: RT_SCOPE_UNIVERSE, flags: RTNH_F_ONLINK,
      [NetlinkAttribute(Int(RTA_GATEWAY.rawValue), gateway.octets)])
  }

  /// Says of a network that it is on the link: its hosts need no gateway.
  public static func addLinkRoute(
    to network: IPInterface, from source: IPAddress, in table: RouteTable = .main, link index: Int32
  ) -> RouteRequest {
    addRoute(to: network, from: source, in: table, link: index, scope: RT_SCOPE_LINK, flags: 0, [])
  }

  /// Says of an IPv6 address that it is the host's own: the kernel comes to that by itself, but later.
  public static func addLocalRoute(to address: IPv6Address, link index: Int32) -> RouteRequest {
    guard let single = IPv6Interface(address: address, prefixLength: 128) else {
      preconditionFailure("128 is the length of a prefix")
    }
    return addRoute(
      to: .v6(single), from: nil, in: .local, link: index, scope: RT_SCOPE_UNIVERSE, flags: 0, [],
      type: UInt8(RTN_LOCAL))
  }

  private static func family(_ version: IPVersion) -> UInt8 { UInt8(IPAddress.family(version).number) }

  private static func addRoute(
    to network: IPInterface, from source: IPAddress?, in table: RouteTable, link index: Int32,
    scope: rt_scope_t, flags: Int32, _ hop: [NetlinkAttribute], type: UInt8 = UInt8(RTN_UNICAST)
  ) -> RouteRequest {
    let structure = rtmsg(
      rtm_family: family(network.address.version), rtm_dst_len: network.prefixLength, rtm_src_len: 0,
      rtm_tos: 0,
      rtm_table: table.number, rtm_protocol: UInt8(RTPROT_BOOT), rtm_scope: UInt8(scope.rawValue),
      rtm_type: type, rtm_flags: UInt32(flags))
    let destination =
      network.prefixLength > 0 ? [NetlinkAttribute(Int(RTA_DST.rawValue), network.network.octets)] : []
    let preferred = source.map { [NetlinkAttribute(Int(RTA_PREFSRC.rawValue), $0.octets)] } ?? []
    return RouteRequest(
      "add route to \(network)", Int(RTM_NEWROUTE), flags: creating,
      withUnsafeBytes(of: structure, Array.init),
      destination + preferred + hop + [
        NetlinkAttribute(Int(RTA_OIF.rawValue), UInt32(bitPattern: index))
      ])
  }

  /// Tells a host once and for all which hardware address an address has, so that it need not ask.
  public static func addNeighbour(
    _ address: IPAddress, at mac: MACAddress, link index: Int32
  ) -> RouteRequest {
    let structure = ndmsg(
      ndm_family: family(address.version), ndm_pad1: 0, ndm_pad2: 0, ndm_ifindex: index,
      ndm_state: UInt16(NUD_PERMANENT), ndm_flags: 0, ndm_type: 0)
    return RouteRequest(
      "add neighbour \(address)", Int(RTM_NEWNEIGH), flags: creating,
      withUnsafeBytes(of: structure, Array.init),
      [NetlinkAttribute(Int(NDA_DST), address.octets), NetlinkAttribute(Int(NDA_LLADDR), mac.octets)])
  }

  private static let listing = NLM_F_ROOT | NLM_F_MATCH

  /// Asks for all addresses of a version.
  static func listAddresses(_ version: IPVersion) -> RouteRequest {
    list("addresses", Int(RTM_GETADDR), version, MemoryLayout<ifaddrmsg>.size)
  }

  /// Asks for all routes of a version.
  static func listRoutes(_ version: IPVersion) -> RouteRequest {
    list("routes", Int(RTM_GETROUTE), version, MemoryLayout<rtmsg>.size)
  }

  /// Asks for all neighbours of a version.
  static func listNeighbours(_ version: IPVersion) -> RouteRequest {
    list("neighbours", Int(RTM_GETNEIGH), version, MemoryLayout<ndmsg>.size)
  }

  /// Asks by a structure of so many bytes that names the family and nothing else.
  private static func list(_ what: String, _ type: Int, _ version: IPVersion, _ size: Int) -> RouteRequest {
    RouteRequest(
      "list \(version) \(what)", type, flags: listing,
      [family(version)] + [UInt8](repeating: 0, count: size - 1), [])
  }

  private static func structure(of index: Int32, flags: UInt32 = 0, change: UInt32 = 0) -> [UInt8] {
    let structure = ifinfomsg(
      ifi_family: UInt8(AF_UNSPEC), __ifi_pad: 0, ifi_type: 0, ifi_index: index, ifi_flags: flags,
      ifi_change: change)
    return withUnsafeBytes(of: structure, Array.init)
  }

  private static func attributes(of end: VethEnd, in place: NetlinkAttribute? = nil) -> [NetlinkAttribute] {
    let mac = end.mac.map { NetlinkAttribute(Int(IFLA_ADDRESS), $0.octets) }
    let name = NetlinkAttribute(Int(IFLA_IFNAME), string: end.name)
    return [NetlinkAttribute(Int(IFLA_MTU), end.mtu), mac, place, name].compactMap { $0 }
  }
}

/// What the kernel says of an interface (rtnetlink(7), `RTM_NEWLINK`).
public struct Link: Hashable, Sendable {
  /// The interface's index in its namespace.
  public let index: Int32
  /// The interface's name.
  public let name: String
  /// The hardware address, or nil where it has none of six bytes.
  public let mac: MACAddress?
  /// The maximum transmission unit in bytes; 0 where it says none.
  public let mtu: UInt32
  /// Whether it is switched on (`IFF_UP`).
  public let isUp: Bool
  /// Whether it can pass packets now: operational state UP (RFC 2863, `ifOperStatus`).
  public let isOperational: Bool

  private static let operationalStateUp: [UInt8] = [6]

  /// Reads the description that a message carries, or nil when it carries none.
  public init?(_ message: NetlinkMessage) {
    let size = MemoryLayout<ifinfomsg>.size
    guard message.type == UInt16(RTM_NEWLINK),
      let index = UInt32(hostBytes: message.payload[...], at: 4), message.payload.count >= size,
      let flags = UInt32(hostBytes: message.payload[...], at: 8)
    else { return nil }
    self.index = Int32(bitPattern: index)
    let attributes = NetlinkAttribute.parse(message.payload[size...])
    let find = { (type: Int) in attributes.first { $0.type == UInt16(type) } }
    name = find(Int(IFLA_IFNAME))?.string ?? ""
    mac = find(Int(IFLA_ADDRESS)).flatMap { MACAddress(octets: $0.value) }
    mtu = find(Int(IFLA_MTU)).flatMap { UInt32(hostBytes: $0.value[...], at: 0) } ?? 0
    isUp = flags & UInt32(IFF_UP) != 0
    isOperational = find(Int(IFLA_OPERSTATE))?.value == Self.operationalStateUp
  }
}
