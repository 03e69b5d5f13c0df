// SPDX-License-Identifier: Apache-2.0

/// What a capture file holds: pcapng (draft-ietf-opsawg-pcapng) or pcap (pcap-savefile(5)).
public struct CaptureFile: Hashable, Sendable {
  /// The link type of Ethernet frames.
  public static let ethernet: UInt16 = 1

  /// Where packets were captured.
  public struct Interface: Hashable, Sendable {
    /// Its name, where the file gives one.
    public let name: String?
    /// What the packets begin with (IANA, PCAP LINKTYPE); 1 is Ethernet.
    public let linkType: UInt16
  }

  /// Which way a packet went, as seen from the interface.
  public enum Direction: UInt32, Hashable, Sendable {
    /// It was received.
    case inbound = 1
    /// It was sent.
    case outbound = 2
  }

  /// One captured packet.
  public struct Packet: Hashable, Sendable {
    /// The name of the interface, where the file gives one.
    public let interfaceName: String?
    /// What the packet begins with (IANA, PCAP LINKTYPE); 1 is Ethernet.
    public let linkType: UInt16
    /// Nanoseconds since 1970-01-01 00:00 UTC; nil where the file has no time for it.
    public let timestamp: UInt64?
    /// How long the packet was, in bytes; the capture may have kept fewer.
    public let originalLength: UInt32
    /// The bytes that were kept.
    public let bytes: [UInt8]
    /// What somebody wrote about it.
    public let comment: String?
    /// Which way it went, where the file says so.
    public let direction: Direction?
  }

  /// All interfaces of all sections, in the order of the file.
  public let interfaces: [Interface]
  /// All packets, in the order of the file.
  public let packets: [Packet]

  /// Reads a capture file of either kind and either byte order; throws `CaptureFileError`.
  public static func parse(_ bytes: [UInt8]) throws(CaptureFileError) -> CaptureFile {
    guard bytes.count >= 4 else {
      throw CaptureFileError(offset: 0, reason: .truncated(needed: 4, available: bytes.count))
    }
    var reader = ByteReader(bytes[...], order: .big)
    let magic = reader.uint32()
    if magic == Pcapng.BlockType.sectionHeader {
      var pcapng = PcapngReader()
      return try pcapng.read(bytes)
    }
    guard let format = PcapFormat(magic: magic) else {
      throw CaptureFileError(offset: 0, reason: .unknownFormat)
    }
    return try format.read(bytes)
  }
}
