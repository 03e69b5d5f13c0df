// SPDX-License-Identifier: Apache-2.0

/// One of the four forms of the classic capture file: either byte order, either unit of time (pcap-savefile(5)).
struct PcapFormat {
  private static let microsecondMagic: UInt32 = 0xA1B2_C3D4
  private static let nanosecondMagic: UInt32 = 0xA1B2_3C4D
  private static let majorVersion: UInt16 = 2
  private static let fileHeaderLength = 24
  private static let recordHeaderLength = 16

  private let order: ByteOrder
  private let nanosecondsPerUnit: UInt64

  /// Tells the form by the first four bytes, read as big-endian; nil for no capture file.
  init?(magic: UInt32) {
    switch magic {
    case Self.microsecondMagic: (order, nanosecondsPerUnit) = (.big, 1000)
    case Self.nanosecondMagic: (order, nanosecondsPerUnit) = (.big, 1)
    case Self.microsecondMagic.byteSwapped: (order, nanosecondsPerUnit) = (.little, 1000)
    case Self.nanosecondMagic.byteSwapped: (order, nanosecondsPerUnit) = (.little, 1)
    default: return nil
    }
  }

  func read(_ bytes: [UInt8]) throws(CaptureFileError) -> CaptureFile {
    guard bytes.count >= Self.fileHeaderLength else {
      throw CaptureFileError(
        offset: 0, reason: .truncated(needed: Self.fileHeaderLength, available: bytes.count))
    }
    var reader = ByteReader(bytes[...], order: order)
    let linkType = try readFileHeader(&reader)
    var packets: [CaptureFile.Packet] = []
    while reader.remaining > 0 {
      packets.append(try readRecord(&reader, linkType: linkType, packetsBefore: packets.count))
    }
    return CaptureFile(
      interfaces: [CaptureFile.Interface(name: nil, linkType: linkType)], packets: packets)
  }

  private func readFileHeader(_ reader: inout ByteReader) throws(CaptureFileError) -> UInt16 {
    _ = reader.uint32()
    let majorVersion = reader.uint16()
    guard majorVersion == Self.majorVersion else {
      throw CaptureFileError(offset: 0, reason: .unknownVersion(majorVersion))
    }
    // Minor version, two reserved words and the snap length say nothing about how to read on.
    _ = reader.bytes(14)
    // The upper bits tell of a frame check sequence.
    return UInt16(truncatingIfNeeded: reader.uint32())
  }

  private func readRecord(
    _ reader: inout ByteReader, linkType: UInt16, packetsBefore: Int
  ) throws(CaptureFileError) -> CaptureFile.Packet {
    let offset = reader.offset
    let available = reader.remaining
    func requireBytes(_ needed: Int) throws(CaptureFileError) {
      guard available >= needed else {
        throw CaptureFileError(
          offset: offset, reason: .truncated(needed: needed, available: available),
          packetsBefore: packetsBefore)
      }
    }
    try requireBytes(Self.recordHeaderLength)
    let seconds = UInt64(reader.uint32())
    let fraction = UInt64(reader.uint32())
    let capturedLength = Int(reader.uint32())
    let originalLength = reader.uint32()
    try requireBytes(Self.recordHeaderLength + capturedLength)
    return CaptureFile.Packet(
      interfaceName: nil, linkType: linkType,
      timestamp: seconds * 1_000_000_000 + fraction * nanosecondsPerUnit,
      originalLength: originalLength, bytes: Array(reader.bytes(capturedLength)), comment: nil,
      direction: nil)
  }
}
