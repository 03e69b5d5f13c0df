// SPDX-License-Identifier: Apache-2.0

/// A transport header and what it carries, with every field as on the wire, right or wrong.
public struct Segment: Sendable {
  /// The protocol whose header it is.
  public let layer: any TransportProtocol
  /// The header as it stands, options included; at least as long as one without options.
  public private(set) var header: [UInt8]
  /// What follows the header.
  public var payload: [UInt8]

  /// Reads a segment, whose header is as long as given or else as it says itself; nil where less than a header is there.
  public init?(_ layer: any TransportProtocol, parsing bytes: [UInt8], headerLength: Int? = nil) {
    guard bytes.count >= layer.minimumLength else { return nil }
    let stated = layer.messageFields.first { $0.isOfHeaderLength }.map { Int($0.number(in: bytes[...])) }
    let length = min(max(layer.minimumLength, headerLength ?? stated ?? 0), bytes.count)
    self.layer = layer
    header = Array(bytes.prefix(length))
    payload = Array(bytes.dropFirst(length))
  }

  /// Builds a segment from the values that somebody says, by the keys of the fields; what nobody says is filled in.
  ///
  /// Lengths and a right checksum come from the rest of the segment, and the checksum from the packet's addresses too;
  /// a checksum of 0 that would say that there is none goes out as 0xffff (RFC 768).
  public init(
    _ layer: any TransportProtocol, _ values: [String: UInt64], options: [UInt8] = [], payload: [UInt8],
    in ip: IPHeader
  ) {
    self.layer = layer
    self.payload = payload
    header = [UInt8](repeating: 0, count: layer.minimumLength) + options
    let said = layer.messageFields.filter { values[$0.key] != nil }
    for field in layer.messageFields where !said.contains(where: { $0.bits.overlaps(field.bits) }) {
      switch field.leftOut {
      case .value(let value): set(field, to: value)
      case .length, .headerLength: set(field, to: rightValue(of: field, in: ip))
      case .required, .checksum: break
      }
    }
    for field in said { set(field, to: values[field.key] ?? 0) }
    if let field = checksumField, values[field.key] == nil { set(field, to: rightValue(of: field, in: ip)) }
  }

  /// The segment as it stands.
  public var bytes: [UInt8] { header + payload }

  /// The options, none in most.
  public var options: [UInt8] { Array(header.dropFirst(layer.minimumLength)) }

  /// The value of a field.
  public func value(of field: LayerField) -> UInt64 { field.number(in: header[...]) }

  /// Stores a value; bits that the field has no room for are lost.
  public mutating func set(_ field: LayerField, to value: UInt64) { field.set(value, in: &header) }

  /// The field with the checksum, where the protocol has one.
  public var checksumField: LayerField? { layer.messageFields.first { $0.isChecksum } }

  /// The value that a field ought to have: what the rest of the segment makes of a length or a checksum, and of any other
  /// what it has.
  public func rightValue(of field: LayerField, in ip: IPHeader) -> UInt64 {
    switch field.leftOut {
    case .value, .required: return value(of: field)
    case .headerLength: return UInt64(header.count)
    case .length: return UInt64(header.count + payload.count)
    case .checksum(let withPseudoHeader):
      var blank = self
      blank.set(field, to: 0)
      let right = blank.sum(in: withPseudoHeader ? ip : nil)
      return right == 0 && layer.hasOptionalChecksum ? 0xFFFF : UInt64(right)
    }
  }

  /// Whether a field is right in itself: whether its receiver takes the length or the checksum.
  public func isRight(_ field: LayerField, in ip: IPHeader) -> Bool {
    guard case .checksum(let withPseudoHeader) = field.leftOut else {
      return value(of: field) == rightValue(of: field, in: ip)
    }
    // Over IPv6 there is no UDP without a checksum (RFC 8200 §8.1).
    if value(of: field) == 0, layer.hasOptionalChecksum { return ip.version == .v4 }
    return sum(in: withPseudoHeader ? ip : nil) == 0
  }

  /// Whether its checksum is the sum of the pseudo-header alone, which a host leaves to its network card to finish.
  public func isLeftToCard(in ip: IPHeader) -> Bool {
    guard let field = checksumField, case .checksum(withPseudoHeader: true) = field.leftOut else {
      return false
    }
    let pseudo = PseudoHeader(source: ip.source.octets[...], destination: ip.lastDestination.octets[...])
    return value(of: field) == UInt64(~pseudo.checksum(of: layer.number, length: bytes.count))
  }

  /// The checksum over the segment as it stands: as much of it as its length says, where it says that.
  private func sum(in ip: IPHeader?) -> UInt16 {
    let all = bytes
    let stated = layer.messageFields.first { $0.isOfLength }.map { Int(value(of: $0)) } ?? all.count
    let covered = (layer.minimumLength...all.count).contains(stated) ? stated : all.count
    let sum = InternetChecksum.checksum(of: all.prefix(covered))
    guard let ip else { return sum }
    let pseudo = PseudoHeader(
      source: ip.source.octets[...], destination: ip.lastDestination.octets[...])
    return InternetChecksum.joined(sum, pseudo.checksum(of: layer.number, length: covered))
  }
}

extension LayerField {
  /// Whether it is the length of header and payload.
  var isOfLength: Bool { if case .length = leftOut { true } else { false } }
  /// Whether it is the length of the header.
  public var isOfHeaderLength: Bool { if case .headerLength = leftOut { true } else { false } }
  /// Whether it is a checksum.
  public var isChecksum: Bool { if case .checksum = leftOut { true } else { false } }
  /// Whether the rest of the segment says what it ought to be.
  public var isComputed: Bool {
    switch leftOut {
    case .value, .required: false
    case .length, .headerLength, .checksum: true
    }
  }
}
