// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// What a kernel writes into the IP headers of a socket's packets; at first what it does in every new namespace (ip(7)).
public struct KernelHeader: Sendable {
  /// The time to live.
  var ttl: UInt8 = 64
  /// DSCP (upper six bits) and ECN (lower two).
  var typeOfService: UInt8 = 0

  /// Writes what every new namespace writes.
  init() {}
}

/// A socket under whose packets the kernel writes an IPv4 header, as its options say (ip(7)).
public protocol IPv4Socket: ~Copyable {
  /// The number of its descriptor.
  var rawDescriptor: Int32 { get }
  /// What the kernel writes now.
  var written: KernelHeader { get set }
}

extension IPv4Socket where Self: ~Copyable {
  /// Sets what the kernel writes as time to live, 1…255, where it does not already.
  ///
  /// - Throws: `EINVAL` for 0.
  public mutating func setTTL(_ value: UInt8) throws(SystemError) {
    guard value != written.ttl else { return }
    try set("IP_TTL", IP_TTL, to: Int32(value))
    written.ttl = value
  }

  /// Sets what the kernel writes as DSCP (upper six bits) and ECN (lower two), where it does not already.
  ///
  /// - Throws: the error of setsockopt(2).
  public mutating func setTypeOfService(_ value: UInt8) throws(SystemError) {
    guard value != written.typeOfService else { return }
    try set("IP_TOS", IP_TOS, to: Int32(value))
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
    try Descriptor.setOption(of: rawDescriptor, name, level: Int32(IPPROTO_IP), option, to: value)
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
