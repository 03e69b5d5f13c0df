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

    /// Makes a packet of which nothing else is known; it was captured whole where no other length is given.
    public init(_ bytes: [UInt8], linkType: UInt16, originalLength: Int? = nil) {
      self.init(
        interfaceName: nil, linkType: linkType, timestamp: nil,
        originalLength: UInt32(clamping: originalLength ?? bytes.count), bytes: bytes, comment: nil,
        direction: nil)
    }

    init(
      interfaceName: String?, linkType: UInt16, timestamp: UInt64?, originalLength: UInt32, bytes: [UInt8],
      comment: String?, direction: Direction?
    ) {
      self.interfaceName = interfaceName
      self.linkType = linkType
      self.timestamp = timestamp
      self.originalLength = originalLength
      self.bytes = bytes
      self.comment = comment
      self.direction = direction
    }
  }

  /// All interfaces of all sections, in the order of the file.
  public let interfaces: [Interface]
  /// All packets, in the order of the file.
  public let packets: [Packet]

  /// Reads a capture file of any kind and byte order as a whole; throws `CaptureFileError`.
  public static func parse(_ bytes: [UInt8]) throws(CaptureFileError) -> CaptureFile {
    var rest = [bytes]
    var stream = CaptureStream { rest.popLast() ?? [] }
    var packets: [Packet] = []
    while let packet = try stream.next() { packets.append(packet) }
    return CaptureFile(interfaces: stream.interfaces, packets: packets)
  }
}
