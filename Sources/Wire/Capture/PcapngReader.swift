// SPDX-License-Identifier: Apache-2.0

/// Reads the packets of a pcapng file, block by block (draft-ietf-opsawg-pcapng §3 and §4).
struct PcapngReader {
  private var order = ByteOrder.little
  /// The interfaces of the current section, which packets name by number.
  private var described: [DescribedInterface] = []
  /// What somebody wrote about the current section.
  private(set) var comment: String?
  /// Those of all sections so far.
  private(set) var interfaces: [CaptureFile.Interface] = []

  private struct DescribedInterface {
    var interface: CaptureFile.Interface
    var snapLength: UInt32
    var clock: PcapngClock
  }

  private struct Block {
    let type: UInt32
    var body: ByteReader
  }

  /// The next packet, or nil at the end.
  mutating func next(_ window: inout CaptureWindow) throws(CaptureFileProblem) -> CaptureFile.Packet? {
    while let (block, length) = try nextBlock(&window) {
      let packet = try read(block)
      window.skip(length)
      if let packet { return packet }
    }
    return nil
  }

  private mutating func nextBlock(
    _ window: inout CaptureWindow
  ) throws(CaptureFileProblem) -> (block: Block, length: Int)? {
    let beginning = window.peek(Pcapng.blockOverhead)
    guard !beginning.isEmpty else { return nil }
    guard beginning.count == Pcapng.blockOverhead else {
      throw .truncated(needed: Pcapng.blockOverhead, available: beginning.count)
    }
    try noteByteOrder(beginning)
    var reader = ByteReader(beginning, order: order)
    let type = reader.uint32()
    let length = reader.uint32()
    guard length >= Pcapng.blockOverhead, length % 4 == 0 else {
      throw CaptureFileProblem(.badBlockLength(length))
    }
    guard length <= CaptureStream.maximumLength else { throw CaptureFileProblem(.tooLong(length)) }
    let whole = window.peek(Int(length))
    guard whole.count == length else { throw .truncated(needed: Int(length), available: whole.count) }
    reader = ByteReader(whole.dropFirst(8), order: order)
    let body = reader.bytes(Int(length) - Pcapng.blockOverhead)
    let trailingLength = reader.uint32()
    guard trailingLength == length else {
      throw CaptureFileProblem(.blockLengthsDiffer(length, trailingLength))
    }
    return (Block(type: type, body: ByteReader(body, order: order)), Int(length))
  }

  /// Even the length of a section header is in the byte order that its body tells.
  private mutating func noteByteOrder(_ beginning: ArraySlice<UInt8>) throws(CaptureFileProblem) {
    var reader = ByteReader(beginning, order: .little)
    guard reader.uint32() == Pcapng.BlockType.sectionHeader else { return }
    _ = reader.uint32()
    let magic = reader.uint32()
    switch magic {
    case Pcapng.byteOrderMagic: order = .little
    case Pcapng.byteOrderMagic.byteSwapped: order = .big
    default: throw CaptureFileProblem(.badByteOrderMagic(magic))
    }
  }

  /// Reads a block, which may be a packet.
  private mutating func read(_ block: Block) throws(CaptureFileProblem) -> CaptureFile.Packet? {
    switch block.type {
    case Pcapng.BlockType.sectionHeader: try readSectionHeader(block.body)
    case Pcapng.BlockType.interfaceDescription: try readInterface(block.body)
    case Pcapng.BlockType.enhancedPacket: return try readPacket(block.body) { $0.uint32() }
    case Pcapng.BlockType.obsoletePacket:
      return try readPacket(block.body) { reader in
        let interface = reader.uint16()
        // The drops count, which no newer block has.
        _ = reader.uint16()
        return UInt32(interface)
      }
    case Pcapng.BlockType.simplePacket: return try readSimplePacket(block.body)
    default: break
    }
    return nil
  }

  private mutating func readSectionHeader(_ body: ByteReader) throws(CaptureFileProblem) {
    var body = try checked(body, holds: 16)
    _ = body.uint32()
    let majorVersion = body.uint16()
    guard majorVersion == Pcapng.majorVersion else { throw CaptureFileProblem(.unknownVersion(majorVersion)) }
    // The section's length.
    _ = body.bytes(10)
    comment = Self.text(Self.options(&body)[Pcapng.OptionCode.comment])
    described = []
  }

  private mutating func readInterface(_ body: ByteReader) throws(CaptureFileProblem) {
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
  private func readPacket(
    _ body: ByteReader, readInterface: (inout ByteReader) -> UInt32
  ) throws(CaptureFileProblem) -> CaptureFile.Packet {
    var body = try checked(body, holds: 20)
    let source = try describedInterface(readInterface(&body))
    let upper = body.uint32()
    let lower = body.uint32()
    let capturedLength = body.uint32()
    let originalLength = body.uint32()
    guard capturedLength <= body.remaining else {
      throw CaptureFileProblem(.capturedLengthBeyondBlock(capturedLength))
    }
    let bytes = Array(body.bytes(Int(capturedLength)))
    _ = body.bytes(Pcapng.padding(after: bytes.count))
    let options = Self.options(&body)
    return CaptureFile.Packet(
      interfaceName: source.interface.name, linkType: source.interface.linkType,
      timestamp: source.clock.nanoseconds(UInt64(upper) << 32 | UInt64(lower)),
      originalLength: originalLength, bytes: bytes,
      comment: Self.text(options[Pcapng.OptionCode.comment]),
      direction: direction(options[Pcapng.OptionCode.packetFlags]))
  }

  /// Reads a packet of interface 0 without a time, whose captured length only the snap length tells.
  private func readSimplePacket(_ body: ByteReader) throws(CaptureFileProblem) -> CaptureFile.Packet {
    var body = try checked(body, holds: 4)
    let source = try describedInterface(0)
    let originalLength = body.uint32()
    let capturedLength = source.snapLength == 0 ? originalLength : min(originalLength, source.snapLength)
    guard capturedLength <= body.remaining else {
      throw CaptureFileProblem(.capturedLengthBeyondBlock(capturedLength))
    }
    return CaptureFile.Packet(
      interfaceName: source.interface.name, linkType: source.interface.linkType, timestamp: nil,
      originalLength: originalLength, bytes: Array(body.bytes(Int(capturedLength))), comment: nil,
      direction: nil)
  }

  private func describedInterface(_ number: UInt32) throws(CaptureFileProblem) -> DescribedInterface {
    guard number < described.count else { throw CaptureFileProblem(.unknownInterface(number)) }
    return described[Int(number)]
  }

  private func direction(_ flags: ArraySlice<UInt8>?) -> CaptureFile.Direction? {
    guard let flags else { return nil }
    var reader = ByteReader(flags, order: order)
    return CaptureFile.Direction(rawValue: reader.uint32() & Pcapng.directionMask)
  }

  private func checked(_ body: ByteReader, holds count: Int) throws(CaptureFileProblem) -> ByteReader {
    guard body.remaining >= count else {
      throw CaptureFileProblem(.badBlockLength(UInt32(clamping: body.remaining + Pcapng.blockOverhead)))
    }
    return body
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

  /// Text, which need not end with a NUL, but may (§3.5).
  private static func text(_ bytes: ArraySlice<UInt8>?) -> String? {
    bytes.map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
