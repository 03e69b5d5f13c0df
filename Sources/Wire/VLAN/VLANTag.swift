// SPDX-License-Identifier: Apache-2.0

/// A tag of a virtual LAN between the addresses of a frame and its EtherType (IEEE 802.1Q §9).
public struct VLANTag: Hashable, Sendable {
  /// How long a tag is, in bytes.
  public static let length = 4

  /// What says that it is a tag; 0x8100, and 0x88a8 for one around another.
  public var etherType: EtherType
  /// The priority code point, 0...7.
  public var priority: UInt8
  /// Whether the frame may be dropped first.
  public var dropEligible: Bool
  /// The virtual LAN, 0...4095; 0 is none.
  public var id: UInt16

  /// Makes a tag.
  public init(etherType: EtherType = .vlan, priority: UInt8 = 0, dropEligible: Bool = false, id: UInt16) {
    self.etherType = etherType
    self.priority = priority
    self.dropEligible = dropEligible
    self.id = id
  }

  /// The tag on the wire: its EtherType, and then what it says.
  public var bytes: [UInt8] {
    let control = UInt16(priority) << 13 | (dropEligible ? 0x1000 : 0) | id & 0x0FFF
    var bytes: [UInt8] = []
    bytes.append(bigEndian: etherType.rawValue)
    bytes.append(bigEndian: control)
    return bytes
  }

  /// The tags of some EtherTypes in an Ethernet frame, the outermost first.
  public static func all(in frame: [UInt8], of types: Set<EtherType>) -> [VLANTag] {
    var (rest, found) = (frame.dropFirst(EthernetHeader.length - 2), [VLANTag]())
    while let tag = VLANTag(parsing: rest, of: types) {
      found.append(tag)
      rest = rest.dropFirst(length)
    }
    return found
  }

  /// Reads a tag of one of some EtherTypes; nil where the bytes begin with none.
  public init?(parsing bytes: ArraySlice<UInt8>, of types: Set<EtherType>) {
    var reader = ByteReader(bytes, order: .big)
    let type = EtherType(rawValue: reader.uint16())
    let control = reader.uint16()
    guard bytes.count >= Self.length, types.contains(type) else { return nil }
    self.init(
      etherType: type, priority: UInt8(control >> 13), dropEligible: control & 0x1000 != 0,
      id: control & 0x0FFF)
  }
}
