// SPDX-License-Identifier: Apache-2.0

/// Bytes taken apart layer by layer and field by field, each with its place and what is wrong with it.
public struct Dissection: Hashable, Sendable {
  /// One protocol's part of the bytes.
  public struct Layer: Hashable, Sendable {
    /// The protocol's name as Wireshark writes it, "Internet Protocol Version 4".
    public let name: String
    /// The name in Wireshark's display filter, "ip".
    public let filterName: String
    /// The fields, in the order of the wire.
    public let fields: [Field]
  }

  /// One field.
  public struct Field: Hashable, Sendable {
    /// The name of Wireshark's display filter, "ip.checksum".
    public let filterName: String
    /// The name as Wireshark writes it, "Header Checksum".
    public let title: String
    /// The value as people write it, with its unit.
    public let value: String
    /// Which bytes of the input it touches.
    public let range: Range<Int>
    /// Which bits of the input it is, where they are no whole bytes; bit 0 is the top bit of byte 0.
    public let bits: Range<Int>?
    /// The value as a number, without its unit, where it is one.
    public let number: UInt64?
    /// Whether it is as it ought to be.
    public let remark: Remark

    init(
      _ title: String, _ filterName: String, _ value: String, _ range: Range<Int>, bits: Range<Int>? = nil,
      number: UInt64? = nil, remark: Remark = .none
    ) {
      self.filterName = filterName
      self.title = title
      self.value = value
      self.range = range
      self.bits = bits
      self.number = number
      self.remark = remark
    }
  }

  /// What is to be said about a field.
  public enum Remark: Hashable, Sendable {
    /// Nothing: any value would do.
    case none
    /// It agrees with the rest of the packet.
    case right
    /// It does not, and why.
    case wrong(String)
    /// Nobody can know, and why.
    case unjudged(String)
  }

  /// The layers, outermost first.
  public let layers: [Layer]

  /// Takes an Ethernet frame apart; never fails, since what is missing is a remark.
  public init(ethernet bytes: [UInt8], protocols: Protocols = .all) {
    self.init(bytes, EthernetProtocol(), originalLength: bytes.count, protocols)
  }

  /// Takes a packet of a version of IP apart; never fails, since what is missing is a remark.
  public init(packet bytes: [UInt8], as version: IPVersion, protocols: Protocols = .all) {
    let layer: any LayerProtocol = version == .v4 ? IPv4Protocol() : IPv6Protocol()
    self.init(bytes, layer, originalLength: bytes.count, protocols)
  }

  /// Takes a captured packet apart by its link type; never fails, and of one that is not known says so.
  public init(_ packet: CaptureFile.Packet, protocols: Protocols = .all) {
    let layer = LinkType(rawValue: packet.linkType).protocol(of: packet.bytes, protocols)
    self.init(packet.bytes, layer, originalLength: Int(packet.originalLength), protocols)
  }

  private init(
    _ bytes: [UInt8], _ layer: any LayerProtocol, originalLength: Int, _ protocols: Protocols
  ) {
    let whole = Extent(bytes[...], length: max(originalLength, bytes.count), gap: .notCaptured)
    var pending: [LayerReading.Following] = [.layer(layer, whole, LayerReading.Context())]
    var layers: [Layer] = []
    while let next = pending.popLast() {
      switch next {
      case .layer(let layer, let extent, let context):
        var reading = LayerReading(layer, extent, context, protocols)
        layer.read(&reading)
        layers.append(Layer(name: reading.name, filterName: layer.filterName, fields: reading.fields))
        pending += reading.following.reversed()
      case .data(let extent): layers += Layer.data(extent)
      case .padding(let extent): layers += Layer.padding(extent)
      }
    }
    self.layers = layers
  }

  /// The filter names of what no protocol has.
  static let filterNames =
    [
      "frame", "frame.number", "frame.len", "frame.cap_len", "frame.interface_name", "frame.comment",
      "frame.packet_flags_direction",
      "data", "_ws.malformed", "_ws.short",
    ] + ownFields.map(\.filterName)

  /// The bytes that no protocol has a field for.
  static let ownFields = [
    LayerField("payload", "Data", "data.data", 0..<8, form: .bytes),
    LayerField("padding", "Padding", "eth.padding", 0..<8, form: .bytes),
  ]
}

extension Dissection.Layer {
  /// The bytes that no protocol claims; no layer where there are none.
  static func data(_ extent: Extent) -> [Self] {
    rest(extent, layer: "Data", "data", field: "Data", "data.data")
  }

  /// The bytes after a packet; no layer where there are none.
  static func padding(_ extent: Extent) -> [Self] {
    rest(extent, layer: "Padding", "eth.padding", field: "Padding", "eth.padding")
  }

  private static func rest(
    _ extent: Extent, layer: String, _ layerFilter: String, field: String, _ filterName: String
  ) -> [Self] {
    let bytes = extent.bytes
    guard !bytes.isEmpty else { return [] }
    let field = Dissection.Field(field, filterName, HexDump.hexString(bytes), bytes.indices)
    return [Self(name: layer, filterName: layerFilter, fields: [field])]
  }
}

extension Range<Int> {
  /// The same range, counted from another beginning.
  func shifted(by offset: Int) -> Range<Int> {
    (lowerBound + offset)..<(upperBound + offset)
  }
}
