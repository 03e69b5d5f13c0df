// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A UDP socket over IP, which is handed payloads and what the kernel tells beside them (udp(7), ip(7), ipv6(7)).
public struct UDPSocket: IPSocket, ~Copyable, Sendable {
  private let descriptor: Descriptor
  /// The version of IP that it is of.
  public let version: IPVersion
  /// What the kernel writes now.
  public var written = KernelHeader()

  /// Room for some of the largest datagrams, or many small ones.
  private static let room: Int32 = 8 << 20

  /// A datagram as it was handed over.
  public struct Datagram: Sendable {
    /// Its payload, as much as there was room for.
    public let payload: [UInt8]
    /// The payload's length before the buffer cut it, in bytes.
    public let originalLength: Int
    /// Where it came from.
    public let (source, sourcePort): (IPAddress, UInt16)
    /// The IP header as far as the kernel told it.
    public let header: IPHeader
    /// When the kernel saw it, in nanoseconds of the epoch.
    public let timestamp: UInt64
  }

  /// The number to wait on.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// The number by which the kernel lists it (`ListedSocket.inode`).
  ///
  /// - Throws: the error of fstat(2).
  public func inode() throws(SystemError) -> UInt64 { try descriptor.inode() }

  /// Opens one in the calling thread's namespace, which other sockets may share a port with.
  ///
  /// - Throws: the errors of socket(2) and setsockopt(2).
  public init(over version: IPVersion = .v4) throws(SystemError) {
    let family = IPAddress.family(version)
    let opened = try Descriptor.socket(
      "\(family.name), SOCK_DGRAM", family: family.number, type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
    let yes: Int32 = 1
    switch version {
    case .v4: try opened.setOption("SO_BROADCAST", level: SOL_SOCKET, SO_BROADCAST, to: yes)
    // Else it would take what comes over IPv4 too.
    case .v6: try opened.setOption("IPV6_V6ONLY", level: ToldOverIPv6.level, IPV6_V6ONLY, to: yes)
    }
    try opened.setOption("SO_REUSEADDR", level: SOL_SOCKET, SO_REUSEADDR, to: yes)
    // What one message may need, whatever the system's default; a user who may not has the default.
    try? opened.setOption("SO_SNDBUFFORCE", level: SOL_SOCKET, SO_SNDBUFFORCE, to: Self.room)
    descriptor = opened
    self.version = version
  }

  /// Has the kernel tell of each datagram what headers it came under, and when.
  ///
  /// - Throws: the errors of setsockopt(2).
  public func tellHeaders() throws(SystemError) {
    let yes: Int32 = 1
    let level = Int32(IPPROTO_IP)
    switch version {
    case .v4:
      try descriptor.setOption("IP_PKTINFO", level: level, IP_PKTINFO, to: yes)
      try descriptor.setOption("IP_RECVTTL", level: level, IP_RECVTTL, to: yes)
      try descriptor.setOption("IP_RECVTOS", level: level, IP_RECVTOS, to: yes)
    case .v6: try ToldOverIPv6.ask(descriptor)
    }
    try descriptor.setOption("SO_TIMESTAMPNS", level: SOL_SOCKET, SO_TIMESTAMPNS, to: yes)
  }

  /// Makes room for many datagrams that nobody has taken yet, where the user may.
  public func reserveRoom() {
    try? descriptor.setOption("SO_RCVBUFFORCE", level: SOL_SOCKET, SO_RCVBUFFORCE, to: Self.room)
  }

  /// Has the kernel keep from the socket what its own host sends, to itself or to all.
  ///
  /// - Throws: the errors of setsockopt(2).
  public func ignoreOwnPackets() throws(SystemError) { try descriptor.attach(.ofOwnPackets) }

  /// Takes a port, of one address of the host or of all where it is nil.
  ///
  /// - Throws: `EADDRNOTAVAIL` when the host has no such address, `EACCES` for a port below 1024 without
  ///   CAP_NET_BIND_SERVICE (ip(7)).
  public func bind(to address: IPAddress?, port: UInt16) throws(SystemError) {
    try descriptor.bind(to: address ?? .any(version), port: port)
  }

  // MARK: - Sending

  /// Has the kernel send no checksum, which is one of 0, or one again (`SO_NO_CHECK`, RFC 768).
  ///
  /// - Throws: the error of setsockopt(2).
  public func omitChecksum(_ isOmitted: Bool) throws(SystemError) {
    try descriptor.setOption("SO_NO_CHECK", level: SOL_SOCKET, SO_NO_CHECK, to: Int32(isOmitted ? 1 : 0))
  }

  /// Sends one payload to a port of an address.
  ///
  /// - Throws: `EMSGSIZE` when it is too long, `EINVAL` for port 0, and the other errors of sendto(2).
  public func send(_ payload: [UInt8], to destination: IPAddress, port: UInt16) throws(SystemError) {
    try destination.withSocketAddress(port: port) { address, length throws(SystemError) in
      _ = try systemCall("sendto(\(destination), port \(port), \(payload.count) bytes)") {
        sendto(descriptor.rawValue, payload, payload.count, 0, address, length)
      }
    }
  }

  // MARK: - Receiving

  /// What its memory is like now.
  ///
  /// - Throws: the error of getsockopt(2).
  public func memory() throws(SystemError) -> SocketMemory { try SocketMemory(of: descriptor) }

  /// Takes the next datagram that is there already; of a longer one this many bytes.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: the errors of recvmsg(2).
  public func receive(into buffer: ReceiveBuffer, atMost most: Int = .max) throws(SystemError) -> Datagram? {
    guard let (taken, sender) = try buffer.receive(from: descriptor, over: version, atMost: most) else {
      return nil
    }
    return Datagram(
      payload: taken.bytes, originalLength: taken.originalLength, source: sender.address,
      sourcePort: sender.port,
      header: taken.ancillary.udpHeader(from: sender.address), timestamp: taken.timestamp)
  }
}

extension AncillaryData {
  private static let udp: UInt8 = 17

  /// The header of a packet of UDP as far as it is told.
  fileprivate func udpHeader(from source: IPAddress) -> IPHeader {
    switch source {
    case .v4(let address):
      return .v4(
        IPv4Header(
          source: address, destination: destination ?? .any, protocol: Self.udp, dscp: typeOfService >> 2,
          ecn: typeOfService & 3, ttl: ttl))
    case .v6(let address): return .v6(ipv6Header(from: address).announcing(Self.udp))
    }
  }
}
