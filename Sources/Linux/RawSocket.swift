// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A raw IPv4 socket: payloads under the kernel's header, or whole packets under one's own (raw(7)).
public struct RawSocket: ~Copyable, Sendable {
  /// Who writes the IPv4 header of what is sent.
  public enum Header: Sendable {
    /// The kernel, as the socket's options say.
    case kernel
    /// The caller (`IP_HDRINCL`); the kernel still fills in total length and checksum, and replaces an
    /// identification or a source of zero.
    case own
  }

  private let descriptor: Descriptor

  /// The number to wait on.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// Opens one for an IP protocol, 1…254, in the calling thread's namespace; with `own` headers, 255 sends any.
  ///
  /// - Throws: `EPERM` without CAP_NET_RAW, and the other errors of socket(2).
  public init(protocol number: UInt8, header: Header = .kernel) throws(SystemError) {
    let opened = try Descriptor.socket(
      "AF_INET, SOCK_RAW, \(number)", family: AF_INET, type: Int32(SOCK_RAW.rawValue),
      protocol: Int32(number))
    let yes: Int32 = 1
    try opened.setOption("SO_BROADCAST", level: SOL_SOCKET, SO_BROADCAST, to: yes)
    if case .own = header {
      try opened.setOption("IP_HDRINCL", level: Int32(IPPROTO_IP), IP_HDRINCL, to: yes)
    }
    descriptor = opened
  }

  /// Receives only what is addressed to this address of the host, and sends from it.
  ///
  /// - Throws: `EADDRNOTAVAIL` when the host has no such address.
  public func bind(to address: IPv4Address) throws(SystemError) {
    try descriptor.bind(to: Self.structure(of: address), "\(address)")
  }

  /// Sets what the kernel writes as time to live, 1…255.
  public func setTTL(_ ttl: UInt8) throws(SystemError) {
    try descriptor.setOption("IP_TTL", level: Int32(IPPROTO_IP), IP_TTL, to: Int32(ttl))
  }

  /// Sets what the kernel writes as DSCP (upper six bits) and ECN (lower two).
  public func setTypeOfService(_ value: UInt8) throws(SystemError) {
    try descriptor.setOption("IP_TOS", level: Int32(IPPROTO_IP), IP_TOS, to: Int32(value))
  }

  /// Sets whether the kernel sets the don't-fragment flag; without a word it decides by itself.
  public func setDontFragment(_ value: Bool) throws(SystemError) {
    let mode = value ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT
    try descriptor.setOption("IP_MTU_DISCOVER", level: Int32(IPPROTO_IP), IP_MTU_DISCOVER, to: mode)
  }

  /// Sends one payload, or one packet with its header, to an address.
  ///
  /// - Throws: `EMSGSIZE` when it is too long for its way out, and the other errors of sendto(2).
  public func send(_ bytes: [UInt8], to destination: IPv4Address) throws(SystemError) {
    let structure = Self.structure(of: destination)
    try withSocketAddress(of: structure) { address, length throws(SystemError) in
      _ = try systemCall("sendto(\(destination), \(bytes.count) bytes)") {
        sendto(descriptor.rawValue, bytes, bytes.count, 0, address, length)
      }
    }
  }

  /// Takes the next packet that is there already, header and all.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: the errors of recvmsg(2).
  public func receive(into buffer: ReceiveBuffer) throws(SystemError) -> ReceivedDatagram? {
    var sender = sockaddr_in()
    return try buffer.receive("AF_INET", from: descriptor, address: &sender)
  }

  private static func structure(of address: IPv4Address) -> sockaddr_in {
    var structure = sockaddr_in()
    structure.sin_family = sa_family_t(AF_INET)
    structure.sin_addr.s_addr = address.rawValue.bigEndian
    return structure
  }
}
