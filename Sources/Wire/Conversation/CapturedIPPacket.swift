// SPDX-License-Identifier: Apache-2.0

/// An IP packet that was found in a captured one, whatever link layer is around it.
public struct CapturedIPPacket: Hashable, Sendable {
  /// The packet, without what follows it in its frame.
  public let packet: IPPacket
  /// How many tags of virtual LANs stand before it.
  public let tags: Int
  /// Whether the capture kept only the beginning of it, or it is longer than a packet of its version can be.
  public let isCut: Bool

  /// Takes the outermost IP packet out of a captured one; nil where there is none.
  ///
  /// The dissection is one of it, or of its beginning; where none is given, it is made.
  public init?(_ captured: CaptureFile.Packet, _ dissection: Dissection? = nil) {
    let layers = (dissection ?? Dissection(beginningOf: captured)).layers
    guard let index = layers.firstIndex(where: { Self.versions[$0.filterName] != nil }),
      let version = Self.versions[layers[index].filterName],
      let begin = layers[index].fields.first?.range.lowerBound,
      let found = try? IPPacket(parsing: captured.bytes[begin...], as: version)
    else { return nil }
    let length = captured.bytes.count - begin
    let isBeyond = max(found.header.statedLength, version.minimumHeaderLength) > length
    isCut =
      (captured.originalLength > captured.bytes.count && (found.isLengthUnstated || isBeyond))
      || length > version.longestPacket
    tags = layers[..<index].count { Self.tags.contains($0.filterName) }
    packet = found.isLengthUnstated ? found.withLength : found.withoutPadding
  }

  fileprivate static let longestHeaders = 256
  private static let versions: [String: IPVersion] = [
    IPv4Protocol().filterName: .v4, IPv6Protocol().filterName: .v6,
  ]
  private static let tags = [VLANProtocol().filterName, ServiceVLANProtocol().filterName]

  /// The segment that it carries; nil where it carries none that a message may have, or only a part of one.
  public var segment: Segment? {
    guard !isFragment, let layer = packet.header.transport else { return nil }
    return Segment(layer, parsing: packet.payload)
  }

  /// Whether it is a piece of a packet.
  public var isFragment: Bool { packet.header.isPiece }

  /// What kernels send of it by themselves over IPv6, by its name; nil for anything else.
  public var housekeeping: String? {
    guard packet.version == .v6, packet.header.protocol == ICMPv6Protocol.number,
      packet.header.fragmentOffset == 0, let type = packet.payload.first,
      FrameSummary.housekeeping.contains(type)
    else { return nil }
    return ICMPv6Protocol.neighbourDiscovery.contains(type)
      ? "neighbour discovery" : "multicast listener discovery"
  }
}

extension IPPacket {
  /// Whether it says no length, as what a host hands to its card to be cut into segments.
  fileprivate var isLengthUnstated: Bool {
    switch self {
    case .v4(let packet): return packet.header.totalLength == 0 && !packet.padding.isEmpty
    case .v6(let packet):
      guard packet.header.payloadLength == 0, let layer = Protocols.all.transport(packet.header.nextHeader)
      else { return false }
      // 0 is right where nothing follows; then what a short frame is padded with is less than a header.
      return packet.padding.count >= layer.minimumLength
    }
  }

  /// The same packet with the length of all that is there, for one that says none.
  fileprivate var withLength: IPPacket {
    var packet = IPPacket(header: header, payload: payload + padding)
    let field = IPField.length(of: version)
    let built = IPPacket.build(header: header, payload: packet.payload).header
    field.set(field.value(in: built) ?? 0, in: &packet.header)
    return packet
  }

  fileprivate var withoutPadding: IPPacket { IPPacket(header: header, payload: payload) }
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
