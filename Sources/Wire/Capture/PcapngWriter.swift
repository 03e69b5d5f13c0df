// SPDX-License-Identifier: Apache-2.0

/// Builds a pcapng file of one little-endian section (draft-ietf-opsawg-pcapng).
public struct PcapngWriter: Sendable {
  /// The file so far.
  public private(set) var bytes: [UInt8] = []
  private var interfaceCount: UInt32 = 0

  /// Begins a file that `application` writes, "twohost 0.1.0", with what is to be said of all of it.
  public init(application: String, comment: String? = nil) {
    var body: [UInt8] = []
    body.append(littleEndian: Pcapng.byteOrderMagic)
    body.append(littleEndian: Pcapng.majorVersion)
    body.append(littleEndian: UInt16(0))
    body.append(littleEndian: Pcapng.unknownSectionLength)
    let comments = comment.map { [Option(Pcapng.OptionCode.comment, text: $0)] } ?? []
    appendBlock(
      Pcapng.BlockType.sectionHeader, body: body,
      options: comments + [Option(Pcapng.OptionCode.sectionApplication, text: application)])
  }

  /// Describes an interface with nanosecond timestamps and returns its number, from 0 on.
  ///
  /// A snap length of 0 means that packets are kept whole.
  @discardableResult
  public mutating func addInterface(
    name: String, snapLength: UInt32 = 0, linkType: UInt16 = CaptureFile.ethernet
  ) -> UInt32 {
    var body: [UInt8] = []
    body.append(littleEndian: linkType)
    body.append(littleEndian: UInt16(0))
    body.append(littleEndian: snapLength)
    appendBlock(
      Pcapng.BlockType.interfaceDescription, body: body,
      options: [
        Option(Pcapng.OptionCode.interfaceName, text: name),
        Option(Pcapng.OptionCode.interfaceTimestampResolution, value: [9]),
      ])
    defer { interfaceCount += 1 }
    return interfaceCount
  }

  /// Adds a packet that `interface` saw.
  ///
  /// The timestamp is in nanoseconds since 1970; the original length is that of `packet` unless it was longer
  /// than what was kept.
  public mutating func addPacket(
    _ packet: [UInt8], interface: UInt32, timestamp: UInt64, originalLength: UInt32? = nil,
    direction: CaptureFile.Direction? = nil, comment: String? = nil
  ) {
    var body = Self.stamp(interface: interface, timestamp: timestamp)
    body.append(littleEndian: UInt32(clamping: packet.count))
    body.append(littleEndian: originalLength ?? UInt32(clamping: packet.count))
    body += packet
    body += Array(repeating: 0, count: Pcapng.padding(after: packet.count))
    var options: [Option] = []
    if let comment { options.append(Option(Pcapng.OptionCode.comment, text: comment)) }
    if let direction { options.append(Option(Pcapng.OptionCode.packetFlags, number: direction.rawValue)) }
    appendBlock(Pcapng.BlockType.enhancedPacket, body: body, options: options)
  }

  /// Adds how many packets `interface` has received, and how many of them the capture has lost.
  ///
  /// The timestamp is in nanoseconds since 1970.
  public mutating func addStatistics(
    interface: UInt32, timestamp: UInt64, received: UInt64, dropped: UInt64
  ) {
    appendBlock(
      Pcapng.BlockType.interfaceStatistics, body: Self.stamp(interface: interface, timestamp: timestamp),
      options: [
        Option(Pcapng.OptionCode.statisticsReceived, number: received),
        Option(Pcapng.OptionCode.statisticsDropped, number: dropped),
      ])
  }

  /// Interface and time, the upper half of the time first.
  private static func stamp(interface: UInt32, timestamp: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: interface)
    bytes.append(littleEndian: UInt32(timestamp >> 32))
    bytes.append(littleEndian: UInt32(truncatingIfNeeded: timestamp))
    return bytes
  }

  private mutating func appendBlock(_ type: UInt32, body: [UInt8], options: [Option]) {
    var body = body
    for option in options {
      body += option.bytes
    }
    if !options.isEmpty {
      body += Option(Pcapng.OptionCode.end, value: []).bytes
    }
    let length = UInt32(clamping: body.count + Pcapng.blockOverhead)
    bytes.append(littleEndian: type)
    bytes.append(littleEndian: length)
    bytes += body
    bytes.append(littleEndian: length)
  }
}

extension PcapngWriter {
  private struct Option {
    let code: UInt16
    let value: [UInt8]

    init(_ code: UInt16, value: [UInt8]) {
      self.code = code
      self.value = value
    }

    /// Text that is too long for an option ends with its last character that fits.
    init(_ code: UInt16, text: String) {
      var value = Array(text.utf8)
      if value.count > UInt16.max {
        let isContinuation = { (byte: UInt8) in byte & 0xC0 == 0x80 }
        let end = value[...Int(UInt16.max)].lastIndex { !isContinuation($0) }
        value = Array(value.prefix(end ?? 0))
      }
      self.init(code, value: value)
    }

    init<Number: FixedWidthInteger>(_ code: UInt16, number: Number) {
      var value: [UInt8] = []
      value.append(littleEndian: number)
      self.init(code, value: value)
    }

    var bytes: [UInt8] {
      var bytes: [UInt8] = []
      bytes.append(littleEndian: code)
      bytes.append(littleEndian: UInt16(truncatingIfNeeded: value.count))
      return bytes + value + Array(repeating: 0, count: Pcapng.padding(after: value.count))
    }
  }
}
