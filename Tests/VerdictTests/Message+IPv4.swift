// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

@testable import Verdict

extension Message {
  /// The packet of a message that goes over IPv4.
  func ipv4(in scenario: Scenario) -> IPv4Packet {
    guard case .v4(let packet) = packet(in: scenario) else { preconditionFailure("it goes over IPv6") }
    return packet
  }
}

extension IPv4Header {
  /// Stores a value of a field; of an address the 32 bits that it has.
  mutating func set(_ field: IPField, to value: UInt32) {
    var ip = IPHeader.v4(self)
    field.set(UInt128(value), in: &ip)
    self = ip.ipv4 ?? self
  }
}

extension Network {
  /// The IPv4 address of a host.
  func ipv4(of host: HostName) -> IPv4Address { self[host].address(of: .v4).ipv4 ?? .any }
}

extension OnwardPacket {
  /// One of IPv4, whole; of a UDP socket where it says so.
  init(bytes: [UInt8], isCut: Bool, isOfUDPSocket: Bool = false) {
    self.init(bytes: bytes, version: .v4, isCut: isCut, isMadeUp: isOfUDPSocket)
  }
}
