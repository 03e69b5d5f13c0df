// SPDX-License-Identifier: Apache-2.0

/// The numbers of the pcapng format that its reader and its writer share (draft-ietf-opsawg-pcapng §4).
enum Pcapng {
  static let byteOrderMagic: UInt32 = 0x1A2B_3C4D
  static let majorVersion: UInt16 = 1
  /// A section length that leaves the length open.
  static let unknownSectionLength = UInt64.max
  /// Block type, and the length at either end.
  static let blockOverhead = 12

  enum BlockType {
    static let sectionHeader: UInt32 = 0x0A0D_0D0A
    static let interfaceDescription: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let interfaceStatistics: UInt32 = 5
    static let enhancedPacket: UInt32 = 6
  }

  /// The codes of options; what a code means depends on the block.
  enum OptionCode {
    static let end: UInt16 = 0
    static let comment: UInt16 = 1
    static let sectionApplication: UInt16 = 4
    static let interfaceName: UInt16 = 2
    static let interfaceTimestampResolution: UInt16 = 9
    static let interfaceTimestampOffset: UInt16 = 14
    static let packetFlags: UInt16 = 2
    static let statisticsReceived: UInt16 = 4
    static let statisticsDropped: UInt16 = 5
  }

  /// The bits of the packet flags that hold the direction.
  static let directionMask: UInt32 = 0b11

  /// How many bytes fill up `count` to a multiple of 4.
  static func padding(after count: Int) -> Int { (4 - count % 4) % 4 }
}
