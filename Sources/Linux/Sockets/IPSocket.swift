// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// What a kernel writes into the IP headers of a socket's packets; at first what it does in every new namespace (ip(7)).
public struct KernelHeader: Sendable {
  /// The time to live, or the hop limit.
  var ttl: UInt8 = 64
  /// DSCP (upper six bits) and ECN (lower two).
  var typeOfService: UInt8 = 0

  /// Writes what every new namespace writes.
  init() {}
}

/// A socket under whose packets the kernel writes an IP header, as its options say (ip(7), ipv6(7)).
public protocol IPSocket: ~Copyable {
  /// The version of IP that it is of.
  var version: IPVersion { get }
  /// The number of its descriptor.
  var rawDescriptor: Int32 { get }
  /// What the kernel writes now.
  var written: KernelHeader { get set }
}

extension IPSocket where Self: ~Copyable {
  /// Sets what the kernel writes as time to live, 1…255, or as hop limit, 0…255, where it does not already.
  ///
  /// - Throws: `EINVAL` for a time to live of 0.
  public mutating func setTTL(_ value: UInt8) throws(SystemError) {
    guard value != written.ttl else { return }
    switch version {
    case .v4: try set("IP_TTL", IP_TTL, to: Int32(value))
    case .v6: try set("IPV6_UNICAST_HOPS", IPV6_UNICAST_HOPS, to: Int32(value))
    }
    written.ttl = value
  }

  /// Sets what the kernel writes as DSCP (upper six bits) and ECN (lower two), where it does not already.
  ///
  /// - Throws: the error of setsockopt(2).
  public mutating func setTypeOfService(_ value: UInt8) throws(SystemError) {
    guard value != written.typeOfService else { return }
    switch version {
    case .v4: try set("IP_TOS", IP_TOS, to: Int32(value))
    case .v6: try set("IPV6_TCLASS", IPV6_TCLASS, to: Int32(value))
    }
    written.typeOfService = value
  }

  /// Sets whether the kernel sets the don't-fragment flag; without a word it decides by itself.
  ///
  /// - Throws: the error of setsockopt(2).
  public func setDontFragment(_ value: Bool) throws(SystemError) {
    try set("IP_MTU_DISCOVER", IP_MTU_DISCOVER, to: value ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT)
  }

  /// Lets the kernel decide by itself whether it sets the don't-fragment flag, as every new namespace does.
  ///
  /// - Throws: the error of setsockopt(2).
  public func leaveDontFragmentToKernel() throws(SystemError) {
    try set("IP_MTU_DISCOVER", IP_MTU_DISCOVER, to: IP_PMTUDISC_WANT)
  }

  /// Sets the options that the kernel writes behind each header: at most 40 bytes (ip(7), `IP_OPTIONS`).
  ///
  /// - Throws: `EINVAL` when the kernel does not take them.
  public func setOptions(_ options: [UInt8]) throws(SystemError) {
    let number = rawDescriptor
    try systemCall("setsockopt(IP_OPTIONS)") {
      setsockopt(number, Int32(IPPROTO_IP), IP_OPTIONS, options, socklen_t(options.count))
    }
  }

  private func set(_ name: String, _ option: Int32, to value: Int32) throws(SystemError) {
    let level = version == .v4 ? Int32(IPPROTO_IP) : ToldOverIPv6.level
    try Descriptor.setOption(of: rawDescriptor, name, level: level, option, to: value)
  }
}

extension IPAddress {
  /// Lends the address as C's structure, with a port.
  func withSocketAddress<Result>(
    port: UInt16 = 0, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    switch self {
    case .v4(let address): try Linux.withSocketAddress(of: address.socketAddress(port: port), body)
    case .v6(let address): try Linux.withSocketAddress(of: address.socketAddress(port: port), body)
    }
  }

  /// The family of its sockets, and the family's name.
  static func family(_ version: IPVersion) -> (number: Int32, name: String) {
    version == .v4 ? (AF_INET, "AF_INET") : (AF_INET6, "AF_INET6")
  }
}

extension Descriptor {
  /// Binds a socket to an address and a port (bind(2)).
  ///
  /// - Throws: the error of bind(2).
  func bind(to address: IPAddress, port: UInt16 = 0) throws(SystemError) {
    let name = port == 0 ? "\(address)" : "\(address), port \(port)"
    try address.withSocketAddress(port: port) { pointer, length throws(SystemError) in
      _ = try systemCall("bind(\(name))") { Glibc.bind(rawValue, pointer, length) }
    }
  }
}

extension IPv6Address {
  /// The address as C's structure, with a port.
  func socketAddress(port: UInt16) -> clinux_sockaddr_in6 {
    let (high, low) = (UInt64(truncatingIfNeeded: number >> 64), UInt64(truncatingIfNeeded: number))
    return clinux_sockaddr_in6(
      family: UInt16(AF_INET6), port: port.bigEndian, flow_information: 0,
      address: (high.bigEndian, low.bigEndian), scope: 0)
  }

  /// The address as C's structures have it.
  init(halves: (UInt64, UInt64)) {
    self.init(high: UInt64(bigEndian: halves.0), low: UInt64(bigEndian: halves.1))
  }
}

extension IPv4Address {
  /// The address as C's structure, with port 0.
  var socketAddress: sockaddr_in { socketAddress(port: 0) }

  /// The address as C's structure, with a port.
  func socketAddress(port: UInt16) -> sockaddr_in {
    var structure = sockaddr_in()
    structure.sin_family = sa_family_t(AF_INET)
    structure.sin_addr.s_addr = rawValue.bigEndian
    structure.sin_port = port.bigEndian
    return structure
  }
}
