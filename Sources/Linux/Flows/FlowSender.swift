// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// The sending end of a flow: packets are made and sent in batches, each with its number and the time.
public struct FlowSender: ~Copyable {
  private let format: FlowFormat
  private let socket: Descriptor
  private let closing: ClosingPool
  private let batch: PacketBatch
  /// The bytes before a packet's payload that this end writes.
  private let headers: Int
  private let isFrame: Bool

  /// How many packets have left.
  public private(set) var sent = 0
  /// How many times the kernel had no room, and a packet was sent again.
  public private(set) var retries = 0
  /// When the first batch was made, in nanoseconds of the monotonic clock; 0 before.
  public private(set) var start: UInt64 = 0
  /// When the kernel had taken the last batch.
  public private(set) var end: UInt64 = 0

  /// The most packets that leave at once.
  public static let mostAtOnce = PacketBatch.count

  /// What says of an earlier packet that it came to nothing (ICMP errors, ip(7)): the one at hand was not sent.
  private static let ofEarlierPackets = [ECONNREFUSED, ENOPROTOOPT, EHOSTUNREACH, ENETUNREACH, EPROTO]

  /// Opens a raw socket in the calling thread's namespace: the kernel writes the header.
  ///
  /// - Throws: the errors of socket(2), setsockopt(2) and connect(2), `ENOMEM`.
  public init(_ format: FlowFormat, closedBy pool: ClosingPool) throws(SystemError) {
    let opened = try Descriptor.rawSocket(of: format)
    let (yes, ttl) = (Int32(1), Int32(FlowFormat.ttl))
    // Without the second a packet that found no room in a queue would be lost, and the call would say nothing of it.
    switch format.version {
    case .v4:
      let level = Int32(IPPROTO_IP)
      try opened.setOption("IP_TTL", level: level, IP_TTL, to: ttl)
      try opened.setOption("IP_RECVERR", level: level, IP_RECVERR, to: yes)
    case .v6:
      let level = ToldOverIPv6.level
      try opened.setOption("IPV6_UNICAST_HOPS", level: level, IPV6_UNICAST_HOPS, to: ttl)
      try opened.setOption("IPV6_RECVERR", level: level, IPV6_RECVERR, to: yes)
      // Else the kernel makes up a flow label, of which nobody could say whether it came as it was sent.
      try opened.setOption("IPV6_AUTOFLOWLABEL", level: level, IPV6_AUTOFLOWLABEL, to: Int32(0))
    }
    // What comes in here nobody reads.
    try opened.setOption("SO_RCVBUF", level: SOL_SOCKET, SO_RCVBUF, to: Int32(0))
    try format.destination.withSocketAddress { address, length throws(SystemError) in
      _ = try systemCall("connect(\(format.destination))") { connect(opened.rawValue, address, length) }
    }
    try self.init(format, socket: opened, headers: [], closing: pool)
  }

  /// Opens a packet socket on an interface of the calling thread's namespace: frames begin with this header, and
  /// neither queueing disciplines nor captures at this end see them.
  ///
  /// - Throws: the errors of socket(2), setsockopt(2) and bind(2), `ENOMEM`.
  public init(
    _ format: FlowFormat, under header: EthernetHeader, link: Int32, closedBy pool: ClosingPool
  ) throws(SystemError) {
    let opened = try Descriptor.socket(
      "AF_PACKET", family: AF_PACKET, type: Int32(SOCK_RAW.rawValue), protocol: 0)
    try opened.setOption("PACKET_QDISC_BYPASS", level: SOL_PACKET, PACKET_QDISC_BYPASS, to: Int32(1))
    var address = sockaddr_ll()
    address.sll_family = sa_family_t(AF_PACKET)
    address.sll_ifindex = link
    try opened.bind(to: address, "AF_PACKET")
    try self.init(format, socket: opened, headers: header.bytes + format.header(of: 0).bytes, closing: pool)
  }

  private init(
    _ format: FlowFormat, socket: consuming Descriptor, headers: [UInt8], closing: ClosingPool
  ) throws(SystemError) {
    batch = try PacketBatch(length: headers.count + format.size)
    for index in 0..<PacketBatch.count { batch.room(index).copyBytes(from: headers) }
    self.format = format
    self.socket = socket
    self.closing = closing
    self.headers = headers.count
    isFrame = !headers.isEmpty
  }

  deinit {
    // To close a packet socket in place costs a wait for every processor of the kernel.
    closing.close(socket.release())
  }

  /// Sends the next packets, this many at most and no more than a batch.
  ///
  /// - Returns: how many have left; none where the kernel had no room.
  /// - Throws: the other errors of sendmmsg(2).
  public mutating func send(atMost most: Int) throws(SystemError) -> Int {
    let count = min(most, PacketBatch.count, format.packets - sent)
    guard count > 0 else { return 0 }
    let now = RunClock.monotonic
    if sent == 0 { start = now }
    for index in 0..<count { write(UInt64(sent + index + 1), into: batch.room(index), at: now) }
    do throws(SystemError) {
      let taken = try batch.send(0..<count, through: socket)
      sent += taken
      end = RunClock.monotonic
      return taken
    } catch {
      guard Self.isPassing(error.errno) else { throw error }
      retries += 1
      return 0
    }
  }

  private func write(_ sequence: UInt64, into room: UnsafeMutableRawBufferPointer, at now: UInt64) {
    if isFrame {
      format.renumber(
        UnsafeMutableRawBufferPointer(rebasing: room[EthernetHeader.length..<headers]), to: sequence)
    }
    format.write(sequence, at: now, into: UnsafeMutableRawBufferPointer(rebasing: room[headers...]))
  }

  private static func isPassing(_ errno: Errno) -> Bool {
    errno == .noBufferSpace || errno == .wouldBlock || ofEarlierPackets.contains(errno.rawValue)
  }
}

extension Descriptor {
  /// Opens a raw socket of a flow's protocol and version.
  ///
  /// - Throws: the errors of socket(2).
  static func rawSocket(of format: FlowFormat) throws(SystemError) -> Descriptor {
    let family = IPAddress.family(format.version)
    return try socket(
      "\(family.name), SOCK_RAW, \(format.protocol)", family: family.number,
      type: Int32(SOCK_RAW.rawValue), protocol: Int32(format.protocol))
  }
}
