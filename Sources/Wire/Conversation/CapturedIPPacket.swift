// SPDX-License-Identifier: Apache-2.0

/// An IPv4 packet that was found in a captured one, whatever link layer is around it.
public struct CapturedIPPacket: Hashable, Sendable {
  /// The packet, without what follows it in its frame.
  public let packet: IPv4Packet
  /// How many tags of virtual LANs stand before it.
  public let tags: Int
  /// Whether the capture kept only the beginning of it, or it is longer than a packet of IPv4 can be.
  public let isCut: Bool

  /// Takes the outermost IPv4 packet out of a captured one; nil where it begins with something else.
  ///
  /// The dissection is one of it, or of its beginning; where none is given, it is made.
  public init?(_ captured: CaptureFile.Packet, _ dissection: Dissection? = nil) {
    let layers = (dissection ?? Dissection(beginningOf: captured)).layers
    guard let index = layers.firstIndex(where: { Self.networks.contains($0.filterName) }),
      layers[index].filterName == Self.ipv4, let begin = layers[index].fields.first?.range.lowerBound,
      var packet = try? IPv4Packet(parsing: captured.bytes[begin...])
    else { return nil }
    let length = begin + max(Int(packet.header.totalLength), IPv4Header.minimumLength)
    let isUnstated = packet.header.totalLength == 0 && !packet.padding.isEmpty
    isCut =
      (captured.originalLength > captured.bytes.count && (isUnstated || length > captured.bytes.count))
      || captured.bytes.count - begin > Int(UInt16.max)
    tags = layers[..<index].count { Self.tags.contains($0.filterName) }
    // What a host hands to its card to be cut into segments has no length yet.
    if isUnstated {
      packet.payload = packet.padding
      packet.header.totalLength = UInt16(
        clamping: IPv4Header.minimumLength + packet.header.options.count + packet.payload.count)
    }
    packet.padding = []
    self.packet = packet
  }

  fileprivate static let longestHeaders = 256
  private static let ipv4 = IPv4Protocol().filterName
  private static let networks = [ipv4, IPv6Protocol().filterName]
  private static let tags = [VLANProtocol().filterName, ServiceVLANProtocol().filterName]

  /// The segment that it carries; nil where it carries none that a message may have, or only a part of one.
  public var segment: Segment? {
    guard !isFragment, let layer = Protocols.all.transport(packet.header.protocol) else { return nil }
    return Segment(layer, parsing: packet.payload)
  }

  /// Whether it is a piece of a packet.
  public var isFragment: Bool { packet.header.moreFragments || packet.header.fragmentOffset > 0 }
}

extension Dissection {
  /// Takes apart as much of a captured packet as headers may take, which of a long one is far less work.
  public init(beginningOf packet: CaptureFile.Packet) {
    self.init(
      CaptureFile.Packet(
        Array(packet.bytes.prefix(CapturedIPPacket.longestHeaders)), linkType: packet.linkType,
        originalLength: Int(packet.originalLength)))
  }
}
