// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A raw IP socket: payloads under the kernel's header, or whole packets under one's own (raw(7), ipv6(7)).
public struct RawSocket: IPSocket, ~Copyable, Sendable {
  /// Who writes the IP header of what is sent.
  public enum Header: Sendable {
    /// The kernel, as the socket's options say.
    case kernel
    /// The caller (`IP_HDRINCL`, `IPV6_HDRINCL`); of IPv4 the kernel still fills in total length and checksum, and
    /// replaces an identification or a source of zero.
    case own
  }

  private let descriptor: Descriptor
  /// The version of IP that it is of.
  public let version: IPVersion
  /// What the kernel writes now.
  public var written = KernelHeader()

  /// Room for the largest datagram in the smallest fragments, which cost the kernel a buffer each.
  private static let room: Int32 = 8 << 20

  /// The number to wait on.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// The number by which the kernel lists it (`ListedSocket.inode`).
  ///
  /// - Throws: the error of fstat(2).
  public func inode() throws(SystemError) -> UInt64 { try descriptor.inode() }

  /// Opens one for an IP protocol, 1…254, in the calling thread's namespace; with `own` headers, 255 sends any.
  ///
  /// - Throws: `EPERM` without CAP_NET_RAW, and the other errors of socket(2).
  public init(
    protocol number: UInt8, header: Header = .kernel, over version: IPVersion = .v4
  ) throws(SystemError) {
    let family = IPAddress.family(version)
    let opened = try Descriptor.socket(
      "\(family.name), SOCK_RAW, \(number)", family: family.number, type: Int32(SOCK_RAW.rawValue),
      protocol: Int32(number))
    let yes: Int32 = 1
    if version == .v4 { try opened.setOption("SO_BROADCAST", level: SOL_SOCKET, SO_BROADCAST, to: yes) }
    // What one message may need, whatever the system's default; a user who may not has the default.
    try? opened.setOption("SO_SNDBUFFORCE", level: SOL_SOCKET, SO_SNDBUFFORCE, to: Self.room)
    if case .own = header {
      switch version {
      case .v4: try opened.setOption("IP_HDRINCL", level: Int32(IPPROTO_IP), IP_HDRINCL, to: yes)
      case .v6: try opened.setOption("IPV6_HDRINCL", level: ToldOverIPv6.level, IPV6_HDRINCL, to: yes)
      }
    }
    descriptor = opened
    self.version = version
  }

  /// Receives only what is addressed to this address of the host, and sends from it.
  ///
  /// - Throws: `EADDRNOTAVAIL` when the host has no such address.
  public func bind(to address: IPAddress) throws(SystemError) { try descriptor.bind(to: address) }

  /// Sends and receives by one interface of the host alone (`SO_BINDTOIFINDEX`, socket(7)).
  ///
  /// - Throws: `ENODEV` when the host has no interface of that name.
  public func bind(toInterface name: String) throws(SystemError) {
    let index = if_nametoindex(name)
    guard index > 0 else { throw SystemError("if_nametoindex(\(name))", Errno(rawValue: errno)) }
    try descriptor.setOption(
      "SO_BINDTOIFINDEX", level: SOL_SOCKET, Self.bindToInterfaceIndex, to: Int32(bitPattern: index))
  }

  private static let bindToInterfaceIndex: Int32 = 62

  /// Has the kernel tell of each packet over IPv6 what headers it came under: the socket is handed what follows them.
  ///
  /// - Throws: the errors of setsockopt(2).
  public func tellHeaders() throws(SystemError) { try ToldOverIPv6.ask(descriptor) }

  /// Has the kernel tell when it saw each packet (`SO_TIMESTAMPNS`, socket(7)).
  public func stampTimes() throws(SystemError) {
    let yes: Int32 = 1
    try descriptor.setOption("SO_TIMESTAMPNS", level: SOL_SOCKET, SO_TIMESTAMPNS, to: yes)
  }

  /// Has the kernel keep from the socket what its own host sends, to itself or to all.
  ///
  /// `IP_PKTINFO` does not tell: it names the interface whose address it is.
  public func ignoreOwnPackets() throws(SystemError) { try descriptor.attach(.ofOwnPackets) }

  /// Makes room for many packets that nobody has taken yet, where the user may.
  public func reserveRoom() {
    // The smaller buffer of a user who may not serves most exchanges too.
    try? descriptor.setOption("SO_RCVBUFFORCE", level: SOL_SOCKET, SO_RCVBUFFORCE, to: Self.room)
  }

  /// What its memory is like now.
  ///
  /// - Throws: the error of getsockopt(2).
  public func memory() throws(SystemError) -> SocketMemory { try SocketMemory(of: descriptor) }

  /// Sends one payload, or one packet with its header, to an address.
  ///
  /// - Throws: `EMSGSIZE` when it is too long for its way out, and the other errors of sendto(2).
  public func send(_ bytes: [UInt8], to destination: IPAddress) throws(SystemError) {
    try destination.withSocketAddress { address, length throws(SystemError) in
      _ = try systemCall("sendto(\(destination), \(bytes.count) bytes)") {
        sendto(descriptor.rawValue, bytes, bytes.count, 0, address, length)
      }
    }
  }

  /// Takes the next packet that is there already: over IPv4 header and all, over IPv6 what follows the headers; of a longer
  /// one this many bytes.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: the errors of recvmsg(2).
  public func receive(
    into buffer: ReceiveBuffer, atMost most: Int = .max
  ) throws(SystemError) -> ReceivedDatagram? {
    try buffer.receive(from: descriptor, over: version, atMost: most)?.datagram
  }

  /// Takes the next payload over IPv6 with what is told of its headers.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: the errors of recvmsg(2).
  public func receiveWithHeaders(
    into buffer: ReceiveBuffer, atMost most: Int = .max
  ) throws(SystemError) -> (datagram: ReceivedDatagram, header: IPv6Header)? {
    guard let (datagram, sender) = try buffer.receive(from: descriptor, over: version, atMost: most) else {
      return nil
    }
    return (datagram, datagram.ancillary.ipv6Header(from: sender.address.ipv6 ?? .any))
  }
}
