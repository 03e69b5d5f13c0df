// SPDX-License-Identifier: Apache-2.0

import Wire

/// The transport header of a message, as far as a file sets it.
public struct TransportFields: Sendable {
  /// The protocol whose header it is.
  public let layer: any TransportProtocol
  /// Where the file says it.
  public let span: SourceSpan
  /// The values by the keys of the fields: flags are bits, addresses in host byte order.
  public internal(set) var values: [String: Located<UInt64>] = [:]
  /// The checksum; right where the file does not set it.
  public internal(set) var checksum = Located(SentChecksum.good)
  /// The options, padding included; nil where the file sets none.
  public internal(set) var options: Located<[UInt8]>?
  /// The number of the message, from 1, whose packet stands behind the header as it arrived; nil where none does.
  public internal(set) var quotes: Located<Int>?

  init(_ layer: any TransportProtocol, at span: SourceSpan) {
    self.layer = layer
    self.span = span
  }

  /// The header and a payload, in a packet with an IP header.
  func segment(carrying payload: [UInt8], in header: IPHeader) -> Segment {
    var segment = Segment(
      layer, values.mapValues(\.value), options: options?.value ?? [], payload: payload, in: header)
    if let field = segment.checksumField {
      let right = UInt16(truncatingIfNeeded: segment.value(of: field))
      segment.set(
        field, to: UInt64(checksum.value.number(right: right, isZeroNone: layer.hasOptionalChecksum)))
    }
    return segment
  }

  /// The same header with what others say where it is silent.
  func filledIn(by others: TransportFields) -> TransportFields {
    var filled = self
    // The type says what else a header has: of another type nothing is taken but what this one has too.
    let kind = layer.messageFields.filter { $0.bits.upperBound <= 16 }.map(\.key)
    filled.values.merge(others.values.filter { kind.contains($0.key) }) { own, _ in own }
    let ip = IPHeader(source: .any(.v4), destination: .any(.v4), protocol: layer.number)
    let header = Segment(layer, filled.values.mapValues(\.value), payload: [], in: ip).header
    for field in layer.messageFields where layer.has(field, in: header) && filled.values[field.key] == nil {
      filled.values[field.key] = others.values[field.key]
    }
    if checksum.span == nil { filled.checksum = others.checksum }
    filled.options = options ?? others.options
    if layer.quotes(header) { filled.quotes = quotes ?? others.quotes }
    return filled
  }

  /// The header of an answer, whose ports are those of the question the other way round; where a program asks, of what the
  /// file does not say nothing is known.
  func mirrored(isAskedByProgram: Bool) -> TransportFields {
    var mirrored = self
    let pairs = values.map { (layer.mirrored[$0.key] ?? $0.key, $0.value) }
    mirrored.values = Dictionary(uniqueKeysWithValues: pairs)
    for (key, other) in layer.mirrored where values[key] == nil && !isAskedByProgram {
      // What is filled in for a question is what its answer goes to.
      guard let field = layer.messageFields.first(where: { $0.key == key }),
        case .value(let value) = field.leftOut
      else { continue }
      mirrored.values[other] = Located(value)
    }
    return mirrored
  }
}

/// A transport header of which a file asks something.
public struct TransportMatchers: Sendable {
  /// The protocol whose header it must be.
  public let layer: any TransportProtocol
  /// Where the file says it.
  public let span: SourceSpan
  /// What is asked, by the keys of the fields.
  public internal(set) var matchers: [String: Located<FieldMatcher>] = [:]
  /// What is asked of the options.
  public internal(set) var options: Located<OptionsMatcher>?

  init(_ layer: any TransportProtocol, at span: SourceSpan) {
    self.layer = layer
    self.span = span
  }

  /// The same questions, and those of others about the same protocol where these are silent.
  func filledIn(by others: TransportMatchers?) -> TransportMatchers {
    guard let others, others.layer.filterName == layer.filterName else { return self }
    var filled = self
    filled.matchers.merge(others.matchers) { own, _ in own }
    filled.options = options ?? others.options
    return filled
  }
}
