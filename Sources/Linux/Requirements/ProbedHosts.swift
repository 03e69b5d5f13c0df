// SPDX-License-Identifier: Apache-2.0

import Wire

/// Two hosts and a cable, made to see whether they can be made.
struct ProbedHosts: ~Copyable {
  private let near: NetworkNamespace
  private let far: NetworkNamespace

  private static let nearLink: Int32 = 101
  private static let farLink: Int32 = 102
  private static let usualMTU: UInt32 = 1500
  private static let protocolNumber: UInt8 = 253

  /// Makes the hosts.
  ///
  /// - Throws: as `NetworkNamespace` does.
  init() throws(SystemError) {
    let one = try NetworkNamespace()
    let other = try NetworkNamespace()
    near = one
    far = other
  }

  /// Joins them by a veth pair, and returns when it is up.
  ///
  /// - Throws: what the kernel refuses; `ETIMEDOUT` past the deadline.
  func joinByCable(until deadline: Deadline) throws(SystemError) {
    var nearNetlink = try near.enter { () throws(SystemError) in try NetlinkSocket() }
    var farNetlink = try far.enter { () throws(SystemError) in try NetlinkSocket() }
    let pair = RouteRequest.makeVethPair(
      Self.end(Self.nearLink), peer: Self.end(Self.farLink), in: far.rawDescriptor)
    try nearNetlink.perform([pair, .raise(link: Self.nearLink)], until: deadline)
    try farNetlink.perform([.raise(link: Self.farLink)], until: deadline)
    _ = try nearNetlink.awaitOperational(link: Self.nearLink, until: deadline)
  }

  /// Opens a capture at this end of the cable, and closes it.
  ///
  /// - Throws: as `PacketSocket` does.
  func openPacketSocket() throws(SystemError) {
    _ = try near.enter { () throws(SystemError) in
      try PacketSocket(link: Self.nearLink, closedBy: ClosingPool())
    }
  }

  /// What the machine's settings make of a host that resets them as far as it may.
  func deviations() -> [InheritedSettings.Deviation] {
    let found = try? near.enter { () throws(SystemError) in
      InheritedSettings().reset()
      return InheritedSettings.deviations
    }
    return found ?? []
  }

  /// Opens a raw socket in a host, and closes it.
  ///
  /// - Throws: as `RawSocket` does.
  func openRawSocket() throws(SystemError) {
    _ = try near.enter { () throws(SystemError) in try RawSocket(protocol: Self.protocolNumber, header: .own)
    }
  }

  private static func end(_ index: Int32) -> VethEnd {
    VethEnd(index: index, name: "eth0", mac: nil, mtu: usualMTU)
  }
}
