// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Linux

// Known bytes are those of a little-endian machine: iproute2 6.1.0, as strace saw it send them, and the
// answers of Linux 6.18.
@Suite("netlink messages")
struct NetlinkMessageTests {
  private let mac = MACAddress(0xf0, 0x1f, 0xaf, 0x28, 0x8d, 0x92)
  private let peerMAC = MACAddress(0x00, 0x00, 0x91, 0x06, 0x41, 0xe1)

  /// The one message of a datagram, after a check that it can be built again from its parts.
  private func message(_ datagram: [UInt8]) throws -> NetlinkMessage {
    let messages = try #require(NetlinkMessage.parse(datagram: datagram))
    let message = try #require(messages.first)
    #expect(messages.count == 1)
    #expect(message.bytes == datagram)
    return message
  }

  /// A request with the sequence number that iproute2 chose.
  private func numbered(_ request: RouteRequest, _ sequence: UInt32) -> [UInt8] {
    var message = request.message
    message.sequence = sequence
    return message.bytes
  }

  // MARK: - What is asked

  @Test("a veth pair is asked for with iproute2's bytes")
  func vethPair() throws {
    // ip link add eth0 index 101 mtu 1400 address f0:1f:af:28:8d:92
    //   type veth peer name eth0 index 102 mtu 1400 address 00:00:91:06:41:e1 netns /proc/self/ns/net
    let known: [UInt8] = [
      0x8c, 0, 0, 0,  // length 140
      0x10, 0,  // RTM_NEWLINK
      0x05, 0x06,  // NLM_F_REQUEST, NLM_F_ACK, NLM_F_EXCL, NLM_F_CREATE
      0x96, 0x74, 0x03, 0x6b,  // sequence
      0, 0, 0, 0,  // port
      0, 0, 0, 0,  // family AF_UNSPEC, type 0
      101, 0, 0, 0,  // index
      0, 0, 0, 0,  // flags
      0, 0, 0, 0,  // change
      8, 0, 4, 0, 0x78, 0x05, 0, 0,  // IFLA_MTU 1400
      10, 0, 1, 0, 0xf0, 0x1f, 0xaf, 0x28, 0x8d, 0x92, 0, 0,  // IFLA_ADDRESS, padded
      9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0,  // IFLA_IFNAME "eth0", padded
      0x4c, 0, 0x12, 0,  // IFLA_LINKINFO, 76 bytes
      8, 0, 1, 0, 0x76, 0x65, 0x74, 0x68,  // IFLA_INFO_KIND "veth", which iproute2 does not terminate
      0x40, 0, 2, 0,  // IFLA_INFO_DATA, 64 bytes
      0x3c, 0, 1, 0,  // VETH_INFO_PEER, 60 bytes
      0, 0, 0, 0, 102, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // ifinfomsg: index 102
      8, 0, 4, 0, 0x78, 0x05, 0, 0,  // IFLA_MTU 1400
      10, 0, 1, 0, 0, 0, 0x91, 0x06, 0x41, 0xe1, 0, 0,  // IFLA_ADDRESS, padded
      8, 0, 0x1c, 0, 4, 0, 0, 0,  // IFLA_NET_NS_FD 4
      9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0,  // IFLA_IFNAME "eth0", padded
    ]
    let pair = RouteRequest.makeVethPair(
      VethEnd(index: 101, name: "eth0", mac: mac, mtu: 1400),
      peer: VethEnd(index: 102, name: "eth0", mac: peerMAC, mtu: 1400), in: 4)
    #expect(numbered(pair, 0x6b03_7496) == known)
    #expect(try message(known).payload == pair.message.payload)
  }

  @Test("an address is asked for with iproute2's bytes")
  func address() throws {
    // ip addr add 1.1.1.100/24 dev va
    let known: [UInt8] = [
      0x28, 0, 0, 0, 0x14, 0, 0x05, 0x06,  // length 40, RTM_NEWADDR, creating
      0x0f, 0x74, 0x03, 0x6b, 0, 0, 0, 0,  // sequence, port
      2, 24, 0, 0,  // AF_INET, prefix length, flags, RT_SCOPE_UNIVERSE
      101, 0, 0, 0,  // index
      8, 0, 2, 0, 1, 1, 1, 100,  // IFA_LOCAL
      8, 0, 1, 0, 1, 1, 1, 100,  // IFA_ADDRESS
    ]
    let interface = try #require(IPv4Interface("1.1.1.100/24"))
    #expect(numbered(.addAddress(.v4(interface), link: 101), 0x6b03_740f) == known)
    #expect(try message(known).sequence == 0x6b03_740f)
  }

  @Test("an address without a route to its network is asked for with iproute2's bytes")
  func addressWithoutRoute() throws {
    // ip addr add 1.1.1.100/24 noprefixroute dev va
    let known: [UInt8] = [
      0x30, 0, 0, 0, 0x14, 0, 0x05, 0x06,  // length 48, RTM_NEWADDR, creating
      0x0f, 0x74, 0x03, 0x6b, 0, 0, 0, 0,  // sequence, port
      2, 24, 0, 0,  // AF_INET, prefix length, flags, RT_SCOPE_UNIVERSE
      101, 0, 0, 0,  // index
      8, 0, 2, 0, 1, 1, 1, 100,  // IFA_LOCAL
      8, 0, 8, 0, 0, 2, 0, 0,  // IFA_FLAGS IFA_F_NOPREFIXROUTE
      8, 0, 1, 0, 1, 1, 1, 100,  // IFA_ADDRESS
    ]
    let interface = try #require(IPv4Interface("1.1.1.100/24"))
    #expect(numbered(.addAddress(.v4(interface), link: 101, withRoute: false), 0x6b03_740f) == known)
  }

  @Test("a route is asked for with iproute2's bytes, for a network and for everything")
  func route() throws {
    // ip route add 1.1.1.0/24 via 1.1.1.1 dev va onlink
    let toNetwork: [UInt8] = [
      0x34, 0, 0, 0, 0x18, 0, 0x05, 0x06,  // length 52, RTM_NEWROUTE, creating
      0x0f, 0x74, 0x03, 0x6b, 0, 0, 0, 0,  // sequence, port
      2, 24, 0, 0,  // AF_INET, destination's prefix length, source's, type of service
      254, 3, 0, 1,  // RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST
      4, 0, 0, 0,  // RTNH_F_ONLINK
      8, 0, 1, 0, 1, 1, 1, 0,  // RTA_DST
      8, 0, 5, 0, 1, 1, 1, 1,  // RTA_GATEWAY
      8, 0, 4, 0, 101, 0, 0, 0,  // RTA_OIF
    ]
    let gateway = IPv4Address(1, 1, 1, 1)
    let network = try #require(IPv4Interface("1.1.1.100/24"))
    #expect(numbered(.addRoute(to: .v4(network), via: .v4(gateway), link: 101), 0x6b03_740f) == toNetwork)
    // ip route add default via 1.1.1.1 dev va onlink
    let toAll = [0x2c] + toNetwork[1..<17] + [0] + toNetwork[18..<28] + toNetwork[36...]
    let everything = try #require(IPv4Interface("0.0.0.0/0"))
    #expect(numbered(.addRoute(to: .v4(everything), via: .v4(gateway), link: 101), 0x6b03_740f) == toAll)
  }

  @Test("a neighbour is asked for with iproute2's bytes")
  func neighbour() throws {
    // ip neigh add 1.1.1.1 lladdr 00:00:91:06:41:e1 nud permanent dev va
    let known: [UInt8] = [
      0x30, 0, 0, 0, 0x1c, 0, 0x05, 0x06,  // length 48, RTM_NEWNEIGH, creating
      0x10, 0x74, 0x03, 0x6b, 0, 0, 0, 0,  // sequence, port
      2, 0, 0, 0,  // AF_INET
      101, 0, 0, 0,  // index
      0x80, 0, 0, 0,  // NUD_PERMANENT, flags, type
      8, 0, 1, 0, 1, 1, 1, 1,  // NDA_DST
      10, 0, 2, 0, 0, 0, 0x91, 0x06, 0x41, 0xe1, 0, 0,  // NDA_LLADDR, padded
    ]
    let request = RouteRequest.addNeighbour(.v4(IPv4Address(1, 1, 1, 1)), at: peerMAC, link: 101)
    #expect(numbered(request, 0x6b03_7410) == known)
    #expect(try message(known).type == 0x1c)
  }

  @Test("an interface is raised with iproute2's bytes")
  func raise() throws {
    // ip link set va up
    let known: [UInt8] = [
      0x20, 0, 0, 0, 0x10, 0, 0x05, 0,  // length 32, RTM_NEWLINK, NLM_F_REQUEST, NLM_F_ACK
      0x0f, 0x74, 0x03, 0x6b, 0, 0, 0, 0,  // sequence, port
      0, 0, 0, 0, 101, 0, 0, 0,  // index
      1, 0, 0, 0, 1, 0, 0, 0,  // flags IFF_UP, change IFF_UP
    ]
    #expect(numbered(.raise(link: 101), 0x6b03_740f) == known)
    #expect(try message(known).flags == 0x0005)
  }

  @Test("IPv6 is silenced with iproute2's bytes")
  func addressGeneration() throws {
    // ip link set va addrgenmode none
    let known: [UInt8] = [
      0x30, 0, 0, 0, 0x10, 0, 0x05, 0,  // length 48, RTM_NEWLINK, NLM_F_REQUEST, NLM_F_ACK
      0x0f, 0x74, 0x03, 0x6b, 0, 0, 0, 0,  // sequence, port
      0, 0, 0, 0, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // ifinfomsg: index 101
      16, 0, 0x1a, 0,  // IFLA_AF_SPEC
      12, 0, 10, 0,  // AF_INET6
      5, 0, 8, 0, 1, 0, 0, 0,  // IFLA_INET6_ADDR_GEN_MODE none, padded
    ]
    #expect(numbered(.disableIPv6AddressGeneration(link: 101), 0x6b03_740f) == known)
    #expect(try message(known).payload.count == 32)
  }

  // MARK: - What is answered

  /// The kernel's refusal of an MTU of 20, with the whole request echoed.
  private let refusal: [UInt8] = [
    0x60, 0, 0, 0, 2, 0,  // length 96, NLMSG_ERROR
    0x00, 0x02,  // NLM_F_ACK_TLVS
    0x0f, 0x74, 0x03, 0x6b, 0x72, 0x49, 0, 0,  // sequence, port
    0xea, 0xff, 0xff, 0xff,  // -EINVAL
    0x28, 0, 0, 0, 0x10, 0, 0x05, 0, 0x0f, 0x74, 0x03, 0x6b, 0, 0, 0, 0,  // the request's header
    0, 0, 0, 0, 0x65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 4, 0, 0x14, 0, 0, 0,  // and the rest of it
    0x21, 0, 1, 0,  // NLMSGERR_ATTR_MSG, 33 bytes
    0x6d, 0x74, 0x75, 0x20, 0x6c, 0x65, 0x73, 0x73, 0x20, 0x74, 0x68, 0x61, 0x6e, 0x20,  // mtu less than
    0x64, 0x65, 0x76, 0x69, 0x63, 0x65, 0x20,  // device
    0x6d, 0x69, 0x6e, 0x69, 0x6d, 0x75, 0x6d, 0, 0, 0, 0,  // minimum, terminated and padded
  ]

  /// The same refusal on a socket with `NETLINK_CAP_ACK`: the request's header alone is echoed.
  private var cappedRefusal: [UInt8] {
    var bytes = refusal
    bytes.removeSubrange(36..<60)
    bytes.replaceSubrange(0..<8, with: [0x48, 0, 0, 0, 2, 0, 0x00, 0x03])  // NLM_F_ACK_TLVS, NLM_F_CAPPED
    return bytes
  }

  /// An interface as `RTM_GETLINK` describes it: the first attributes of the kernel's answer.
  private let description: [UInt8] = [
    0x58, 0, 0, 0, 0x10, 0, 0, 0, 7, 0, 0, 0, 0x72, 0x49, 0, 0,  // header, length cut to these attributes
    0, 0, 1, 0,  // AF_UNSPEC, ARPHRD_ETHER
    0x65, 0, 0, 0, 0x43, 0x10, 1, 0, 0, 0, 0, 0,  // index 101, flags, change
    7, 0, 3, 0, 0x76, 0x61, 0, 0,  // IFLA_IFNAME "va"
    8, 0, 0x0d, 0, 0xe8, 3, 0, 0,  // IFLA_TXQLEN 1000
    5, 0, 0x10, 0, 6, 0, 0, 0,  // IFLA_OPERSTATE up
    5, 0, 0x11, 0, 0, 0, 0, 0,  // IFLA_LINKMODE
    8, 0, 4, 0, 0x78, 0x05, 0, 0,  // IFLA_MTU 1400
    10, 0, 1, 0, 0xf0, 0x1f, 0xaf, 0x28, 0x8d, 0x92, 0, 0,  // IFLA_ADDRESS
    4, 0, 0x41, 0x80,  // IFLA_DEVLINK_PORT, a nest (NLA_F_NESTED) of nothing
  ]

  @Test("the kernel's own sentence is read, with the request echoed whole or capped")
  func extendedAcknowledgement() throws {
    for bytes in [refusal, cappedRefusal] {
      let acknowledgement = try #require(NetlinkAcknowledgement(message(bytes)))
      #expect(acknowledgement.error?.name == "EINVAL")
      #expect(acknowledgement.text == "mtu less than device minimum")
    }
  }

  @Test("attributes without the flag that announces them are not read as a sentence")
  func noExtendedAcknowledgement() throws {
    for bytes in [refusal, cappedRefusal] {
      var message = try message(bytes)
      message.flags &= ~0x0200
      #expect(NetlinkAcknowledgement(message)?.text == nil)
      #expect(NetlinkAcknowledgement(message)?.error?.name == "EINVAL")
    }
  }

  @Test("a refusal whose request claims any length gives no sentence and no trap")
  func lyingEcho() throws {
    var message = try message(refusal)
    message.payload.replaceSubrange(4..<8, with: [0xff, 0xff, 0xff, 0xff])
    #expect(NetlinkAcknowledgement(message)?.text == nil)
    message.payload.removeSubrange(7...)
    #expect(NetlinkAcknowledgement(message) == nil)
  }

  @Test("error 0 is done, and a message of another type is no acknowledgement")
  func done() throws {
    let bytes: [UInt8] = [
      0x24, 0, 0, 0, 2, 0, 0, 1, 7, 0, 0, 0, 0x72, 0x49, 0, 0, 0, 0, 0, 0,  // NLM_F_CAPPED, error 0
      0x20, 0, 0, 0, 0x12, 0, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // RTM_GETLINK's header
    ]
    let acknowledgement = try #require(NetlinkAcknowledgement(message(bytes)))
    #expect(acknowledgement.error == nil && acknowledgement.text == nil)
    #expect(try NetlinkAcknowledgement(message(description)) == nil)
  }

  @Test("an interface's description is read, and attributes that mean nothing here are passed over")
  func link() throws {
    let link = try #require(Link(message(description)))
    #expect(link.index == 101 && link.name == "va" && link.mac == mac && link.isOperational)
    let attributes = try NetlinkAttribute.parse(message(description).payload[16...])
    #expect(attributes.map(\.type) == [3, 13, 16, 17, 4, 1, 65])
  }

  @Test("every operational state but 6 is not up")
  func operationalStates() throws {
    for state in UInt8.min...UInt8.max {
      var bytes = description
      bytes[52] = state
      #expect(try Link(message(bytes))?.isOperational == (state == 6))
    }
  }

  @Test("a message that is too short describes no interface")
  func shortLink() throws {
    var message = try message(description)
    for count in 0..<16 {
      message.payload = Array(message.payload.prefix(count))
      #expect(Link(message) == nil)
    }
  }

  // MARK: - Datagrams and lengths

  @Test("several messages in one datagram are read in order, padded ones too")
  func several() {
    let messages = (0..<5).map { count in
      NetlinkMessage(
        type: 16, flags: 0, sequence: UInt32(count), payload: [UInt8](repeating: 0xa5, count: count))
    }
    #expect(NetlinkMessage.parse(datagram: messages.flatMap(\.bytes)) == messages)
    #expect(NetlinkMessage.parse(datagram: []) == [])
  }

  @Test("a datagram cut anywhere, and one whose length lies, is refused")
  func truncated() {
    for count in 1..<refusal.count {
      #expect(NetlinkMessage.parse(datagram: Array(refusal.prefix(count))) == nil)
    }
    for length: UInt8 in [0, 15, 97] {
      #expect(NetlinkMessage.parse(datagram: [length] + refusal.dropFirst()) == nil)
    }
    #expect(NetlinkMessage.parse(datagram: [0xff, 0xff, 0xff, 0xff] + refusal.dropFirst(4)) == nil)
  }

  @Test(
    "an attribute's number is read without its flags, of a nest and of network byte order (netlink(7), NLA_TYPE_MASK)",
    arguments: [0x0000, 0x4000, 0x8000, 0xc000] as [UInt16])
  func flags(flag: UInt16) {
    for number: UInt16 in [0, 1, 0x12, 0x2000, 0x3fff] {
      let type = number | flag
      let bytes: [UInt8] = [6, 0, UInt8(type & 0xff), UInt8(type >> 8), 0x12, 0x34, 0, 0]
      #expect(NetlinkAttribute.parse(bytes[...]) == [NetlinkAttribute(Int(number), [0x12, 0x34])])
    }
  }

  @Test("attributes end where one lies about its length")
  func lyingAttribute() {
    let right: [UInt8] = [5, 0, 16, 0, 6, 0, 0, 0]
    for length: UInt8 in [0, 3, 9] {
      let attributes = NetlinkAttribute.parse((right + [length, 0, 1, 0, 1, 2, 3, 4])[...])
      #expect(attributes == [NetlinkAttribute(16, [6])])
    }
    #expect(NetlinkAttribute.parse([5, 0, 16]).isEmpty)
  }
}
