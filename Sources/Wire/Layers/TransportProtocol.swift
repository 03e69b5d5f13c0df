// SPDX-License-Identifier: Apache-2.0

/// A protocol whose header a message may have between its IP header and its payload.
///
/// Its table of fields is all that building, judging and the scenario language know of it.
public protocol TransportProtocol: LayerProtocol {
  /// What it is called in running text, "UDP".
  var title: String { get }
  /// The fields that a message may set, in the order of the wire; some may share their bits with others.
  var messageFields: [LayerField] { get }
  /// How long a header without options is, in bytes.
  var minimumLength: Int { get }
  /// Whether options may stand between header and payload.
  var hasOptions: Bool { get }
  /// Whether a checksum of 0 says that there is none.
  var hasOptionalChecksum: Bool { get }
  /// The fields that change places in an answer, by their keys.
  var mirrored: [String: String] { get }
  /// The fields that a header of this kind has: all of them, unless its first bytes say what kind it is.
  func has(_ field: LayerField, in header: [UInt8]) -> Bool
  /// Whether some of its messages quote packets.
  var hasQuotations: Bool { get }
  /// Whether a message with this header quotes a packet, which stands behind it.
  func quotes(_ header: [UInt8]) -> Bool
}

extension TransportProtocol {
  /// Its number in an IP header (IANA, Protocol Numbers), as its carriers say it.
  public var number: UInt8 {
    for case .ipProtocol(let number) in carriers { return number }
    return 0
  }
  /// All fields of the table.
  public var messageFields: [LayerField] { fields }
  /// None.
  public var hasOptions: Bool { false }
  /// It does not.
  public var hasOptionalChecksum: Bool { false }
  /// None.
  public var mirrored: [String: String] { [:] }
  /// As long as its fields reach.
  public var minimumLength: Int { messageFields.reduce(0) { max($0, $1.byteRange.upperBound) } }
  /// Every header has every field.
  public func has(_ field: LayerField, in header: [UInt8]) -> Bool { true }
  /// None do.
  public var hasQuotations: Bool { false }
  /// It does not.
  public func quotes(_ header: [UInt8]) -> Bool { false }
}

extension Protocols {
  /// The protocols whose headers a message may have.
  public var transports: [any TransportProtocol] { list.compactMap { $0 as? any TransportProtocol } }

  /// The protocol of a number in an IP header, where a message may have its header.
  public func transport(_ number: UInt8) -> (any TransportProtocol)? {
    self[.ipProtocol(number)] as? any TransportProtocol
  }
}
