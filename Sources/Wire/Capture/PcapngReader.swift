// SPDX-License-Identifier: Apache-2.0

/// Reads the blocks of a pcapng file, section by section (draft-ietf-opsawg-pcapng §3 and §4).
struct PcapngReader {
  private var order = ByteOrder.little
  /// The interfaces of the current section, which packets name by number.
  private var described: [DescribedInterface] = []
  private var interfaces: [CaptureFile.Interface] = []
  private var packets: [CaptureFile.Packet] = []
  /// Where the current block begins.
  private var offset = 0

  private struct DescribedInterface {
    var interface: CaptureFile.Interface
    var snapLength: UInt32
    var clock: PcapngClock
  }

  private struct Block {
    let type: UInt32
    var body: ByteReader
  }

  mutating func read(_ bytes: [UInt8]) throws(CaptureFileError) -> CaptureFile {
    while offset < bytes.count {
      let (block, length) = try nextBlock(bytes[offset...])
      try read(block)
      offset += length
    }
    return CaptureFile(interfaces: interfaces, packets: packets)
  }

  private mutating func nextBlock(
    _ rest: ArraySlice<UInt8>
  ) throws(CaptureFileError) -> (block: Block, length: Int) {
    guard rest.count >= Pcapng.blockOverhead else {
      throw error(.truncated(needed: Pcapng.blockOverhead, available: rest.count))
    }
    try noteByteOrder(rest)
    var reader = ByteReader(rest, order: order)
    let type = reader.uint32()
    let length = reader.uint32()
    guard length >= Pcapng.blockOverhead, length % 4 == 0 else { throw error(.badBlockLength(length)) }
    guard length <= rest.count else {
      throw error(.truncated(needed: Int(length), available: rest.count))
    }
    let body = reader.bytes(Int(length) - Pcapng.blockOverhead)
    let trailingLength = reader.uint32()
    guard trailingLength == length else { throw error(.blockLengthsDiffer(length, trailingLength)) }
    return (Block(type: type, body: ByteReader(body, order: order)), Int(length))
  }

  /// Even the length of a section header is in the byte order that its body tells.
  private mutating func noteByteOrder(_ rest: ArraySlice<UInt8>) throws(CaptureFileError) {
    var reader = ByteReader(rest, order: .little)
    guard reader.uint32() == Pcapng.BlockType.sectionHeader else { return }
    _ = reader.uint32()
    let magic = reader.uint32()
    switch magic {
    case Pcapng.byteOrderMagic: order = .little
    case Pcapng.byteOrderMagic.byteSwapped: order = .big
    default: throw error(.badByteOrderMagic(magic))
    }
  }

  private mutating func read(_ block: Block) throws(CaptureFileError) {
    switch block.type {
    case Pcapng.BlockType.sectionHeader: try readSectionHeader(block.body)
    case Pcapng.BlockType.interfaceDescription: try readInterface(block.body)
    case Pcapng.BlockType.enhancedPacket: try readPacket(block.body) { $0.uint32() }
    case Pcapng.BlockType.obsoletePacket:
      try readPacket(block.body) { reader in
        let interface = reader.uint16()
        // The drops count, which no newer block has.
        _ = reader.uint16()
        return UInt32(interface)
      }
    case Pcapng.BlockType.simplePacket: try readSimplePacket(block.body)
    default: break
    }
  }

  private mutating func readSectionHeader(_ body: ByteReader) throws(CaptureFileError) {
    var body = try checked(body, holds: 16)
    _ = body.uint32()
    let majorVersion = body.uint16()
    guard majorVersion == Pcapng.majorVersion else { throw error(.unknownVersion(majorVersion)) }
    described = []
  }

  private mutating func readInterface(_ body: ByteReader) throws(CaptureFileError) {
    var body = try checked(body, holds: 8)
    let linkType = body.uint16()
    _ = body.uint16()
    let snapLength = body.uint32()
    let options = Self.options(&body)
    let interface = CaptureFile.Interface(
      name: Self.text(options[Pcapng.OptionCode.interfaceName]), linkType: linkType)
    let clock = PcapngClock(
      resolution: options[Pcapng.OptionCode.interfaceTimestampResolution]?.first,
      offset: options[Pcapng.OptionCode.interfaceTimestampOffset].map { bytes in
        var reader = ByteReader(bytes, order: order)
        return Int64(bitPattern: reader.uint64())
      })
    interfaces.append(interface)
    described.append(DescribedInterface(interface: interface, snapLength: snapLength, clock: clock))
  }

  /// Reads an enhanced packet, or the obsolete one, which differs only in how it names the interface.
  private mutating func readPacket(
    _ body: ByteReader, readInterface: (inout ByteReader) -> UInt32
  ) throws(CaptureFileError) {
    var body = try checked(body, holds: 20)
    let source = try describedInterface(readInterface(&body))
    let upper = body.uint32()
    let lower = body.uint32()
    let capturedLength = body.uint32()
    let originalLength = body.uint32()
    guard capturedLength <= body.remaining else {
      throw error(.capturedLengthBeyondBlock(capturedLength))
    }
    let bytes = Array(body.bytes(Int(capturedLength)))
    _ = body.bytes(Pcapng.padding(after: bytes.count))
    let options = Self.options(&body)
    packets.append(
      CaptureFile.Packet(
        interfaceName: source.interface.name, linkType: source.interface.linkType,
        timestamp: source.clock.nanoseconds(UInt64(upper) << 32 | UInt64(lower)),
        originalLength: originalLength, bytes: bytes,
        comment: Self.text(options[Pcapng.OptionCode.comment]),
        direction: direction(options[Pcapng.OptionCode.packetFlags])))
  }

  /// Reads a packet of interface 0 without a time, whose captured length only the snap length tells.
  private mutating func readSimplePacket(_ body: ByteReader) throws(CaptureFileError) {
    var body = try checked(body, holds: 4)
    let source = try describedInterface(0)
    let originalLength = body.uint32()
    let capturedLength = source.snapLength == 0 ? originalLength : min(originalLength, source.snapLength)
    guard capturedLength <= body.remaining else {
      throw error(.capturedLengthBeyondBlock(capturedLength))
    }
    packets.append(
      CaptureFile.Packet(
        interfaceName: source.interface.name, linkType: source.interface.linkType, timestamp: nil,
        originalLength: originalLength, bytes: Array(body.bytes(Int(capturedLength))), comment: nil,
        direction: nil))
  }

  private func describedInterface(_ number: UInt32) throws(CaptureFileError) -> DescribedInterface {
    guard number < described.count else { throw error(.unknownInterface(number)) }
    return described[Int(number)]
  }

  private func direction(_ flags: ArraySlice<UInt8>?) -> CaptureFile.Direction? {
    guard let flags else { return nil }
    var reader = ByteReader(flags, order: order)
    return CaptureFile.Direction(rawValue: reader.uint32() & Pcapng.directionMask)
  }

  private func checked(_ body: ByteReader, holds count: Int) throws(CaptureFileError) -> ByteReader {
    guard body.remaining >= count else {
      throw error(.badBlockLength(UInt32(clamping: body.remaining + Pcapng.blockOverhead)))
    }
    return body
  }

  private func error(_ reason: CaptureFileError.Reason) -> CaptureFileError {
    CaptureFileError(offset: offset, reason: reason, packetsBefore: packets.count)
  }

  /// The options that a block ends with; of an option that comes twice, the first.
  private static func options(_ body: inout ByteReader) -> [UInt16: ArraySlice<UInt8>] {
    var options: [UInt16: ArraySlice<UInt8>] = [:]
    while body.remaining >= 4 {
      let code = body.uint16()
      let length = Int(body.uint16())
      guard code != Pcapng.OptionCode.end, length <= body.remaining else { break }
      let value = body.bytes(length)
      _ = body.bytes(Pcapng.padding(after: length))
      options[code] = options[code] ?? value
    }
    return options
  }

  private static func text(_ bytes: ArraySlice<UInt8>?) -> String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
  }
}
