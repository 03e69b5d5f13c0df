// SPDX-License-Identifier: Apache-2.0

import Wire

/// One thing that crosses the cable.
public struct Message: Sendable {
  /// The whole message in its file.
  public let span: SourceSpan
  /// What the packet carries.
  public internal(set) var payload = Located<[UInt8]>([])
  /// The header fields that the file sets, with their values.
  public internal(set) var header = HeaderFields()
  /// The way out that the file asks for, or nil to take the first that can carry the message.
  var via: Located<WayOut>?
  /// The way it leaves, once the scenario is checked.
  public internal(set) var wayOut = WayOut.socket
  /// What must be seen of it.
  public internal(set) var expect = Expectation()

  init(span: SourceSpan) {
    self.span = span
  }

  /// The packet that the message asks for, before the sending kernel touches it.
  ///
  /// Lengths and checksum are right; an identification that the message does not set is 0.
  public func packet(in scenario: Scenario) -> IPv4Packet {
    var header = IPv4Header(
      source: scenario.network.sender.address, destination: scenario.network.receiver.address,
      protocol: scenario.protocol.value)
    for (field, value) in self.header.values { field.set(value.value, in: &header) }
    return IPv4Packet.build(header: header, payload: payload.value, fillingIn: .all)
  }
}

/// Header fields that a file sets.
public struct HeaderFields: Sendable {
  /// The values by field: flags are 0 or 1, addresses in host byte order.
  public internal(set) var values: [IPv4Field: Located<UInt32>] = [:]
}

/// How a packet leaves its host.
public enum WayOut: String, CaseIterable, Sendable {
  /// A raw socket under the kernel's header (raw(7)).
  case socket
  /// A raw socket with a header of one's own (`IP_HDRINCL`).
  case header
}
