// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A frame that a packet socket captured.
public struct CapturedFrame: Sendable {
  /// The frame from its Ethernet header on, a VLAN tag that the kernel keeps beside it included.
  public let bytes: [UInt8]
  /// Its length before the buffer cut it, in bytes.
  public let originalLength: Int
  /// When the kernel saw it, in nanoseconds of the epoch.
  public let timestamp: UInt64
  /// Whether this host sent it (`PACKET_OUTGOING`, packet(7)).
  public let isOutgoing: Bool
  /// Whether its checksum of UDP or TCP is left to a network card (`TP_STATUS_CSUMNOTREADY`).
  public let isChecksumOffloaded: Bool

  /// What stands before the EtherType, or a tag: two hardware addresses, in bytes.
  private static let addressesLength = 12
  private static let usualTag: UInt16 = 0x8100

  init(_ datagram: ReceivedDatagram, isOutgoing: Bool) {
    self.isOutgoing = isOutgoing
    timestamp = datagram.timestamp
    let told = datagram.ancillary.frame
    let status = told?.tp_status ?? 0
    isChecksumOffloaded = status & UInt32(TP_STATUS_CSUMNOTREADY) != 0
    guard let told, status & UInt32(TP_STATUS_VLAN_VALID) != 0 else {
      (bytes, originalLength) = (datagram.bytes, datagram.originalLength)
      return
    }
    let isNamed = status & UInt32(TP_STATUS_VLAN_TPID_VALID) != 0
    let words = [isNamed ? told.tp_vlan_tpid : Self.usualTag, told.tp_vlan_tci]
    let tag = words.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    let addresses = datagram.bytes.prefix(Self.addressesLength)
    bytes = addresses + tag + datagram.bytes.dropFirst(Self.addressesLength)
    originalLength = datagram.originalLength + tag.count
  }
}

/// What a packet socket counted since it was opened.
public struct CaptureStatistics: Hashable, Sendable {
  /// Frames that were offered to the socket, the dropped ones included.
  public var received: UInt64 = 0
  /// Frames that found no room in the socket's buffer.
  public var dropped: UInt64 = 0

  /// The counts before any frame.
  public init() {}
}

/// A packet socket: both directions of one interface, captured and sent as whole Ethernet frames (packet(7)).
public struct PacketSocket: ~Copyable, Sendable {
  private let descriptor: Descriptor
  private var link: Int32 = 0
  private let closing: ClosingPool
  private var counted = CaptureStatistics()

  private static let bufferBytes: Int32 = 4 << 20

  /// The number to wait on.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// The number by which the kernel lists it (`ListedSocket.inode`).
  ///
  /// - Throws: the error of fstat(2).
  public func inode() throws(SystemError) -> UInt64 { try descriptor.inode() }

  /// Opens one in the calling thread's namespace, where it captures nothing before it is bound; the pool closes it.
  ///
  /// - Throws: `EPERM` without CAP_NET_RAW, and the errors of socket(2).
  public init(closedBy pool: ClosingPool) throws(SystemError) {
    descriptor = try Self.open()
    closing = pool
  }

  /// Opens one on an interface of the calling thread's namespace.
  ///
  /// - Throws: `EPERM` without CAP_NET_RAW, and the errors of socket(2) and bind(2).
  public init(link index: Int32, closedBy pool: ClosingPool) throws(SystemError) {
    let opened = try Self.open()
    try Self.bind(opened, to: index, only: nil)
    descriptor = opened
    closing = pool
    link = index
  }

  private static func open() throws(SystemError) -> Descriptor {
    let opened = try Descriptor.socket(
      "AF_PACKET", family: AF_PACKET, type: Int32(SOCK_RAW.rawValue), protocol: 0)
    let yes: Int32 = 1
    try opened.setOption("SO_TIMESTAMPNS", level: SOL_SOCKET, SO_TIMESTAMPNS, to: yes)
    try opened.setOption("PACKET_AUXDATA", level: SOL_PACKET, PACKET_AUXDATA, to: yes)
    // More than the system's limit where we may; the smaller buffer serves too, and drops are counted.
    try? opened.setOption("SO_RCVBUFFORCE", level: SOL_SOCKET, SO_RCVBUFFORCE, to: bufferBytes)
    return opened
  }

  /// Begins to capture on an interface of the namespace that it was opened in, from whichever the thread is in.
  ///
  /// With an EtherType it captures what comes in of that alone, and costs other packets nothing.
  ///
  /// - Throws: the errors of bind(2).
  public mutating func bind(to index: Int32, only type: EtherType? = nil) throws(SystemError) {
    try Self.bind(descriptor, to: index, only: type)
    link = index
  }

  private static func bind(
    _ socket: borrowing Descriptor, to index: Int32, only type: EtherType?
  ) throws(SystemError) {
    try socket.bind(to: structure(link: index, protocol: type?.rawValue ?? UInt16(ETH_P_ALL)), "AF_PACKET")
  }

  /// Captures of TCP from now on only the segments by which connections begin and end.
  ///
  /// - Throws: the error of setsockopt(2).
  public func passOverSegments() throws(SystemError) { try descriptor.attach(.ofPassingSegments) }

  deinit {
    // To close it in place costs a wait for every processor of the kernel.
    closing.close(descriptor.release())
  }

  /// Takes the next frame that is there already.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: the errors of recvmsg(2).
  public func receive(into buffer: ReceiveBuffer) throws(SystemError) -> CapturedFrame? {
    var sender = sockaddr_ll()
    guard let datagram = try buffer.receive("AF_PACKET", from: descriptor, address: &sender) else {
      return nil
    }
    return CapturedFrame(datagram, isOutgoing: sender.sll_pkttype == UInt8(PACKET_OUTGOING))
  }

  /// Sends one whole frame; this socket does not capture what it sends itself.
  ///
  /// - Throws: `EMSGSIZE` when it is longer than the interface takes, and the other errors of sendto(2).
  public func send(_ frame: [UInt8]) throws(SystemError) {
    try descriptor.sendFrame(frame, link: link)
  }

  /// The counts since the socket was opened (`PACKET_STATISTICS`).
  ///
  /// - Throws: the errors of getsockopt(2).
  public mutating func statistics() throws(SystemError) -> CaptureStatistics {
    var latest = tpacket_stats()
    var length = socklen_t(MemoryLayout<tpacket_stats>.size)
    try systemCall("getsockopt(PACKET_STATISTICS)") {
      getsockopt(descriptor.rawValue, SOL_PACKET, PACKET_STATISTICS, &latest, &length)
    }
    // The kernel sets its counts back to zero with every reading.
    counted.received += UInt64(latest.tp_packets)
    counted.dropped += UInt64(latest.tp_drops)
    return counted
  }

  /// Forgets what was counted until the last reading.
  public mutating func restartCounting() {
    counted = CaptureStatistics()
  }

  private static func structure(link index: Int32, protocol number: UInt16) -> sockaddr_ll {
    var structure = sockaddr_ll()
    structure.sll_family = sa_family_t(AF_PACKET)
    structure.sll_protocol = number.bigEndian
    structure.sll_ifindex = index
    return structure
  }
}
