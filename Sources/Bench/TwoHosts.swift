// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Wire

/// Two namespaces and a cable between them, by the fewest kernel calls that `Linux` makes for it.
struct TwoHosts: ~Copyable {
  let sender: NetworkNamespace
  let receiver: NetworkNamespace

  static let link: Int32 = 101
  static let senderMAC = MACAddress(0x02, 0, 0, 0, 0, 1)
  static let receiverMAC = MACAddress(0x02, 0, 0, 0, 0, 2)
  static let senderAddress = IPv4Address(1, 1, 1, 100)
  static let receiverAddress = IPv4Address(1, 1, 1, 1)

  private static let receiverLink: Int32 = 102
  private static let patience = Duration.seconds(10)

  /// Makes them; returns when both ends of the cable pass packets.
  init() throws {
    let deadline = Deadline(after: Self.patience)
    let near = try NetworkNamespace()
    let far = try NetworkNamespace()
    var nearNetlink = try near.enter { () throws(SystemError) in try NetlinkSocket() }
    var farNetlink = try far.enter { () throws(SystemError) in try NetlinkSocket() }
    try nearNetlink.perform(
      [
        .makeVethPair(
          VethEnd(index: Self.link, name: "eth0", mac: Self.senderMAC, mtu: 1500),
          peer: VethEnd(index: Self.receiverLink, name: "eth0", mac: Self.receiverMAC, mtu: 1500),
          in: far.rawDescriptor)
      ] + Self.settings(Self.link, Self.senderAddress, Self.receiverAddress, Self.receiverMAC),
      until: deadline)
    try farNetlink.perform(
      Self.settings(Self.receiverLink, Self.receiverAddress, Self.senderAddress, Self.senderMAC),
      until: deadline)
    _ = try nearNetlink.awaitOperational(link: Self.link, until: deadline)
    _ = try farNetlink.awaitOperational(link: Self.receiverLink, until: deadline)
    sender = near
    receiver = far
  }

  private static func settings(
    _ link: Int32, _ address: IPv4Address, _ neighbour: IPv4Address, _ mac: MACAddress
  ) throws -> [RouteRequest] {
    guard let interface = IPv4Interface(address: address, prefixLength: 24) else {
      throw BenchError("\(address)/24 is no address of a host")
    }
    return [
      .disableIPv6AddressGeneration(link: link), .addAddress(.v4(interface), link: link), .raise(link: link),
      .addNeighbour(.v4(neighbour), at: mac, link: link),
    ]
  }

  /// A socket of a namespace, as a C function opens it.
  static func open(
    in space: borrowing NetworkNamespace, _ body: () -> Int32
  ) throws -> Descriptor {
    let number = try space.enter { () throws(SystemError) in body() }
    guard number >= 0 else { throw BenchError("socket: \(String(cString: strerror(errno)))") }
    return Descriptor(owning: number)
  }
}
