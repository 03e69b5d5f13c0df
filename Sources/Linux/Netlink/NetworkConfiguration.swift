// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// How one interface and the ways out by it are configured at a moment, as rtnetlink(7) tells it.
public struct NetworkConfiguration: Equatable, Sendable {
  /// A way to a network.
  public struct Route: Hashable, Sendable {
    /// Where it leads.
    public let network: IPInterface
    /// The number of the table that it stands in.
    let table: UInt8
    /// The address of the host on the way; empty where there is none.
    let gateway: [UInt8]
  }

  /// The interface; nil where there is none of its index.
  public private(set) var link: Link?
  /// Its addresses.
  public private(set) var addresses: Set<IPInterface> = []
  /// The ways to other hosts by it.
  public private(set) var routes: Set<Route> = []
  /// The hosts whose hardware address was told once and for all, and that address.
  public private(set) var neighbours: [IPAddress: MACAddress] = [:]

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
    for version in IPVersion.allCases {
      for message in try netlink.list(.listAddresses(version), until: deadline) {
        note(address: message, of: index)
      }
      for message in try netlink.list(.listRoutes(version), until: deadline) {
        note(route: message, by: index)
      }
      for message in try netlink.list(.listNeighbours(version), until: deadline) {
        note(neighbour: message, at: index)
      }
    }
  }

  private mutating func note(address message: NetlinkMessage, of index: Int32) {
    let (payload, size) = (message.payload, MemoryLayout<ifaddrmsg>.size)
    // One of IPv6 is its own only where the other end of a link has another (rtnetlink(7)).
    guard payload.count >= size, payload.link(at: 4) == index,
      let address = payload.address(Int(IFA_LOCAL), behind: size)
        ?? payload.address(Int(IFA_ADDRESS), behind: size),
      let interface = IPInterface(address: address, prefixLength: payload[1])
    else { return }
    addresses.insert(interface)
  }

  private mutating func note(route message: NetlinkMessage, by index: Int32) {
    let (payload, size) = (message.payload, MemoryLayout<rtmsg>.size)
    // The kernel's own routes to its addresses and to all are not of this kind.
    guard payload.count >= size, payload[7] == UInt8(RTN_UNICAST) else { return }
    let attributes = NetlinkAttribute.parse(payload[size...])
    let find = { (type: rtattr_type_t) in attributes.first { $0.type == UInt16(type.rawValue) }?.value }
    let everywhere = IPAddress.any(Int32(payload[0]) == AF_INET ? .v4 : .v6)
    let to = payload.address(Int(RTA_DST.rawValue), behind: size) ?? everywhere
    guard find(RTA_OIF)?.link(at: 0) == index,
      let network = IPInterface(address: to, prefixLength: payload[1])
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

  /// The address in an attribute behind a structure of so many bytes.
  fileprivate func address(_ type: Int, behind size: Int) -> IPAddress? {
    NetlinkAttribute.parse(dropFirst(size)).first { $0.type == UInt16(type) }
      .flatMap { IPAddress(octets: $0.value) }
  }
}
