// SPDX-License-Identifier: Apache-2.0

/// The header of an Ethernet II frame (RFC 894).
public struct EthernetHeader: WireValue {
  /// How long the header is, in bytes.
  public static let length = 14

  /// To whom the frame goes.
  public var destination: MACAddress
  /// Who sent the frame.
  public var source: MACAddress
  /// What the frame carries.
  public var etherType: EtherType

  /// Makes a header; for IPv4 unless it says otherwise.
  public init(destination: MACAddress, source: MACAddress, etherType: EtherType = .ipv4) {
    self.destination = destination
    self.source = source
    self.etherType = etherType
  }

  /// Reads the header from the first 14 bytes; throws `TruncatedError` when fewer are there.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError) {
    var reader = try ByteReader(bytes, layer: .ethernet, needing: Self.length)
    destination = reader.macAddress()
    source = reader.macAddress()
    etherType = EtherType(rawValue: reader.uint16())
  }

  /// The header as it stands, 14 bytes.
  public var bytes: [UInt8] {
    var bytes = destination.octets + source.octets
    bytes.append(bigEndian: etherType.rawValue)
    return bytes
  }
}
