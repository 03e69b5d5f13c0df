// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Wire

/// Two hosts joined by a cable, ready to pass packets, with a capture running at either end.
///
/// Everything is held by descriptors: when this value goes, the kernel takes hosts and cable down.
struct HostPair: ~Copyable {
  var sender: CableEnd
  var receiver: CableEnd

  private static let senderLink: Int32 = 101
  private static let receiverLink: Int32 = 102
  private static let interfaceName = "eth0"

  /// Builds the network; returns when both ends are operational, since a packet sent before can be lost.
  ///
  /// The sender knows the receiver's end of the cable as the way to each of `destinations` too.
  ///
  /// - Throws: `EPERM` without CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW, `ETIMEDOUT` past the deadline, and
  ///   what else the kernel refuses.
  init(
    _ network: Network, destinations: Set<IPv4Address>, closing: ClosingPool, until deadline: Deadline
  ) throws(SystemError) {
    let senderSpace = try NetworkNamespace()
    let receiverSpace = try NetworkNamespace()
    var senderNetlink = try senderSpace.enter { () throws(SystemError) in try NetlinkSocket() }
    var receiverNetlink = try receiverSpace.enter { () throws(SystemError) in try NetlinkSocket() }

    let pair = RouteRequest.makeVethPair(
      Self.end(Self.senderLink, network.sender, network),
      peer: Self.end(Self.receiverLink, network.receiver, network), in: receiverSpace.rawDescriptor)
    try senderNetlink.perform([pair], until: deadline)
    try Self.raise(Self.senderLink, network.sender, &senderNetlink, until: deadline)
    try Self.raise(Self.receiverLink, network.receiver, &receiverNetlink, until: deadline)
    let senderMAC = try Self.awaitMAC(Self.senderLink, &senderNetlink, until: deadline)
    let receiverMAC = try Self.awaitMAC(Self.receiverLink, &receiverNetlink, until: deadline)

    if network.arp == .static {
      // The kernel itself knows where a broadcast goes; told otherwise, it would send it to one host.
      let broadcast = network.sender.interface.value.broadcast
      let known = destinations.union([network.receiver.address]).subtracting([broadcast]).sorted()
      try senderNetlink.perform(
        known.map { .addNeighbour($0, at: receiverMAC, link: Self.senderLink) }, until: deadline)
      try receiverNetlink.perform(
        [.addNeighbour(network.sender.address, at: senderMAC, link: Self.receiverLink)], until: deadline)
    }
    let near = try CableEnd(space: senderSpace, link: Self.senderLink, mac: senderMAC, closing: closing)
    let far = try CableEnd(space: receiverSpace, link: Self.receiverLink, mac: receiverMAC, closing: closing)
    sender = near
    receiver = far
  }

  /// Lets go of everything; what takes long is closed off the critical path.
  consuming func close() {
    sender.close()
    receiver.close()
  }

  private static func end(_ index: Int32, _ host: Host, _ network: Network) -> VethEnd {
    VethEnd(index: index, name: interfaceName, mac: host.mac?.value, mtu: UInt32(network.mtu))
  }

  private static func raise(
    _ link: Int32, _ host: Host, _ netlink: inout NetlinkSocket, until deadline: Deadline
  ) throws(SystemError) {
    do throws(SystemError) {
      try netlink.perform([.disableIPv6AddressGeneration(link: link)], until: deadline)
    } catch  where error.errno == .addressFamilyNotSupported || error.errno == .notSupported {
      // A kernel without IPv6 has nothing to turn off.
    }
    try netlink.perform(
      [.raise(link: loopback), .addAddress(host.interface.value, link: link), .raise(link: link)],
      until: deadline)
  }

  private static let loopback: Int32 = 1

  private static func awaitMAC(
    _ link: Int32, _ netlink: inout NetlinkSocket, until deadline: Deadline
  ) throws(SystemError) -> MACAddress {
    guard let mac = try netlink.awaitOperational(link: link, until: deadline).mac else {
      throw SystemError("netlink: describe interface \(link)", .badMessage, detail: "it has no MAC address")
    }
    return mac
  }
}

/// One host's end of the cable: its namespace and the capture there.
struct CableEnd: ~Copyable {
  let space: NetworkNamespace
  let mac: MACAddress
  var capture: PacketSocket

  init(
    space: consuming NetworkNamespace, link: Int32, mac: MACAddress, closing: ClosingPool
  ) throws(SystemError) {
    capture = try space.enter { () throws(SystemError) in try PacketSocket(link: link, closedBy: closing) }
    self.space = space
    self.mac = mac
  }

  consuming func close() {
    capture.close()
  }
}
