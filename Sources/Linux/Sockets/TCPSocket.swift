// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A TCP socket that never waits: a listener, or one end of a connection (tcp(7)).
public struct TCPSocket: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// The number to wait on.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  private init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  private static func open(_ version: IPVersion, room: Int32?) throws(SystemError) -> Descriptor {
    let family = IPAddress.family(version)
    let opened = try Descriptor.socket(
      "\(family.name), SOCK_STREAM", family: family.number,
      type: Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), protocol: 0)
    let yes: Int32 = 1
    if version == .v6 {
      // Else it would take what comes over IPv4 too.
      try opened.setOption("IPV6_V6ONLY", level: ToldOverIPv6.level, IPV6_V6ONLY, to: yes)
    }
    try opened.setOption("SO_REUSEADDR", level: SOL_SOCKET, SO_REUSEADDR, to: yes)
    if let room {
      // The kernel takes twice as much, half of it for itself (socket(7)).
      try opened.setOption("SO_SNDBUF", level: SOL_SOCKET, SO_SNDBUF, to: room)
      try opened.setOption("SO_RCVBUF", level: SOL_SOCKET, SO_RCVBUF, to: room)
    }
    return opened
  }

  // MARK: - The beginning

  /// Listens in the calling thread's namespace at a port of one address, or of all of a version where it is the
  /// unspecified one; of what is connected to it no more than so many bytes are under way, or as many as the kernel likes.
  ///
  /// - Throws: the errors of socket(2), bind(2) and listen(2): `EACCES` for a port below 1024 without
  ///   CAP_NET_BIND_SERVICE.
  public init(
    listeningAt port: UInt16, of address: IPAddress, room: Int32? = nil
  ) throws(SystemError) {
    let opened = try Self.open(address.version, room: room)
    try opened.bind(to: address, port: port)
    try systemCall("listen") { listen(opened.rawValue, 1) }
    descriptor = opened
  }

  /// Begins to connect in the calling thread's namespace from a port to a port of an address; `connectionError` tells how
  /// that went, once the socket can be written to. No more than so many bytes are under way, or as many as the kernel likes.
  ///
  /// - Throws: the errors of socket(2), bind(2) and connect(2).
  public init(
    from port: UInt16, to address: IPAddress, port other: UInt16, room: Int32? = nil
  ) throws(SystemError) {
    let opened = try Self.open(address.version, room: room)
    try opened.bind(to: .any(address.version), port: port)
    do throws(SystemError) {
      try address.withSocketAddress(port: other) { pointer, length throws(SystemError) in
        _ = try systemCall("connect(\(address), port \(other))") {
          connect(opened.rawValue, pointer, length)
        }
      }
    } catch  where error.errno == .inProgress {
    }
    descriptor = opened
  }

  /// Takes the connection that somebody has opened to this listener.
  ///
  /// - Returns: nil where there is none.
  /// - Throws: the errors of accept4(2).
  public func accept() throws(SystemError) -> TCPSocket? {
    do throws(SystemError) {
      let number = try systemCall("accept4") {
        clinux_accept4(rawDescriptor, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      }
      return TCPSocket(Descriptor(owning: number))
    } catch  where error.errno == .wouldBlock {
      return nil
    }
  }

  // MARK: - Bytes

  /// Sends as many of some bytes as there is room for.
  ///
  /// - Returns: how many that were.
  /// - Throws: `EPIPE` and `ECONNRESET` where the other host takes no more, and the other errors of send(2).
  public func send(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    do throws(SystemError) {
      return try systemCall("send") {
        Glibc.send(rawDescriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
    } catch  where error.errno == .wouldBlock {
      return 0
    }
  }

  /// Takes what has come, as much as there is room for.
  ///
  /// - Returns: how many bytes that were: 0 where no more will come, nil where there are none now.
  /// - Throws: `ECONNRESET` where the other host has reset the connection, and the other errors of recv(2).
  public func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int? {
    do throws(SystemError) {
      return try systemCall("recv") { recv(rawDescriptor, buffer.baseAddress, buffer.count, 0) }
    } catch  where error.errno == .wouldBlock {
      return nil
    }
  }

  /// Lets a wait for what comes last until so many bytes have, or no more will (`SO_RCVLOWAT`, socket(7)).
  ///
  /// - Throws: the error of setsockopt(2).
  public func wakeUp(atBytes count: Int) throws(SystemError) {
    try descriptor.setOption("SO_RCVLOWAT", level: SOL_SOCKET, SO_RCVLOWAT, to: Int32(clamping: count))
  }

  /// Says that no more will be sent (FIN).
  ///
  /// - Throws: `ENOTCONN` where the connection is gone.
  public func endSending() throws(SystemError) {
    try systemCall("shutdown") { shutdown(rawDescriptor, Int32(SHUT_WR)) }
  }

  /// What the kernel knows of the connection (`TCP_INFO`).
  ///
  /// - Throws: the error of getsockopt(2).
  public func information() throws(SystemError) -> TCPInformation {
    var figures = clinux_tcp_figures()
    try systemCall("getsockopt(TCP_INFO)") { clinux_tcp_figures(rawDescriptor, &figures) }
    return TCPInformation(figures)
  }
}

/// What a kernel knows of a connection (tcp(7), `TCP_INFO`).
public struct TCPInformation: Hashable, Sendable {
  /// Segments that were sent; 0 where the kernel is too old to count them.
  public let segments: Int
  /// Those of them that were sent again.
  public let retransmissions: Int
  /// Segments that came out of order; 0 where the kernel is too old to count them.
  public let outOfOrder: Int
  /// The smoothed time to the other host and back, in microseconds.
  public let roundTrip: Int
  /// How many segments may be under way.
  public let congestionWindow: Int

  fileprivate init(_ figures: clinux_tcp_figures) {
    segments = Int(figures.segments)
    retransmissions = Int(figures.total_retransmissions)
    outOfOrder = Int(figures.out_of_order)
    roundTrip = Int(figures.round_trip_microseconds)
    congestionWindow = Int(figures.congestion_window)
  }
}
