// SPDX-License-Identifier: Apache-2.0

/// One of the forms of the classic capture file: either byte order, either unit of time, and records with or without
/// what Alexey Kuznetsov's libpcap put into them (pcap-savefile(5), libpcap's sf-pcap.c).
struct PcapForm {
  private static let microsecondMagic: UInt32 = 0xA1B2_C3D4
  private static let nanosecondMagic: UInt32 = 0xA1B2_3C4D
  private static let modifiedMagic: UInt32 = 0xA1B2_CD34

  let order: ByteOrder
  let nanosecondsPerUnit: UInt64
  /// Whether a record tells of interface, protocol and direction.
  let isModified: Bool

  /// Tells the form by the first four bytes, read as big-endian; nil for no capture file.
  init?(magic: UInt32) {
    let known = [Self.microsecondMagic, Self.nanosecondMagic, Self.modifiedMagic]
    let isBig = known.contains(magic)
    let native = isBig ? magic : magic.byteSwapped
    guard known.contains(native) else { return nil }
    order = isBig ? .big : .little
    nanosecondsPerUnit = native == Self.nanosecondMagic ? 1 : 1000
    isModified = native == Self.modifiedMagic
  }
}

/// Reads the records of a classic capture file.
struct PcapReader {
  private static let fileHeaderLength = 24

  private let form: PcapForm
  private let lengths: Lengths
  /// What each packet begins with.
  let linkType: UInt16

  /// In which order a record has its two lengths: before version 2.3 the original one came first, and in 2.3 it
  /// depends on who wrote it (libpcap's sf-pcap.c).
  private enum Lengths {
    case capturedFirst
    case originalFirst
    case smallerFirst
  }

  /// Passes the file's header.
  init(_ form: PcapForm, _ window: inout CaptureWindow) throws(CaptureFileProblem) {
    let header = window.peek(Self.fileHeaderLength)
    guard header.count == Self.fileHeaderLength else {
      throw .truncated(needed: Self.fileHeaderLength, available: header.count)
    }
    var reader = ByteReader(header, order: form.order)
    _ = reader.uint32()
    let (major, minor) = (reader.uint16(), reader.uint16())
    self.form = form
    lengths = try Self.lengths(major, minor)
    // Two reserved words and the snap length say nothing about how to read on.
    _ = reader.bytes(12)
    // The upper bits tell of a frame check sequence.
    linkType = UInt16(truncatingIfNeeded: reader.uint32())
    window.skip(Self.fileHeaderLength)
  }

  private static func lengths(_ major: UInt16, _ minor: UInt16) throws(CaptureFileProblem) -> Lengths {
    switch (major, minor) {
    case (2, 0..<3), (543, _): return .originalFirst
    case (2, 3): return .smallerFirst
    case (2, _): return .capturedFirst
    default: throw CaptureFileProblem(.unknownVersion(major))
    }
  }

  /// The next packet, or nil at the end.
  func next(_ window: inout CaptureWindow) throws(CaptureFileProblem) -> CaptureFile.Packet? {
    let headerLength = form.isModified ? 24 : 16
    let header = window.peek(headerLength)
    guard !header.isEmpty else { return nil }
    guard header.count == headerLength else {
      throw .truncated(needed: headerLength, available: header.count)
    }
    var reader = ByteReader(header, order: form.order)
    let seconds = UInt64(reader.uint32())
    let fraction = UInt64(reader.uint32())
    let (captured, original) = ordered(reader.uint32(), reader.uint32())
    let direction = form.isModified ? Self.direction(&reader) : nil
    guard captured <= CaptureStream.maximumLength else { throw CaptureFileProblem(.tooLong(captured)) }
    let needed = headerLength + Int(captured)
    let record = window.peek(needed)
    guard record.count == needed else { throw .truncated(needed: needed, available: record.count) }
    window.skip(needed)
    return CaptureFile.Packet(
      interfaceName: nil, linkType: linkType,
      timestamp: seconds * 1_000_000_000 + fraction * form.nanosecondsPerUnit,
      originalLength: original, bytes: Array(record.dropFirst(headerLength)), comment: nil,
      direction: direction)
  }

  private func ordered(_ first: UInt32, _ second: UInt32) -> (captured: UInt32, original: UInt32) {
    switch lengths {
    case .capturedFirst: (first, second)
    case .originalFirst: (second, first)
    case .smallerFirst: (min(first, second), max(first, second))
    }
  }

  /// Interface and protocol, and then the packet's type as packet(7) has it, of which 4 is outgoing.
  private static func direction(_ reader: inout ByteReader) -> CaptureFile.Direction {
    _ = reader.bytes(6)
    return reader.uint8() == 4 ? .outbound : .inbound
  }
}
