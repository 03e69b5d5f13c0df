// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A socket that has its host in the group in which others look for one of its addresses (RFC 4291 §2.7.1).
///
/// The kernel joins it by itself, but later than it gives the address: who is asked for in between does not answer.
public struct SolicitedNodeMembership: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// Joins the group of an address in the calling thread's namespace, on an interface, for as long as this value is there.
  ///
  /// - Throws: the errors of socket(2) and setsockopt(2): `EAFNOSUPPORT` without IPv6.
  public init(of address: IPv6Address, link: Int32) throws(SystemError) {
    let opened = try Descriptor.socket(
      "AF_INET6, SOCK_DGRAM", family: AF_INET6, type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
    // An ipv6_mreq: a group, and the number of an interface.
    let request = address.solicitedNode.octets + withUnsafeBytes(of: link, Array.init)
    try systemCall("setsockopt(IPV6_JOIN_GROUP)") {
      setsockopt(
        opened.rawValue, Int32(IPPROTO_IPV6), IPV6_JOIN_GROUP, request, socklen_t(request.count))
    }
    descriptor = opened
  }
}
