// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// A built-in role in a host: it takes what the kernel delivers there, sends the host's plain messages, and its sockets
/// are closed when it ends.
struct RoleSocket: ~Copyable {
  private let host: HostName
  private let until: EndText?
  private let mostBytes: Int
  private var sockets: [OpenRoleSocket]
  /// The places of the sockets by their kinds.
  private let places: [SocketKind: Int]
  /// Which of the sockets have something; nil where there are so few that each is asked.
  private var readable: ReadableSet?

  /// Whether the role has ended; with its sockets closed the kernel delivers to it no more.
  private(set) var hasEnded = false

  private static let longestPacket = 65_535
  /// More than its socket has room for: a program may send as fast as this takes.
  private static let mostAtOnce = 1 << 16
  /// To ask each of so many costs less than to ask which.
  private static let mostAsked = 8

  /// Begins the role in a host, with its sockets.
  ///
  /// - Throws: where it cannot be told which of many sockets have something.
  init(of host: HostName, in scenario: Scenario, _ sockets: [OpenRoleSocket]) throws(SystemError) {
    let receiver: ReceiveRole? = if case .receive(let role) = scenario.role(of: host) { role } else { nil }
    self.host = host
    until = receiver?.until
    mostBytes = receiver?.bufferSize ?? Self.longestPacket
    self.sockets = sockets
    places = Dictionary(zip(sockets.map(\.kind.kind), sockets.indices)) { first, _ in first }
    readable = sockets.count > Self.mostAsked ? try ReadableSet(sockets.map(\.rawDescriptor)) : nil
  }

  /// The sockets for the next role, where this one has not ended: what they dropped until now is none of its.
  consuming func takeSockets() throws(SystemError) -> [OpenRoleSocket] {
    for socket in sockets { try socket.restartCounting() }
    return sockets
  }

  /// Takes what the kernel has delivered so far, up to the packet that ends the role.
  mutating func receive(into buffer: ReceiveBuffer) throws(SystemError) -> [Delivery] {
    var taken: [Taken] = []
    var ready = try readable?.next() ?? Array(sockets.indices)
    while !ready.isEmpty, taken.count < Self.mostAtOnce {
      for place in ready { try take(from: sockets[place], into: buffer, &taken) }
      ready = try readable?.next() ?? []
    }
    if sockets.count > 1 { taken.sort { $0.delivery.timestamp < $1.delivery.timestamp } }
    if let until, let last = taken.firstIndex(where: { until.isContained(in: $0.payload) }) {
      taken.removeSubrange((last + 1)...)
      end()
    }
    if hasEnded {
      sockets = []
      readable = nil
    }
    return taken.map(\.delivery)
  }

  private typealias Taken = (delivery: Delivery, payload: [UInt8])

  /// Takes what one socket has.
  private func take(
    from socket: OpenRoleSocket, into buffer: ReceiveBuffer, _ taken: inout [Taken]
  ) throws(SystemError) {
    while taken.count < Self.mostAtOnce,
      let one = try socket.receive(into: buffer, atMost: mostBytes, at: host)
    {
      taken.append(one)
      // Behind the end of a role with one socket nothing is taken.
      if sockets.count == 1, let until, until.isContained(in: one.payload) { return }
    }
  }

  /// Ends the role; what was delivered until now can still be taken, once.
  mutating func end() {
    hasEnded = true
  }

  /// The socket that is open already for a message, where it can send it as it is: one of its protocol, or at its port.
  func socket(for kind: SocketKind) -> OpenRoleSocket? {
    places[kind].flatMap { sockets.indices.contains($0) ? sockets[$0] : nil }
  }

  /// The numbers by which the kernel lists what is open of its sockets.
  func inodes() throws(SystemError) -> Set<UInt64> {
    var inodes: Set<UInt64> = []
    for socket in sockets { if let own = try socket.inode() { inodes.insert(own) } }
    return inodes
  }

  private static let icmpv6: UInt8 = 58

  /// How many packets the sockets had no room for, by the rises of their host's counters: UDP sockets, and raw ones of
  /// ICMPv6, count those with a wrong checksum too (`SO_MEMINFO`).
  func overflowed(_ rises: [String: Int]) throws(SystemError) -> Int {
    var (count, ofUDP, ofICMPv6) = (0, 0, 0)
    for socket in sockets {
      let dropped = try socket.dropped()
      switch socket.kind.kind {
      case .udp: ofUDP += dropped
      case .raw(Self.icmpv6, .v6): ofICMPv6 += dropped
      case .raw: count += dropped
      }
    }
    let wrong = { (tables: [String]) in tables.reduce(0) { $0 + (rises["\($1).InCsumErrors"] ?? 0) } }
    return count + max(0, ofUDP - wrong(["Udp", "Udp6"])) + max(0, ofICMPv6 - wrong(["Icmp6"]))
  }
}

/// A socket of a role; roles of several cases may have it, one after the other.
final class OpenRoleSocket {
  /// What tells the sockets of roles apart.
  struct Kind: Equatable {
    let kind: SocketKind
    private let address: IPAddress?
    /// Whether its host may send what it would be handed; by ICMP a kernel tells itself what it could not send.
    private let hearsItself: Bool

    /// What the role in a host needs; none where it is idle, or its protocol is one without sockets.
    static func all(of host: HostName, in scenario: Scenario) -> [Kind] {
      let address: (IPVersion) -> IPAddress?
      switch scenario.role(of: host) {
      case .idle: return []
      case _ where scenario.network[host].isMute: return []
      case .send, .run: address = { _ in nil }
      case .receive(let role):
        switch role.bind.value {
        case .any: address = { _ in nil }
        case .host: address = { scenario.network[host].interface(of: $0)?.value.address }
        case .address(let own): address = { own.version == $0 ? own : nil }
        }
      }
      let hearsItself = scenario.maySendToItself(host)
      let own = scenario.socketKinds(in: host).map { kind in
        let hearsControl = kind == .raw(protocol: kind.version.controlProtocol, kind.version)
        return Kind(kind: kind, address: address(kind.version), hearsItself: hearsItself || hearsControl)
      }
      let known = Set(own.map(\.kind))
      let others = others(of: host, in: scenario).filter { !known.contains($0.kind) }
      return (own + others).filter(\.canBeOpened)
    }

    /// What a program must be handed under another protocol than its message's own.
    private static func others(of host: HostName, in scenario: Scenario) -> [Kind] {
      guard scenario.program(in: host) != nil else { return [] }
      let messages = scenario.exchange.filter {
        $0.from.value == host.other && $0.expect.mustBeSeen(at: .delivered)
      }
      return IPVersion.allCases.flatMap { version in
        let numbers = messages.filter { $0.version == version }.compactMap {
          $0.header.values[.next(of: version)].map { UInt8(clamping: $0.value) }
        }
        return Set(numbers).sorted().map {
          Kind(kind: .raw(protocol: $0, version), address: nil, hearsItself: true)
        }
      }
    }

    /// Opens all of them in the calling thread's namespace.
    static func open(of host: HostName, in scenario: Scenario) throws(SystemError) -> [OpenRoleSocket] {
      var opened: [OpenRoleSocket] = []
      let kinds = all(of: host, in: scenario)
      for kind in kinds {
        do throws(SystemError) {
          opened.append(try kind.open())
        } catch  where error.errno == .tooManyFiles {
          throw SystemError(
            error.call, error.errno,
            detail:
              "the \(host.rawValue) needs \(kinds.count) sockets,"
              + " one per port or protocol, but there was room for "
              + "\(opened.count): raise the limit of open files (ulimit -n)")
        }
      }
      return opened
    }

    private var canBeOpened: Bool {
      switch kind {
      case .raw(let number, _): (1...254).contains(number)
      case .udp(let port, _): port > 0
      }
    }

    /// Opens one in the calling thread's namespace, which may not have the address yet.
    func open() throws(SystemError) -> OpenRoleSocket {
      switch kind {
      case .raw(let number, let version):
        let opened = try RawSocket(protocol: number, over: version)
        opened.reserveRoom()
        try opened.stampTimes()
        if version == .v6 { try opened.tellHeaders() }
        // What a host sends to itself was never on the cable. To keep it out costs as much as many packets.
        if hearsItself { try opened.ignoreOwnPackets() }
        return OpenRoleSocket(self, raw: opened)
      case .udp(let port, let version):
        UnprivilegedPorts.free(port)
        let opened = try UDPSocket(over: version)
        opened.reserveRoom()
        try opened.tellHeaders()
        if hearsItself { try opened.ignoreOwnPackets() }
        return OpenRoleSocket(self, udp: opened)
      }
    }

    fileprivate func bind(_ socket: OpenRoleSocket) throws(SystemError) {
      switch kind {
      case .raw: if let address { try socket.raw?.bind(to: address) }
      case .udp(let port, _): try socket.udp?.bind(to: address, port: port)
      }
    }
  }

  let kind: Kind
  /// The number to wait on.
  fileprivate var rawDescriptor: Int32 { raw?.rawDescriptor ?? udp?.rawDescriptor ?? -1 }
  /// Whether it is a raw socket.
  var isRaw: Bool { if case .raw = kind.kind { true } else { false } }
  fileprivate var raw: RawSocket?
  fileprivate var udp: UDPSocket?
  private var droppedBefore = 0

  private init(_ kind: Kind, raw: consuming RawSocket) {
    self.kind = kind
    self.raw = consume raw
  }

  private init(_ kind: Kind, udp: consuming UDPSocket) {
    self.kind = kind
    self.udp = consume udp
  }

  /// Binds it to the role's address, where that has one, and to its port.
  ///
  /// - Throws: `EADDRNOTAVAIL` when the host has no such address.
  func bind() throws(SystemError) { try kind.bind(self) }

  /// Sends what follows a packet's IP header, or of UDP what follows that one's, under headers of the kernel's; what is
  /// set for this one datagram is undone behind it.
  func send(_ packet: IPPacket, with settings: DatagramSettings = DatagramSettings()) throws(SystemError) {
    try raw?.send(packet)
    guard !settings.isEmpty else {
      try udp?.send(packet)
      return
    }
    do throws(SystemError) {
      try udp?.apply(settings)
      try udp?.send(packet)
    } catch {
      try? udp?.undo(settings)
      throw error
    }
    try udp?.undo(settings)
  }

  /// How many packets it has dropped since it was taken.
  fileprivate func dropped() throws(SystemError) -> Int { try droppedInAll() - droppedBefore }

  fileprivate func restartCounting() throws(SystemError) { droppedBefore = try droppedInAll() }

  private func droppedInAll() throws(SystemError) -> Int {
    if let count = try raw?.memory().dropped { return count }
    return try udp?.memory().dropped ?? 0
  }

  fileprivate func inode() throws(SystemError) -> UInt64? {
    if let number = try raw?.inode() { return number }
    return try udp?.inode()
  }

  fileprivate func receive(
    into buffer: ReceiveBuffer, atMost most: Int, at host: HostName
  ) throws(SystemError) -> (delivery: Delivery, payload: [UInt8])? {
    if case .raw(let number, .v6) = kind.kind {
      guard let (datagram, header) = try raw?.receiveWithHeaders(into: buffer, atMost: most) else {
        return nil
      }
      return (Delivery(datagram, under: header.announcing(number), at: host), datagram.bytes)
    }
    if let datagram = try raw?.receive(into: buffer, atMost: most) {
      let delivery = Delivery(
        bytes: datagram.bytes, originalLength: datagram.originalLength, at: host,
        timestamp: datagram.timestamp)
      return (delivery, delivery.payload)
    }
    guard case .udp(let port, _) = kind.kind, let datagram = try udp?.receive(into: buffer, atMost: most)
    else {
      return nil
    }
    return (Delivery(datagram, port: port, at: host), datagram.payload)
  }
}

extension Delivery {
  /// What a UDP socket at a port was handed, with the headers as far as it was told of them.
  fileprivate init(_ datagram: UDPSocket.Datagram, port: UInt16, at host: HostName) {
    let length = DatagramHeader.length + datagram.originalLength
    let ports = DatagramHeader(source: datagram.sourcePort, destination: port)
    self.init(
      ports.bytes(carrying: datagram.payload, length: length, in: datagram.header), length,
      under: datagram.header,
      at: host, timestamp: datagram.timestamp, isOfUDPSocket: true)
  }

  /// What a raw socket was handed over IPv6, with the header as far as it was told of it.
  fileprivate init(_ datagram: ReceivedDatagram, under header: IPv6Header, at host: HostName) {
    self.init(
      datagram.bytes, datagram.originalLength, under: .v6(header), at: host, timestamp: datagram.timestamp,
      isOfUDPSocket: false)
  }

  /// A payload, of which there were so many bytes, under a header that is told in part.
  private init(
    _ payload: [UInt8], _ length: Int, under header: IPHeader, at host: HostName, timestamp: UInt64,
    isOfUDPSocket: Bool
  ) {
    var header = header
    switch header {
    case .v4(var own):
      own.totalLength = UInt16(clamping: IPv4Header.minimumLength + length)
      own.checksum = own.rightChecksum()
      header = .v4(own)
    case .v6(var own):
      own.payloadLength = UInt16(clamping: own.byteCount - IPv6Header.length + length)
      header = .v6(own)
    }
    self.init(
      bytes: header.bytes + payload, originalLength: header.byteCount + length, at: host,
      timestamp: timestamp,
      isOfUDPSocket: isOfUDPSocket, version: header.version)
  }

  /// What follows the header, by the header's own length.
  fileprivate var payload: [UInt8] {
    do throws(TruncatedError) {
      return try IPPacket(parsing: bytes[...], as: version).payload
    } catch {
      return []
    }
  }
}

extension Scenario {
  /// Whether a host may send what its own sockets would be handed: a program sends what it likes, and a message may go to
  /// all or to its sender.
  fileprivate func maySendToItself(_ host: HostName) -> Bool {
    program(in: host) != nil
      || exchange.contains { $0.from.value == host && $0.header.values[.destination] != nil }
  }
}
