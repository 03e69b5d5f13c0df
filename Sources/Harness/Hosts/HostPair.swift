// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// Two hosts joined by a cable, ready to pass packets, with a capture running at either end.
///
/// Everything is held by descriptors: when this value goes, the kernel takes hosts and cable down.
struct HostPair: ~Copyable {
  var sender: CableEnd
  var receiver: CableEnd
  /// What is between them, where the cable does something; nil for the plain veth pair.
  private let middle: Middle?
  private let stop: StopRequest
  /// Room for one packet at a time, kept from case to case.
  let buffer = ReceiveBuffer(capacity: 1 << 16 + 64)
  /// What the counters were at when they were last read; empty before that.
  var lastCounters: [HostName: NetworkCounters.Reading] = [:]
  /// What was there of sockets, fragments and neighbours when the hosts were new; nil where nobody will ask.
  private let residue: [NetworkTables.Residue?]?

  private static let senderLink: Int32 = 101
  private static let receiverLink: Int32 = 102
  private static let interfaceName = "eth0"

  /// Builds the network; returns when both ends are operational, since a packet sent before can be lost.
  ///
  /// With static ARP the other host is the way to every address, so that nobody has to ask for one.
  ///
  /// - Throws: `EPERM` without CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW, `ETIMEDOUT` past the deadline, and
  ///   what else the kernel refuses.
  init(
    _ scenario: Scenario, with resources: RunResources, until deadline: Deadline
  ) throws(SystemError) {
    let network = scenario.network
    var near = try NewHost(.sender, in: scenario, with: resources)
    var far = try NewHost(.receiver, in: scenario, with: resources)

    let senderEnd = Self.end(Self.senderLink, network.sender, network)
    let receiverEnd = Self.end(Self.receiverLink, network.receiver, network)
    var between: Middle?
    if let cable = network.cable {
      between = try Middle(
        cable.value, sender: senderEnd, &near.netlink, receiver: receiverEnd, &far.netlink,
        closing: resources.closing, until: deadline)
    } else {
      let pair = RouteRequest.makeVethPair(senderEnd, peer: receiverEnd, in: far.space.rawDescriptor)
      try near.netlink.perform([pair], until: deadline)
    }
    if scenario.hasTransport && !scenario.isOfLongStreams {
      if !network.sender.leavesToCard {
        try InterfaceOffload.turnOff(on: Self.interfaceName, by: near.netlink)
      }
      if !network.receiver.leavesToCard {
        try InterfaceOffload.turnOff(on: Self.interfaceName, by: far.netlink)
      }
    }
    try Self.raise(Self.senderLink, .sender, in: scenario, &near, until: deadline)
    try Self.raise(Self.receiverLink, .receiver, in: scenario, &far, until: deadline)
    let senderMAC = try Self.awaitMAC(Self.senderLink, &near.netlink, until: deadline)
    let receiverMAC = try Self.awaitMAC(Self.receiverLink, &far.netlink, until: deadline)
    try between?.awaitOperational(until: deadline)

    if network.arp == .static {
      try near.netlink.perform(
        scenario.ways(out: .sender, to: receiverMAC, link: Self.senderLink), until: deadline)
      try far.netlink.perform(
        scenario.ways(out: .receiver, to: senderMAC, link: Self.receiverLink), until: deadline)
    }
    let nearEnd = try CableEnd(near, link: Self.senderLink, mac: senderMAC, captures: scenario.captured)
    let farEnd = try CableEnd(far, link: Self.receiverLink, mac: receiverMAC, captures: scenario.captured)
    residue = scenario.mayShareHosts ? try [nearEnd.residue(), farEnd.residue()] : nil
    middle = between
    stop = resources.stop
    sender = nearEnd
    receiver = farEnd
  }

  /// Whether both hosts are as they were when they were new, but for their counters.
  func isAsNew() throws(SystemError) -> Bool {
    guard let residue else { return false }
    return try [sender.residue(), receiver.residue()] == residue
  }

  /// Begins to count what the captures take anew.
  mutating func restartCounting() {
    sender.capture.restartCounting()
    receiver.capture.restartCounting()
  }

  /// What the counters of a host are at now.
  func counters(of host: HostName) throws(SystemError) -> NetworkCounters.Reading {
    switch host {
    case .sender: try sender.counters()
    case .receiver: try receiver.counters()
    }
  }

  /// How many packets a host's end of the cable has dropped that came in.
  func interfaceDrops(of host: HostName) throws(SystemError) -> Int {
    try enter(host) { () throws(SystemError) in try NetworkCounters.drops(by: Self.interfaceName) }
  }

  /// What the counters of both hosts are at now.
  func counters() throws(SystemError) -> [HostName: NetworkCounters.Reading] {
    [.sender: try sender.counters(), .receiver: try receiver.counters()]
  }

  /// What the counters of hosts that were new are at now, by their names; empty where they cannot be read.
  func counts() -> [HostName: [String: Int]] {
    ((try? counters()) ?? [:]).mapValues { NetworkCounters.rises(from: nil, to: $0) }
  }

  /// The MAC address of a host's end of the cable.
  func mac(of host: HostName) -> MACAddress { host == .sender ? sender.mac : receiver.mac }

  /// The number of a host's end of the cable.
  func link(of host: HostName) -> Int32 { host == .sender ? sender.link : receiver.link }

  /// The descriptor of the capture at a host's end of the cable.
  func capture(of host: HostName) -> Int32 {
    host == .sender ? sender.capture.rawDescriptor : receiver.capture.rawDescriptor
  }

  /// The descriptors of both captures.
  var captures: [Int32] { [sender.capture.rawDescriptor, receiver.capture.rawDescriptor] }

  /// Does something in a host's namespace.
  func enter<Result: ~Copyable>(
    _ host: HostName, _ body: () throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    switch host {
    case .sender: try sender.space.enter(body)
    case .receiver: try receiver.space.enter(body)
    }
  }

  /// Sends a marker from a host's end of the cable to the other.
  func send(_ marker: BarrierMarker, from host: HostName) throws(SystemError) {
    switch host {
    case .sender: try sender.capture.send(marker.frame(from: sender.mac, to: receiver.mac))
    case .receiver: try receiver.capture.send(marker.frame(from: receiver.mac, to: sender.mac))
    }
  }

  /// Takes the next frame that the capture at a host's end of the cable has.
  func receive(at host: HostName) throws(SystemError) -> CapturedFrame? {
    switch host {
    case .sender: try sender.capture.receive(into: buffer)
    case .receiver: try receiver.capture.receive(into: buffer)
    }
  }

  /// What the cable did since it was asked for last, of which it then forgets everything; nothing for a plain one.
  mutating func takeDeeds() -> [CableDeed] { middle?.takeDeeds() ?? [] }

  /// What the cable did to the packets of each host; empty for a plain one.
  func cableRecord() throws(SystemError) -> [HostName: CableRecord] { try middle?.record() ?? [:] }

  /// Carries through the cable what is on it, where it is one that does something.
  ///
  /// - Throws: the errors of recvmsg(2) and sendto(2).
  func carry() throws(SystemError) { try middle?.carry() }

  /// Waits until one of the descriptors can be read or written to, or the deadline passes, and carries through the
  /// cable what is on it by then; it may return before either.
  ///
  /// - Returns: whether one can be, or something may have come out of the cable.
  /// - Throws: `ECANCELED` when the run is to stop, and the errors of ppoll(2), recvmsg(2) and sendto(2).
  @discardableResult
  func wait(
    toRead readable: [Int32], toWrite writable: [Int32] = [], until deadline: Deadline
  ) throws(SystemError) -> Bool {
    try stop.check()
    let readable = readable + [stop.rawDescriptor]
    guard let middle else {
      return try Readiness.wait(toRead: readable, toWrite: writable, until: deadline)
    }
    try middle.carry()
    let release = middle.untilNextRelease ?? deadline.remaining
    let isReady = try Readiness.wait(
      toRead: readable + middle.readable, toWrite: writable,
      until: Deadline(after: min(deadline.remaining, release)))
    try middle.carry()
    return isReady || release < deadline.remaining
  }

  private static func end(_ index: Int32, _ host: Host, _ network: Network) -> VethEnd {
    VethEnd(index: index, name: interfaceName, mac: host.mac?.value, mtu: UInt32(network.mtu))
  }

  private static func raise(
    _ link: Int32, _ name: HostName, in scenario: Scenario, _ host: inout NewHost,
    until deadline: Deadline
  ) throws(SystemError) {
    // A kernel has IPv6 on an interface, and keeps addresses of it, only while that is up.
    let (before, behind) = (scenario.addresses(.v4, of: name, link), scenario.addresses(.v6, of: name, link))
    try host.netlink.perform(
      [.disableIPv6AddressGeneration(link: link), .raise(link: loopback)] + before
        + [.raise(link: link, asHost: true)] + behind,
      until: deadline)
    if !behind.isEmpty, let address = scenario.network[name].ipv6?.value.address {
      try host.answerSolicitations(for: address, link: link)
    }
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

extension Scenario {
  /// Of what EtherType the captures take frames; nil for all. Those of flows take the barrier's markers alone: to
  /// show a capture a packet costs as much as to receive it.
  fileprivate var captured: EtherType? { isOfFlows ? .localExperimental1 : nil }

  /// The protocols whose checksums and segments a kernel leaves to a network card: TCP, UDP, DCCP, SCTP and UDP-Lite.
  private static let offloaded: Set<UInt8> = [6, 17, 33, 132, 136]

  /// What gives a host its address of a version; nothing where it has none.
  fileprivate func addresses(_ version: IPVersion, of host: HostName, _ link: Int32) -> [RouteRequest] {
    guard !network[host].isMute, configures(version, in: host),
      let interface = network[host].interface(of: version)?.value
    else { return [] }
    let address = RouteRequest.addAddress(interface, link: link, withRoute: hasLANRoute(host))
    return [address] + (interface.address.ipv6.map { [.addLocalRoute(to: $0, link: link)] } ?? [])
  }

  /// Whether a kernel may leave to a network card what nobody would finish: the packets are to look as on a wire.
  fileprivate var hasTransport: Bool {
    hasPrograms || exchange.isEmpty || network.cable != nil || Self.offloaded.contains(`protocol`.value)
      || exchange.contains { Self.offloaded.contains(protocolNumber(of: $0)) }
  }

  /// Whether a host has the route of a PC on a LAN: where it learns its neighbours by ARP, and where a program may look
  /// for that route.
  fileprivate func hasLANRoute(_ host: HostName) -> Bool {
    network.arp == .dynamic || runsPrograms(host)
  }

  /// Whether programs run in a host: those under test, or where nothing is played whatever a person runs there.
  private func runsPrograms(_ host: HostName) -> Bool { program(in: host) != nil || exchange.isEmpty }

  /// What makes the other host a host's way to its network, where nobody is asked by ARP. The kernel itself knows where
  /// a broadcast goes.
  ///
  /// A program's host has the routes of a PC in the table that programs see. That a stray goes to the other host too, so
  /// that it is seen, stands in the tables before and behind it.
  fileprivate func ways(out host: HostName, to mac: MACAddress, link: Int32) -> [RouteRequest] {
    guard !network[host].isMute else { return [] }
    return IPVersion.allCases.flatMap { version -> [RouteRequest] in
      guard configures(version, in: host), let own = network[host].interface(of: version)?.value,
        let other = network[host.other].interface(of: version)?.value
      else { return [] }
      let neighbour = RouteRequest.addNeighbour(other.address, at: mac, link: link)
      guard runsPrograms(host) else {
        return [neighbour, .addRoute(to: own, via: other.address, link: link)]
      }
      return [neighbour] + waysOfPrograms(own, other.address, link)
    }
  }

  private func waysOfPrograms(_ own: IPInterface, _ other: IPAddress, _ link: Int32) -> [RouteRequest] {
    // A kernel looks for a route of IPv6 in no table behind that of programs (ip-rule(8)).
    let last = own.address.version == .v4 ? RouteTable.default : .local
    return [
      .addLinkRoute(to: .single(other), from: own.address, in: .local, link: link),
      .addRoute(to: own, via: other, from: own.address, in: .local, link: link),
      .addRoute(to: .everywhere(own.address.version), via: other, from: own.address, in: last, link: link),
    ]
  }
}
