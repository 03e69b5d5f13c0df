// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension Message {
  /// The packet of a message that goes over IPv4.
  func ipv4(in scenario: Scenario) -> IPv4Packet {
    guard case .v4(let packet) = packet(in: scenario) else { preconditionFailure("it goes over IPv6") }
    return packet
  }
}
