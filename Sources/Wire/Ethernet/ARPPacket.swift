// SPDX-License-Identifier: Apache-2.0

/// An ARP packet for Ethernet and IPv4 (RFC 826).
public struct ARPPacket: WireValue {
  /// How long the packet is, in bytes.
  public static let length = 28
  /// The operation that asks for an address.
  public static let request: UInt16 = 1
  /// The operation that answers.
  public static let reply: UInt16 = 2

  /// The kind of hardware address; 1 is Ethernet.
  public var hardwareType: UInt16
  /// The kind of protocol address; an EtherType.
  public var protocolType: EtherType
  /// The stated length of a hardware address, in bytes; 6 for Ethernet.
  public var hardwareSize: UInt8
  /// The stated length of a protocol address, in bytes; 4 for IPv4.
  public var protocolSize: UInt8
  /// What it is for: 1 asks, 2 answers.
  public var operation: UInt16
  /// The MAC address of who sends it.
  public var senderMAC: MACAddress
  /// The IPv4 address of who sends it.
  public var senderAddress: IPv4Address
  /// The MAC address that is asked for, or of who asked.
  public var targetMAC: MACAddress
  /// The IPv4 address that is asked for, or of who asked.
  public var targetAddress: IPv4Address

  /// Makes a packet for Ethernet and IPv4 unless it says otherwise.
  public init(
    operation: UInt16, senderMAC: MACAddress, senderAddress: IPv4Address, targetMAC: MACAddress,
    targetAddress: IPv4Address, hardwareType: UInt16 = 1, protocolType: EtherType = .ipv4,
    hardwareSize: UInt8 = 6, protocolSize: UInt8 = 4
  ) {
    self.hardwareType = hardwareType
    self.protocolType = protocolType
    self.hardwareSize = hardwareSize
    self.protocolSize = protocolSize
    self.operation = operation
    self.senderMAC = senderMAC
    self.senderAddress = senderAddress
    self.targetMAC = targetMAC
    self.targetAddress = targetAddress
  }

  /// Reads the packet from the first 28 bytes; throws `TruncatedError` when fewer are there.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError) {
    var reader = try ByteReader(bytes, layer: .arp, needing: Self.length)
    hardwareType = reader.uint16()
    protocolType = EtherType(rawValue: reader.uint16())
    hardwareSize = reader.uint8()
    protocolSize = reader.uint8()
    operation = reader.uint16()
    senderMAC = reader.macAddress()
    senderAddress = reader.address()
    targetMAC = reader.macAddress()
    targetAddress = reader.address()
  }

  /// The packet as it stands, 28 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: hardwareType)
    bytes.append(bigEndian: protocolType.rawValue)
    bytes += [hardwareSize, protocolSize]
    bytes.append(bigEndian: operation)
    bytes += senderMAC.octets + senderAddress.octets
    bytes += targetMAC.octets + targetAddress.octets
    return bytes
  }
}
