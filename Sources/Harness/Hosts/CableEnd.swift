// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Wire

/// A namespace with all that has to be opened in it, before there is a cable.
struct NewHost: ~Copyable {
  let space: NetworkNamespace
  var netlink: NetlinkSocket
  fileprivate var capture: PacketSocket
  fileprivate var roleSockets: [OpenRoleSocket] = []
  fileprivate var tables: NetworkTables?
  fileprivate var membership: SolicitedNodeMembership?

  /// Makes the namespace of a host.
  ///
  /// - Throws: as `NetworkNamespace` and its sockets do.
  init(_ host: HostName, in scenario: Scenario, with resources: RunResources) throws(SystemError) {
    var netlink: NetlinkSocket?
    var capture: PacketSocket?
    var roleSockets: [OpenRoleSocket] = []
    var tables: NetworkTables?
    space = try NetworkNamespace { () throws(SystemError) in
      resources.settings.reset()
      if scenario.configures(.v6, in: host) { IPv6Support.turnOn() }
      netlink = try NetlinkSocket()
      capture = try PacketSocket(closedBy: resources.closing)
      if scenario.capturesNoSegments { try capture?.passOverSegments() }
      if !scenario.isOfFlows { roleSockets = try OpenRoleSocket.Kind.open(of: host, in: scenario) }
      if scenario.mayShareHosts { tables = try NetworkTables(withIPv6: scenario.uses(.v6)) }
    }
    guard let openNetlink = netlink.take(), let openCapture = capture.take() else {
      preconditionFailure("a namespace is not made without what is opened in it")
    }
    self.netlink = openNetlink
    self.capture = openCapture
    self.roleSockets = roleSockets
    self.tables = tables.take()
  }

  /// Has the host answer at once who looks for its address, which it has by now.
  mutating func answerSolicitations(for address: IPv6Address, link: Int32) throws(SystemError) {
    membership = try space.enter { () throws(SystemError) in
      try SolicitedNodeMembership(of: address, link: link)
    }
  }
}

/// One host's end of the cable: its namespace, and the sockets that were opened there.
struct CableEnd: ~Copyable {
  let space: NetworkNamespace
  let link: Int32
  let mac: MACAddress
  var capture: PacketSocket
  private var roleSockets: [OpenRoleSocket]
  private let tables: NetworkTables?
  private let membership: SolicitedNodeMembership?

  /// Takes a host that is on the cable now and has its address; begins to capture.
  init(
    _ host: consuming NewHost, link: Int32, mac: MACAddress, captures type: EtherType?
  ) throws(SystemError) {
    try host.capture.bind(to: link, only: type)
    for socket in host.roleSockets { try socket.bind() }
    capture = host.capture
    roleSockets = host.roleSockets
    tables = host.tables
    membership = host.membership
    space = host.space
    self.link = link
    self.mac = mac
  }

  /// The sockets of the role in this host: those that are open already, where the role needs such.
  mutating func takeRoleSockets(
    _ host: HostName, _ scenario: Scenario
  ) throws(SystemError) -> [OpenRoleSocket] {
    let open = roleSockets
    roleSockets = []
    if open.map(\.kind) == OpenRoleSocket.Kind.all(of: host, in: scenario) { return open }
    let opened = try space.enter { () throws(SystemError) in
      try OpenRoleSocket.Kind.open(of: host, in: scenario)
    }
    for socket in opened { try socket.bind() }
    return opened
  }

  /// Keeps the sockets of a role for the next one.
  mutating func keep(_ sockets: [OpenRoleSocket]) {
    roleSockets = sockets
  }

  /// What is there of sockets but the role's, of fragments and neighbours; nil where the tables are not kept.
  func residue() throws(SystemError) -> NetworkTables.Residue? {
    var residue = try tables?.residue()
    residue?.rawSockets -= roleSockets.count(where: \.isRaw)
    return residue
  }

  /// What the host's counters are at now.
  func counters() throws(SystemError) -> NetworkCounters.Reading {
    if let kept = try tables?.counters() { return kept }
    return try space.enter { () throws(SystemError) in try NetworkCounters.read() }
  }
}
