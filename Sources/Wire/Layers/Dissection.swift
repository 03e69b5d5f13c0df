// SPDX-License-Identifier: Apache-2.0

/// Bytes taken apart layer by layer and field by field, each with its place and what is wrong with it.
public struct Dissection: Hashable, Sendable {
  /// One protocol's part of the bytes.
  public struct Layer: Hashable, Sendable {
    /// The protocol's name as Wireshark writes it, "Internet Protocol Version 4".
    public let name: String
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
    /// Whether it is as it ought to be.
    public let remark: Remark

    init(
      _ title: String, _ filterName: String, _ value: String, _ range: Range<Int>, bits: Range<Int>? = nil,
      remark: Remark = .none
    ) {
      self.filterName = filterName
      self.title = title
      self.value = value
      self.range = range
      self.bits = bits
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
  }

  /// The layers, outermost first.
  public let layers: [Layer]

  /// Takes an Ethernet frame apart; never fails, since what is missing is a remark.
  public init(ethernet bytes: [UInt8]) {
    layers = Self.ethernet(bytes)
  }

  /// Takes an IPv4 packet apart; never fails, since what is missing is a remark.
  public init(ipv4 bytes: [UInt8]) {
    layers = Layer.ipv4(bytes[...])
  }

  private static func ethernet(_ bytes: [UInt8]) -> [Layer] {
    let header: EthernetHeader
    do {
      header = try EthernetHeader(parsing: bytes)
    } catch {
      return [.truncated("Ethernet II", bytes[...], error)]
    }
    let fields = [
      Field("Destination", "eth.dst", header.destination.description, 0..<6),
      Field("Source", "eth.src", header.source.description, 6..<12),
      Field("Type", "eth.type", header.etherType.description, 12..<14),
    ]
    return [Layer(name: "Ethernet II", fields: fields)]
      + payload(bytes.dropFirst(EthernetHeader.length), of: header.etherType)
  }

  private static func payload(_ bytes: ArraySlice<UInt8>, of etherType: EtherType) -> [Layer] {
    switch etherType {
    case .ipv4: Layer.ipv4(bytes)
    case .arp: Layer.arp(bytes)
    default: Layer.data(bytes)
    }
  }
}

extension Dissection.Layer {
  /// A layer whose header is not all there.
  static func truncated(_ name: String, _ bytes: ArraySlice<UInt8>, _ error: TruncatedError) -> Self {
    let field = Dissection.Field(
      "Malformed Packet", "_ws.malformed", HexDump.hexString(bytes), bytes.indices,
      remark: .wrong(error.description))
    return Self(name: name, fields: [field])
  }

  /// The bytes that no dissector claims; no layer where there are none.
  static func data(_ bytes: ArraySlice<UInt8>) -> [Self] {
    rest(bytes, layer: "Data", field: "Data", filterName: "data.data")
  }

  /// The bytes after a packet; no layer where there are none.
  static func padding(_ bytes: ArraySlice<UInt8>) -> [Self] {
    rest(bytes, layer: "Padding", field: "Padding", filterName: "eth.padding")
  }

  private static func rest(
    _ bytes: ArraySlice<UInt8>, layer: String, field: String, filterName: String
  ) -> [Self] {
    guard !bytes.isEmpty else { return [] }
    let field = Dissection.Field(field, filterName, HexDump.hexString(bytes), bytes.indices)
    return [Self(name: layer, fields: [field])]
  }
}

extension Range<Int> {
  /// The same range, counted from another beginning.
  func shifted(by offset: Int) -> Range<Int> {
    (lowerBound + offset)..<(upperBound + offset)
  }
}
