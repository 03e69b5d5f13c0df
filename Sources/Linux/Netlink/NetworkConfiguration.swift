// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// How one interface and the ways out by it are configured at a moment, as rtnetlink(7) tells it.
public struct NetworkConfiguration: Equatable, Sendable {
  /// A way to a network.
  public struct Route: Hashable, Sendable {
    /// Where it leads.
    public let network: IPv4Interface
    /// The number of the table that it stands in.
    let table: UInt8
    /// The address of the host on the way; empty where there is none.
    let gateway: [UInt8]
  }

  /// The interface; nil where there is none of its index.
  public private(set) var link: Link?
  /// Its IPv4 addresses.
  public private(set) var addresses: Set<IPv4Interface> = []
  /// The ways to other hosts by it.
  public private(set) var routes: Set<Route> = []
  /// The hosts whose hardware address was told once and for all, and that address.
  public private(set) var neighbours: [IPv4Address: MACAddress] = [:]

  /// Reads the configuration of an interface in the calling thread's namespace.
  ///
  /// - Throws: the errors of netlink, and `ETIMEDOUT` past the deadline.
  public init(link index: Int32, until deadline: Deadline) throws(SystemError) {
    var netlink = try NetlinkSocket()
    do throws(SystemError) {
      link = try netlink.describe(link: index, until: deadline)
    } catch  where error.errno == .noDevice {
      return
    }
    for message in try netlink.list(.listAddresses, until: deadline) { note(address: message, of: index) }
    for message in try netlink.list(.listRoutes, until: deadline) { note(route: message, by: index) }
    for message in try netlink.list(.listNeighbours, until: deadline) { note(neighbour: message, at: index) }
  }

  private mutating func note(address message: NetlinkMessage, of index: Int32) {
    let payload = message.payload
    guard payload.count >= MemoryLayout<ifaddrmsg>.size, payload.link(at: 4) == index,
      let address = payload.address(Int(IFA_LOCAL), behind: MemoryLayout<ifaddrmsg>.size),
      let interface = IPv4Interface(address: address, prefixLength: payload[1])
    else { return }
    addresses.insert(interface)
  }

  private mutating func note(route message: NetlinkMessage, by index: Int32) {
    let (payload, size) = (message.payload, MemoryLayout<rtmsg>.size)
    // The kernel's own routes to its addresses and to all are not of this kind.
    guard payload.count >= size, payload[7] == UInt8(RTN_UNICAST) else { return }
    let attributes = NetlinkAttribute.parse(payload[size...])
    let find = { (type: rtattr_type_t) in attributes.first { $0.type == UInt16(type.rawValue) }?.value }
    let nowhere = IPv4Address(rawValue: 0)
    let to = payload.address(Int(RTA_DST.rawValue), behind: size) ?? nowhere
    guard find(RTA_OIF)?.link(at: 0) == index,
      let network = IPv4Interface(address: to, prefixLength: payload[1])
    else { return }
    routes.insert(Route(network: network, table: payload[4], gateway: find(RTA_GATEWAY) ?? []))
  }

  private mutating func note(neighbour message: NetlinkMessage, at index: Int32) {
    let (payload, size) = (message.payload, MemoryLayout<ndmsg>.size)
    guard payload.link(at: 4) == index, UInt16(hostBytes: payload[...], at: 8) == UInt16(NUD_PERMANENT),
      let address = payload.address(Int(NDA_DST), behind: size)
    else { return }
    let hardware = NetlinkAttribute.parse(payload[size...]).first { $0.type == UInt16(NDA_LLADDR) }
    neighbours[address] = hardware.flatMap { MACAddress(octets: $0.value) }
  }
}

extension [UInt8] {
  /// The index of an interface that stands at an offset.
  fileprivate func link(at offset: Int) -> Int32? {
    UInt32(hostBytes: self[...], at: offset).map(Int32.init(bitPattern:))
  }

  /// The IPv4 address in an attribute behind a structure of so many bytes.
  fileprivate func address(_ type: Int, behind size: Int) -> IPv4Address? {
    let attribute = NetlinkAttribute.parse(dropFirst(size)).first { $0.type == UInt16(type) }
    guard let octets = attribute?.value, octets.count == 4 else { return nil }
    return IPv4Address(rawValue: octets.reduce(0) { $0 << 8 | UInt32($1) })
  }
}
