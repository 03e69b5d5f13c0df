// SPDX-License-Identifier: Apache-2.0

import Wire

/// What can be asked of the Ethernet frame around a packet.
public enum FrameField: String, CaseIterable, Hashable, Sendable {
  /// Its length in bytes with the Ethernet header and without the FCS, as Wireshark counts.
  case length
  /// How many bytes follow the IP packet.
  case padding
  /// The source address.
  case source
  /// The destination address.
  case destination
  /// The EtherType.
  case etherType

  /// The field's name in running text.
  public var title: String {
    switch self {
    case .length: "frame length"
    case .padding: "padding"
    case .source: "frame source"
    case .destination: "frame destination"
    case .etherType: "EtherType"
    }
  }

  /// A value as people write it: addresses with colons, the EtherType in hexadecimal, numbers of bytes decimal.
  public func format(_ value: UInt64) -> String {
    switch self {
    case .length, .padding: String(value)
    case .source, .destination: MACAddress(number: value).description
    case .etherType: EtherType(rawValue: UInt16(truncatingIfNeeded: value)).description
    }
  }
}

extension MACAddress {
  /// The address that is this number of 48 bits.
  init(number: UInt64) {
    let octets = (0..<6).map { UInt8(truncatingIfNeeded: number >> UInt64(40 - 8 * $0)) }
    self.init(octets[0], octets[1], octets[2], octets[3], octets[4], octets[5])
  }

  /// The address as a number of 48 bits.
  public var number: UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
}
