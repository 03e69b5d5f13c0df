// SPDX-License-Identifier: Apache-2.0

import Wire

/// A message as it asks to be sent, and what keeps each way out from sending it so.
///
/// The kernel's reasons were measured: what it overwrites, replaces, keeps or refuses (raw(7), ip(7), packet(7)). What
/// it refuses stands behind all else, in the order in which it does.
struct WayOutObstacles {
  let message: Message
  let asked: IPPacket
  private let host: Host
  private let other: Host
  private let network: Network
  private let headerLength: Int
  /// What the kernel does with the options of IPv4; nil where there can be none.
  private let options: SocketOptions?
  /// The header fields that the file sets: few enough to be looked through.
  private let fields: [(key: IPField, value: Located<UInt128>)]
  private var length: Int { headerLength + asked.payload.count }

  private var longestPacket: Int { message.version.longestPacket }

  init(_ message: Message, in scenario: Scenario) {
    self.message = message
    asked = message.packet(in: scenario)
    fields = message.header.values.map { $0 }
    network = scenario.network
    host = network[message.from.value]
    other = network[message.from.value.other]
    headerLength = asked.header.byteCount
    if case .v4(let header) = asked.header {
      options = SocketOptions(header.options, to: header.destination, from: host)
    } else {
      options = nil
    }
  }

  /// What keeps a way out from carrying the message as it asks to be sent; nothing where it can.
  subscript(way: WayOut) -> [Obstacle] {
    switch way {
    case .datagram: mute + datagramChanges + kernelsChanges + kernelsRefusals + datagramRefusals
    case .socket: mute + kernelsChanges + kernelsRefusals
    case .header: mute + (message.version == .v4 ? headerChanges : ipv6HeaderChanges) + headerRefusals
    case .frame: tooLongFrame.map { [$0] } ?? []
    }
  }

  /// A kernel without an address has nothing to send from.
  private var mute: [Obstacle] {
    host.isMute
      ? [make("a mute host can send only frames: its kernel has no address", at: message.via?.span)] : []
  }

  /// What the kernel makes otherwise under headers of its own, and what it refuses.
  private var kernelsChanges: [Obstacle] { message.version == .v4 ? socketChanges : ipv6SocketChanges }
  private var kernelsRefusals: [Obstacle] { message.version == .v4 ? socketRefusals : ipv6SocketRefusals }

  // MARK: - A UDP socket

  private static let udp: UInt8 = 17

  /// What stands where the kernel writes the UDP header.
  private var datagramChanges: [Obstacle] {
    guard let transport = message.transport, transport.layer.number == Self.udp else {
      return [make("only a message with `udp` leaves by a UDP socket", at: message.via?.span)]
    }
    return changes(of: transport)
  }

  @Obstacles private func changes(of transport: TransportFields) -> [Obstacle] {
    let length = transport.values["length"]
    let source = transport.values["sourcePort"]
    let isOfKernel =
      transport.checksum.value == .good || (transport.checksum.value == .zero && message.version == .v4)
    length.flatMap { length in
      length.value == UInt64(asked.payload.count)
        ? nil : make("the kernel writes the length of a UDP socket's datagrams", at: length.span)
    }
    source?.value == 0
      ? make("the kernel chooses a port when a UDP socket asks for port 0", at: source?.span) : nil
    isOfKernel
      ? nil : make("the kernel writes the checksum of a UDP socket's datagrams", at: transport.checksum.span)
    obstacle(.next(of: message.version), "a UDP socket sends UDP, which is protocol 17") {
      $0 != UInt128(Self.udp)
    }
  }

  private var datagramRefusals: [Obstacle] {
    let destination = message.transport?.values["destinationPort"]
    return destination?.value == 0
      ? [make("a UDP socket does not send to port 0", at: destination?.span, "EINVAL")] : []
  }

  // MARK: - A plain socket

  @Obstacles private var socketChanges: [Obstacle] {
    let byKernel = "the kernel writes this field of a plain socket's packets"
    frameObstacle
    kernelsOwn(.version, 4, byKernel)
    kernelsOwn(.headerLength, UInt128(headerLength), byKernel)
    kernelsOwn(.totalLength, UInt128(length), byKernel)
    kernelsOwn(.reserved, 0, byKernel)
    kernelsOwn(.moreFragments, 0, byKernel)
    kernelsOwn(.fragmentOffset, 0, byKernel)
    fieldsOfFragments
    obstacle(.identification, "the kernel chooses the identification of a plain socket's packets") { _ in
      true
    }
    foreignSource
    obstacle(at: .protocol, "the kernel opens no plain socket for protocol 0 or 255") {
      [0, 255].contains(asked.header.protocol)
    }
    checksumObstacle("the kernel writes the checksum of a plain socket's packets")
    optionsObstacle(options?.change)
    keptHere
    unanswered
    oneHopToGroup
  }

  @Obstacles private var socketRefusals: [Obstacle] {
    optionsObstacle(
      options?.refusal.map { "the kernel refuses these options of a plain socket: \($0)" }, error: "EINVAL")
    obstacle(.ttl, "the kernel takes 1 to 255 as a plain socket's time to live", error: "EINVAL") {
      $0 == 0
    }
    obstacle(
      at: .protocol,
      "the kernel looks for a type and code in what a plain ICMP socket sends, and finds none",
      error: "EFAULT"
    ) { asked.header.protocol == Self.icmp && asked.payload.count < 2 }
    unreachable
    obstacle(.dontFragment, tooLongForMTU, error: "EMSGSIZE") { $0 == 1 && length > network.mtu }
    tooLongForAny
  }

  private var foreignSource: Obstacle? {
    obstacle(.source, "a plain socket sends only from an address of its own host") {
      $0 != host.address(of: message.version).number
    }
  }

  private static let icmp: UInt8 = 1

  /// Fields that each piece of a packet has of its own, where the kernel cuts it.
  private var fieldsOfFragments: [Obstacle] {
    guard length > network.mtu else { return [] }
    return [IPField.totalLength, .moreFragments, .fragmentOffset].compactMap { field in
      obstacle(
        field,
        "the kernel fragments this packet,"
          + " and each fragment has its own \(field.title)"
      ) { _ in true
      }
    }
  }

  // MARK: - A header of one's own

  @Obstacles private var headerChanges: [Obstacle] {
    frameObstacle
    kernelsOwn(
      .headerLength, UInt128(headerLength),
      "the kernel trusts the header length in your own header")
    kernelsOwn(.totalLength, UInt128(length), "the kernel writes the total length into your own header")
    checksumObstacle("the kernel writes the checksum into your own header")
    // A packet that no router may cut needs none (RFC 6864 §4.1): with DF the kernel leaves it 0.
    obstacle(.identification, "the kernel replaces an identification of 0 in your own header without DF") {
      $0 == 0 && value(of: .dontFragment)?.value != 1
    }
    obstacle(.source, "the kernel replaces a source of 0.0.0.0 in your own header") {
      IPAddress(number: $0).isAny
    }
    keptHere
    unanswered
    askedFromElsewhere
    stoppedAtGroup
  }

  @Obstacles private var headerRefusals: [Obstacle] {
    let isTooLongForAny = length > longestPacket
    isTooLongForAny ? tooLongForLink : nil
    unreachable
    isTooLongForAny ? nil : tooLongForLink
  }

  // MARK: - IPv6

  private static let icmpv6: UInt8 = 58
  private static let mobility: UInt8 = 135
  /// Those that stand in each piece, before the fragment header (RFC 8200 §4.5): routing and destination options.
  private static let headersBeforeFragments: Set<UInt8> = [43, 60]

  @Obstacles private var ipv6SocketChanges: [Obstacle] {
    let byKernel = "the kernel writes this field of a plain socket's packets"
    frameObstacle
    kernelsOwn(.version, 6, byKernel)
    kernelsOwn(.payloadLength, UInt128(length - IPv6Header.length), byKernel)
    obstacle(.flowLabel, "the kernel chooses the flow label of a plain socket's packets") { _ in true }
    message.header.extensions.map {
      make("a plain socket's packets cannot have your own extension headers", at: $0.span)
    }
    foreignSource
    obstacle(at: .nextHeader, "the kernel opens no plain socket for next header 0 or 255") {
      [0, 255].contains(asked.header.protocol)
    }
    // Mobility headers have one too, in their bytes 4 and 5 (RFC 6275 §6.1.1).
    obstacle(at: .nextHeader, "the kernel writes a checksum into next header 135 of a plain socket") {
      asked.header.protocol == Self.mobility
    }
    obstacle(
      at: .nextHeader,
      "the kernel takes the payload for an extension header"
        + " when it fragments the packet"
    ) {
      length > network.mtu && Self.headersBeforeFragments.contains(asked.header.protocol)
    }
    controlChecksum
    keptHere
    unanswered
    oneHopToGroup
  }

  /// Into what a plain socket of ICMPv6 sends the kernel writes the right checksum (RFC 3542 §3.1).
  private var controlChecksum: Obstacle? {
    guard asked.header.protocol == Self.icmpv6, let layer = Protocols.all.transport(Self.icmpv6) else {
      return nil
    }
    let segment = Segment(layer, parsing: asked.payload)
    let isRight = segment.flatMap { segment in
      segment.checksumField.map { segment.isRight($0, in: asked.header) }
    }
    guard isRight != true else { return nil }
    return make(
      "the kernel writes the checksum of what a plain ICMPv6 socket sends",
      at: message.transport?.checksum.span ?? message.payload.span)
  }

  @Obstacles private var ipv6SocketRefusals: [Obstacle] {
    unreachable
    tooLongForAny
  }

  @Obstacles private var ipv6HeaderChanges: [Obstacle] {
    frameObstacle
    keptHere
    unanswered
    askedFromElsewhere
    stoppedAtGroup
  }

  // MARK: - The destination

  /// Whether it goes to a group to which there is a way.
  private var isToGroup: Bool { host.kind(of: asked.header.destination) == .group && unreachable == nil }

  /// Sockets have a limit of their own for groups.
  private var oneHopToGroup: Obstacle? {
    obstacle(
      at: .destination, "the kernel gives a plain socket's multicast packets a \(hops.title) of 1"
    ) { isToGroup && asked.header.hops != 1 }
  }

  private var stoppedAtGroup: Obstacle? {
    obstacle(hops, "a multicast packet with a \(hops.title) of 0 stays in a host that is in the group") {
      $0 == 0 && isToGroup
    }
  }

  private var hops: IPField { message.version == .v4 ? .ttl : .hopLimit }

  private var keptHere: Obstacle? {
    let destination = asked.header.destination
    return obstacle(
      at: .destination, "a packet to \(destination) stays in the host and never reaches the cable"
    ) {
      host.kind(of: destination) == .local
    }
  }

  /// Whoever is asked for on the wire and is nobody.
  private var unanswered: Obstacle? {
    let destination = asked.header.destination
    return obstacle(
      at: .destination, "the kernel first uses \(discovery) to ask who has \(destination), and nobody answers"
    ) {
      network.arp == .dynamic && unreachable == nil && destination != other.address(of: message.version)
        && host.kind(of: destination) == .another
    }
  }

  /// The kernel asks under the source of the packet that it asks for, where that is one of its own, and else under one
  /// that it has: over IPv6 a link-local one alone (RFC 4861 §7.2.2).
  private var askedFromElsewhere: Obstacle? {
    let reason =
      message.version == .v4
      ? "the kernel first sends an ARP request from this source, and nobody answers a loopback address"
      : "the kernel uses \(discovery) only from an address of the link, which this source is not"
    return obstacle(.source, reason) {
      let source = IPAddress(number: $0)
      return network.arp == .dynamic && source != host.address(of: message.version)
        && (message.version == .v6 || host.kind(of: source) == .local)
        && host.kind(of: asked.header.destination) == .another
    }
  }

  /// A destination that the kernel has no way to.
  private var unreachable: Obstacle? {
    let destination = asked.header.destination
    let kind = host.kind(of: destination)
    // To groups of IPv6 there is a route by each interface.
    guard kind != .local, !(kind == .group && message.version == .v6), let interface else { return nil }
    // The harness makes the route where nobody asks by ARP, else the kernel does.
    if network.arp == .dynamic, let lowest = interface.network.ipv4, lowest.rawValue >> 24 == 0 {
      return make(
        "the kernel makes no route to \(routed), whose lowest address begins with 0",
        at: value(of: .destination)?.span, "ENETUNREACH")
    }
    return obstacle(
      at: .destination, "the kernel has no route to an address outside the host's network \(routed)",
      error: "ENETUNREACH"
    ) { !interface.contains(destination) }
  }

  /// The host's network, as a route names it.
  private var routed: String { interface.map { "\($0.network)/\($0.prefixLength)" } ?? "" }

  private var interface: IPInterface? { host.interface(of: message.version)?.value }

  /// How a host learns who has an address.
  private var discovery: String { message.version == .v4 ? "ARP" : "neighbour discovery" }

  // MARK: - Lengths

  private var tooLongForAny: Obstacle? {
    guard length > longestPacket else { return nil }
    return tooLong(
      "the packet is \(length) bytes long, but \(message.version) carries at most \(longestPacket)")
  }

  private var tooLongForLink: Obstacle? { length > network.mtu ? tooLong(tooLongForMTU) : nil }

  private var tooLongFrame: Obstacle? {
    // That the packets of a flow fit is checked with the flow.
    guard message.flow == nil else { return nil }
    // The kernel lets a frame of this type have a VLAN tag on top of what the link takes.
    let tags = message.frame.vlan?.value ?? []
    let type = tags.first?.etherType.rawValue ?? message.frame.etherType?.value
    let most = EthernetHeader.length + network.mtu + (type == Self.vlan ? VLANTag.length : 0)
    if EthernetHeader.length + VLANTag.length * tags.count + length > most { return tooLong(tooLongForMTU) }
    guard let padTo = message.frame.padTo, padTo.value > most else { return nil }
    let reason = "the frame is \(padTo.value) bytes long, but the link takes at most \(most)"
    return make(reason, at: padTo.span, "EMSGSIZE")
  }

  private static let vlan: UInt16 = 0x8100

  private func tooLong(_ reason: String) -> Obstacle {
    make(reason, at: message.payload.span, "EMSGSIZE")
  }

  private var tooLongForMTU: String {
    "the packet is \(length) bytes long, but the kernel does not fragment it to the MTU of \(network.mtu)"
  }

  // MARK: - What stands in the way

  private var frameObstacle: Obstacle? {
    message.frame.firstSpan.map { make("only a frame can have your own Ethernet header", at: $0) }
  }

  private func checksumObstacle(_ reason: String) -> Obstacle? {
    let checksum = message.header.checksum
    return checksum.value == .good ? nil : make(reason, at: checksum.span)
  }

  private func optionsObstacle(_ reason: String?, error: String? = nil) -> Obstacle? {
    reason.map { make($0, at: message.header.options?.span, error) }
  }

  /// A field that the kernel writes itself: no obstacle where the file asks for what the kernel writes.
  private func kernelsOwn(_ field: IPField, _ value: UInt128, _ reason: String) -> Obstacle? {
    obstacle(field, reason) { $0 != value }
  }

  private func value(of field: IPField) -> Located<UInt128>? { fields.first { $0.key == field }?.value }

  /// A field of the file's own that is wrong for the way out.
  private func obstacle(
    _ field: IPField, _ reason: @autoclosure () -> String, error: String? = nil,
    when isWrong: (UInt128) -> Bool
  ) -> Obstacle? {
    guard let value = value(of: field), isWrong(value.value) else { return nil }
    return make(reason(), at: value.span, error)
  }

  /// A field that is wrong for the way out, whether the message sets it or not.
  private func obstacle(
    at field: IPField, _ reason: @autoclosure () -> String, error: String? = nil, when isWrong: () -> Bool
  ) -> Obstacle? {
    isWrong() ? make(reason(), at: value(of: field)?.span, error) : nil
  }

  private func make(_ reason: String, at span: SourceSpan?, _ error: String? = nil) -> Obstacle {
    Obstacle(
      reason: error.map { "\(reason) (\($0))" } ?? reason, span: span ?? message.span, error: error)
  }
}
