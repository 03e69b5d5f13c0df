// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a capture file, and where.
public struct CaptureFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// It begins like no capture file, with these four bytes.
    case unknownFormat([UInt8])
    /// The file ends inside a block or record.
    case truncated(needed: Int, available: Int)
    /// The major version is one that this reader does not know.
    case unknownVersion(UInt16)
    /// A packet or block says that it is longer than any can be.
    case tooLong(UInt32)
    /// The byte-order magic of a section is neither way round.
    case badByteOrderMagic(UInt32)
    /// A block's length is below that of its fields, or no multiple of 4.
    case badBlockLength(UInt32)
    /// The lengths at the beginning and at the end of a block differ.
    case blockLengthsDiffer(UInt32, UInt32)
    /// A packet names an interface that its section has not described.
    case unknownInterface(UInt32)
    /// A packet's captured length reaches beyond its block.
    case capturedLengthBeyondBlock(UInt32)
  }

  /// Where the block or record begins, in bytes from the beginning of the file.
  public let offset: Int
  /// What is wrong.
  public let reason: Reason
  /// How many whole packets came before.
  public let packetsBefore: Int

  /// Makes an error that says what is wrong, and where.
  public init(offset: Int, reason: Reason, packetsBefore: Int = 0) {
    self.offset = offset
    self.reason = reason
    self.packetsBefore = packetsBefore
  }

  /// A sentence without its full stop.
  public var description: String {
    "\(reason) at byte \(offset), after \(packetsBefore) \(packetsBefore == 1 ? "packet" : "packets")"
  }
}

extension CaptureFileError.Reason: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .unknownFormat(let bytes):
      "this is neither pcap nor pcapng: it begins with \(HexDump.hexString(bytes))"
    case .truncated(let needed, let available):
      "the file is cut off: it has \(available) of the \(needed) bytes needed"
    case .unknownVersion(let version): "major version \(version) is not known"
    case .tooLong(let length): "a packet or block cannot be \(length) bytes long"
    case .badByteOrderMagic(let magic): "0x\(magic.hex) is not a byte-order magic"
    case .badBlockLength(let length): "a block cannot be \(length) bytes long"
    case .blockLengthsDiffer(let first, let second):
      "the block is \(first) bytes long according to its start, but \(second) according to its end"
    case .unknownInterface(let number): "interface \(number) has not been described"
    case .capturedLengthBeyondBlock(let length): "a packet of \(length) bytes does not fit its block"
    }
  }
}
