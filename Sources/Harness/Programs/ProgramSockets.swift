// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The sockets of a program in its host that messages can be handed to, and what became of those.
///
/// Of raw and packet sockets a copy is held, so that what the program left unread is known also when it has closed
/// them. Where no copy can be had, only the kernel's lists tell.
struct ProgramSockets: ~Copyable {
  private let space: NetworkNamespace
  /// The lists that are looked at while all is well; nil for none.
  private let lists: HostSockets?
  /// What UDP sockets held when they were closed; nil where nobody asks, or the kernel does not tell.
  private let closings: UDPClosings?
  /// The sockets that were closed and of which nobody has asked yet.
  private var closed: [ListedSocket] = []
  private let link: Int32
  /// What stands before a packet from the other host on the cable, but for its EtherType.
  private let frame: EthernetHeader
  /// Those that are no program's.
  private let others: Set<UInt64>
  private let buffer = ReceiveBuffer(capacity: 1 << 16 + 64)
  /// What is known of each socket that a message could be handed to, in the order in which they were seen.
  private var known: [Known] = []
  /// The number of the last message that was begun, and of the last of which nothing more can come.
  private var (begun, over) = (0, 0)
  /// What that was when sockets were looked for last, by what was needed of them.
  private var overWhenLooked: [ListedSocket.Need: Int] = [:]

  fileprivate struct Known {
    var listed: ListedSocket
    var copy: HeldSocket?
    var record: ProgramSocket
    /// The number of the first message that it can have been handed, by what messages need.
    var firsts: [ListedSocket.Need: Int] = [:]
    /// What its options kept from it when it was looked at last; nil where nobody knows.
    var limits: SocketLimits?
    /// The filters that it was seen with, nil for none.
    var filters: Set<SocketFilter?> = []
    /// Whether the program had it when it was looked for last.
    var isOpen = true

    /// Whether it can have been handed a message of those up to a number.
    func canHold(_ need: ListedSocket.Need, until number: Int) -> Bool {
      firsts[need].map { $0 <= number } ?? false
    }
  }

  /// Knows of none yet of a program in a namespace, beside others, that messages need sockets of; they come by an
  /// interface, each behind a header. Opens the lists of the sockets of which will be asked, nil for none.
  ///
  /// - Throws: the errors of open(2), where /proc is not mounted for example, of socket(2) and setns(2).
  init(
    in space: borrowing NetworkNamespace, beside others: Set<UInt64>, for needs: [ListedSocket.Need],
    asking choice: HostSockets.Choice?, at link: Int32, behind frame: EthernetHeader
  ) throws(SystemError) {
    let held = try NetworkNamespace(copying: space)
    var opened: HostSockets?
    var told: UDPClosings?
    if let choice {
      try space.enter { () throws(SystemError) in
        opened = try HostSockets(choice)
        if needs.contains(where: \.isOfUDP) { told = Self.closingsTold() }
      }
    }
    self.space = held
    self.others = others
    self.link = link
    self.frame = frame
    lists = opened
    closings = told
  }

  private static func closingsTold() -> UDPClosings? {
    do throws(SystemError) { return try UDPClosings() } catch { return nil }
  }

  /// A socket that no message can be handed to.
  struct Other {
    /// It in words.
    let description: String
    /// The number of its protocol, and its port, where it has one of UDP or listens for TCP.
    let number: UInt8?
    let port: UInt16
  }

  /// What the program has of sockets, besides those that it has opened for a packet since it was found to have none.
  func others(lacking need: ListedSocket.Need? = nil) throws(SystemError) -> [Other] {
    let limits = Dictionary(known.map { ($0.listed.inode, $0.limits) }) { first, _ in first }
    return try own(.all).filter { socket in
      guard let need, socket.takes(need, by: link) else { return true }
      return limits[socket.inode]??.take(need.version, by: link) == false
    }.map { socket in
      let isFor = need.map { socket.isFor($0.version) } ?? true
      let suffix = limits[socket.inode]??.description(for: need, at: link)
      // To send a packet to its port is no remedy where it goes there already.
      let isToIt = need?.number == socket.numberOfPort && need?.ports?.destination == socket.port
      return Other(
        description: socket.description + (suffix ?? (isFor ? "" : socket.otherVersion)),
        number: isToIt ? nil : socket.numberOfPort, port: socket.port)
    }
  }

  /// Notes up to which number messages were begun, and up to which nothing more can come of them: what is opened now is
  /// not handed those any more.
  mutating func note(begun: Int, over: Int) { (self.begun, self.over) = (begun, over) }

  /// Whether the program has a socket that listens at a port.
  func listens(at port: UInt16) throws(SystemError) -> Bool {
    try own(.listening).contains { $0.listens(at: port) }
  }

  /// Whether the program has a socket that anything can be sent to.
  func canReceive() throws(SystemError) -> Bool { try own(.listening).contains(where: \.canReceive) }

  /// Whether nothing is left in the program's connections of TCP that it has not read.
  func haveReadStreams() throws(SystemError) -> Bool {
    try own(.all).allSatisfy { $0.kind != .tcp(isListening: false) || $0.queued == 0 }
  }

  private func own(_ choice: HostSockets.Choice) throws(SystemError) -> [ListedSocket] {
    let all =
      switch lists {
      case .some(let lists) where lists.has(choice): try lists.list(choice)
      default: try space.enter { () throws(SystemError) in try HostSockets(choice).list(choice) }
      }
    return all.filter { !others.contains($0.inode) }
  }

  /// The sockets that the program has now to which a packet can be handed.
  mutating func takers(
    of need: ListedSocket.Need, _ program: borrowing ConfinedProgram
  ) throws(SystemError) -> [ListedSocket] {
    let takers = try own(need.choice).filter { $0.takes(need, by: link) }
    for taker in takers { try note(taker, for: need, program) }
    try forgetClosed(besides: takers, of: need, program)
    overWhenLooked[need] = over
    let open = Set(known.lazy.filter { $0.isOpen && $0.firsts[need] != nil }.map(\.listed.inode))
    return takers.filter { open.contains($0.inode) }
  }

  /// Whether the program has read what it was handed by now for which a packet needs a socket, or has no such socket any
  /// more.
  ///
  /// Of sockets that are each handed it, one will do; a datagram of UDP is handed to one socket alone.
  mutating func haveRead(
    _ need: ListedSocket.Need, after marker: UInt64, _ program: borrowing ConfinedProgram
  ) throws(SystemError) -> Bool {
    let listed = Set(try takers(of: need, program).map(\.inode))
    let takers = known.filter { listed.contains($0.listed.inode) && $0.canHold(need, until: begun) }
    var isEachRead = true
    for taker in takers {
      let isRead = taker.listed.queued == 0 ? true : try isBeyond(marker, taker)
      if isRead && !taker.record.isHandedAlone { return true }
      if taker.record.isHandedAlone { isEachRead = isEachRead && isRead }
    }
    return isEachRead && takers.allSatisfy { $0.record.isHandedAlone }
  }

  /// Whether what a packet socket holds begins with a marker that was sent behind the one of a number: what came before
  /// it was read.
  private func isBeyond(_ marker: UInt64, _ socket: Known) throws(SystemError) -> Bool {
    guard case .packet(let listening) = socket.listed.kind,
      let head = try socket.copy?.head(BarrierMarker.prefixLength)
    else { return false }
    let found = listening.isCooked ? BarrierMarker(payload: head[...]) : BarrierMarker(head)
    return found.map { $0.number > marker } ?? false
  }

  private mutating func note(
    _ socket: ListedSocket, for need: ListedSocket.Need, _ program: borrowing ConfinedProgram
  ) throws(SystemError) {
    let place = known.firstIndex { $0.listed.inode == socket.inode }
    let index = place ?? known.count
    if place == nil { known.append(try newlyKnown(socket, program)) }
    known[index].listed = socket
    try update(index)
    guard known[index].firsts[need] == nil, known[index].limits?.take(need.version, by: link) != false
    else { return }
    known[index].firsts[need] = overWhenLooked[need, default: 0] + 1
  }

  private func newlyKnown(
    _ socket: ListedSocket, _ program: borrowing ConfinedProgram
  ) throws(SystemError) -> Known {
    let copy = program.hold(socket.inode)
    // Of one that is held they are asked for at each look.
    return Known(
      listed: socket, copy: socket.isHeld ? copy : nil,
      record: ProgramSocket(name: socket.description, isHandedAlone: socket.isHandedAlone),
      limits: socket.isHeld ? nil : try copy?.limits())
  }

  /// A copy keeps a socket in the lists that the program has closed.
  private mutating func forgetClosed(
    besides listed: [ListedSocket], of need: ListedSocket.Need, _ program: borrowing ConfinedProgram
  ) throws(SystemError) {
    let listed = Set(listed.map(\.inode))
    for index in known.indices where known[index].isOpen && known[index].firsts[need] != nil {
      let inode = known[index].listed.inode
      guard let copy = known[index].copy else {
        if !listed.contains(inode) { try noteClosing(of: index) }
        continue
      }
      guard !copy.isOpen else { continue }
      // It may have been handed on.
      if let other = program.hold(inode) { known[index].copy = other } else { try close(index) }
    }
  }

  /// Records how a socket stands.
  private mutating func update(_ index: Int) throws(SystemError) {
    known[index].record.queued = known[index].listed.queued
    if let copy = known[index].copy {
      let (memory, limits) = (try copy.memory(), try copy.limits())
      (known[index].record.room, known[index].record.dropped) = (memory.room, memory.dropped)
      known[index].record.isHandedAlone = known[index].listed.isHandedAlone || limits.sharesOut
      known[index].limits = limits
      known[index].filters.insert(limits.filter)
    } else if let dropped = known[index].listed.dropped {
      known[index].record.dropped = dropped
    }
  }

  /// How long the kernel has to tell what a socket held that is gone.
  private static let longestTelling = Duration.milliseconds(100)

  /// Records what a socket held that is gone and of which no copy was had: what it held when it was looked at last says
  /// nothing.
  private mutating func noteClosing(of index: Int) throws(SystemError) {
    known[index].listed.queued = try queuedAtClosing(of: known[index].listed) ?? 0
    try close(index)
  }

  /// How much memory what a socket held took when it was closed, in bytes; nil where the kernel does not tell.
  private mutating func queuedAtClosing(of socket: ListedSocket) throws(SystemError) -> Int? {
    guard socket.kind == .udp else { return nil }
    let deadline = Deadline(after: Self.longestTelling)
    while true {
      let isOfIt = { (one: ListedSocket) in one.port == socket.port && one.version == socket.version }
      if let place = closed.firstIndex(where: isOfIt) {
        return closed.remove(at: place).queued
      }
      guard let more = try closings?.next(until: deadline), !more.isEmpty else { return nil }
      closed += more
    }
  }

  /// Records what the program left in a socket that it has no more, or will read no more.
  private mutating func close(_ index: Int) throws(SystemError) {
    try update(index)
    known[index].isOpen = false
    known[index].record.closed = RunClock.epochNanoseconds
    guard let copy = known[index].copy else { return }
    var unread: [[UInt8]] = []
    while let one = try copy.takeUnread(into: buffer) {
      // What a program sends itself, and frames of other kinds, nobody sent to it.
      guard !one.isOutgoing, let (packet, isHousekeeping) = known[index].listed.packet(in: one) else {
        continue
      }
      unread.append(packet)
      if isHousekeeping { known[index].record.housekeeping.insert(packet) }
    }
    known[index].record.unread = unread
    known[index].copy = nil
  }

  /// Records what is left in all sockets: the program has ended, or reads no more.
  mutating func closeAll(_ program: borrowing ConfinedProgram) throws(SystemError) {
    let open = known.indices.filter { known[$0].isOpen }
    guard !open.isEmpty else { return }
    let isCopied = open.allSatisfy { known[$0].copy != nil }
    let now = Dictionary(try own(isCopied ? .whole : .all).map { ($0.inode, $0) }) { first, _ in first }
    for index in open {
      if let listed = now[known[index].listed.inode] {
        known[index].listed = listed
        try close(index)
      } else {
        try noteClosing(of: index)
      }
    }
  }

  /// What is known of the sockets, with the numbers of the messages that they could be handed, by what those need; a
  /// packet's bytes are asked for where a filter looks at them.
  func records(
    _ numbers: [ListedSocket.Need: Set<Int>], _ packet: (Int) -> IPPacket?
  ) throws(SystemError) -> [ProgramSocket] {
    try known.map { one throws(SystemError) in
      var record = one.record
      for (need, first) in one.firsts {
        record.messages.formUnion((numbers[need] ?? []).filter { $0 >= first })
      }
      record.refused = try one.refused(of: record.messages, behind: frame, packet)
      record.messages.subtract(record.refused)
      return record
    }
  }
}

extension ProgramSockets.Known {
  /// The messages that its filter keeps out, where it had one and the same whenever it was looked at.
  fileprivate func refused(
    of messages: Set<Int>, behind frame: EthernetHeader, _ packet: (Int) -> IPPacket?
  ) throws(SystemError) -> Set<Int> {
    guard filters.count == 1, let filter = filters.first ?? nil else { return [] }
    var refused: Set<Int> = []
    for number in messages {
      guard let packet = packet(number), let bytes = listed.shown(packet, behind: frame) else { continue }
      if try filter.takes(bytes) == false { refused.insert(number) }
    }
    return refused
  }
}

extension SocketLimits {
  /// What keeps packets that come in by an interface from it, in words behind its name.
  fileprivate func description(for need: ListedSocket.Need?, at link: Int32) -> String? {
    if isIPv6Only, need?.version != .v6 { return " for IPv6 only" }
    return take(need?.version ?? .v6, by: link) ? nil : " bound to another interface"
  }
}

extension ListedSocket {
  /// Whether a copy of it is held: of one with a connection or an answer for closed ports it would change what others see.
  fileprivate var isHeld: Bool {
    switch kind {
    case .raw, .packet: true
    case .udp, .tcp, .ping: false
    }
  }

  /// Whether what it is handed no other socket is handed too.
  fileprivate var isHandedAlone: Bool {
    switch kind {
    case .udp, .tcp: true
    case .raw, .packet, .ping: false
    }
  }

  /// The number of the protocol of which it has a port; nil where it has none.
  fileprivate var numberOfPort: UInt8? {
    guard port != 0 else { return nil }
    return switch kind {
    case .udp: 17
    case .tcp(isListening: true): 6
    case .tcp, .raw, .packet, .ping: nil
    }
  }

  /// Which version it is for that is not the one that is needed, in words behind its name; its name says IPv6's.
  fileprivate var otherVersion: String {
    if case .packet = kind { return "" }
    return isFor(.v4) ? " for IPv4 only" : ""
  }

  /// What its filter is shown of a packet that comes behind a header; nil where nobody knows.
  fileprivate func shown(_ packet: IPPacket, behind frame: EthernetHeader) -> [UInt8]? {
    switch kind {
    // Over IPv6 the headers are taken off before.
    case .raw: return packet.version == .v4 ? packet.bytes : packet.payload
    case .packet(let listening):
      guard !listening.isCooked else { return packet.bytes }
      let header = EthernetHeader(
        destination: frame.destination, source: frame.source, etherType: packet.version.etherType)
      return header.bytes + packet.bytes
    case .udp, .tcp, .ping: return nil
    }
  }

  /// The IP packet in what it was handed, of IPv6 what follows its headers, and whether it is one that kernels send by
  /// themselves; nil where it is something else.
  fileprivate func packet(in unread: HeldSocket.Unread) -> (bytes: [UInt8], isHousekeeping: Bool)? {
    let bytes = unread.datagram.bytes
    guard case .packet(let listening) = kind else {
      let isOfICMPv6 = version == .v6 && kind == .raw(protocol: IPVersion.v6.controlProtocol)
      return (bytes, isOfICMPv6 && bytes.first.map(FrameSummary.housekeeping.contains) == true)
    }
    guard let version = unread.etherType.flatMap({ IPVersion(EtherType(rawValue: $0)) }) else { return nil }
    let whole = listening.isCooked ? bytes[...] : bytes.dropFirst(EthernetHeader.length)
    guard version == .v6 else { return (Array(whole), false) }
    guard let packet = try? IPPacket(parsing: whole, as: version) else { return nil }
    return (packet.payload, FrameSummary(packet: whole, as: version).isHousekeeping)
  }
}
