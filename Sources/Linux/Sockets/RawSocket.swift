// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A raw IPv4 socket: payloads under the kernel's header, or whole packets under one's own (raw(7)).
public struct RawSocket: IPv4Socket, ~Copyable, Sendable {
  /// Who writes the IPv4 header of what is sent.
  public enum Header: Sendable {
    /// The kernel, as the socket's options say.
    case kernel
    /// The caller (`IP_HDRINCL`); the kernel still fills in total length and checksum, and replaces an
    /// identification or a source of zero.
    case own
  }

  private let descriptor: Descriptor
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
  public init(protocol number: UInt8, header: Header = .kernel) throws(SystemError) {
    let opened = try Descriptor.socket(
      "AF_INET, SOCK_RAW, \(number)", family: AF_INET, type: Int32(SOCK_RAW.rawValue),
      protocol: Int32(number))
    let yes: Int32 = 1
    try opened.setOption("SO_BROADCAST", level: SOL_SOCKET, SO_BROADCAST, to: yes)
    // What one message may need, whatever the system's default; a user who may not has the default.
    try? opened.setOption("SO_SNDBUFFORCE", level: SOL_SOCKET, SO_SNDBUFFORCE, to: Self.room)
    if case .own = header {
      try opened.setOption("IP_HDRINCL", level: Int32(IPPROTO_IP), IP_HDRINCL, to: yes)
    }
    descriptor = opened
  }

  /// Receives only what is addressed to this address of the host, and sends from it.
  ///
  /// - Throws: `EADDRNOTAVAIL` when the host has no such address.
  public func bind(to address: IPv4Address) throws(SystemError) {
    try descriptor.bind(to: address.socketAddress, "\(address)")
  }

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
  public func send(_ bytes: [UInt8], to destination: IPv4Address) throws(SystemError) {
    let structure = destination.socketAddress
    try withSocketAddress(of: structure) { address, length throws(SystemError) in
      _ = try systemCall("sendto(\(destination), \(bytes.count) bytes)") {
        sendto(descriptor.rawValue, bytes, bytes.count, 0, address, length)
      }
    }
  }

  /// Takes the next packet that is there already, header and all; of a longer one this many bytes.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: the errors of recvmsg(2).
  public func receive(
    into buffer: ReceiveBuffer, atMost most: Int = .max
  ) throws(SystemError) -> ReceivedDatagram? {
    var sender = sockaddr_in()
    return try buffer.receive("AF_INET", from: descriptor, address: &sender, atMost: most)
  }
}
