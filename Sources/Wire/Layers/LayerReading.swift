// SPDX-License-Identifier: Apache-2.0

/// One layer while it is taken apart: what is there of it, what was found, and what follows.
public struct LayerReading {
  /// What is to be said about a field beside its value.
  public struct Note {
    /// The value's name, where only the rest of the header tells it.
    var name: String?
    /// Whether it is as it ought to be.
    var remark: Dissection.Remark

    /// Makes a note.
    public init(_ remark: Dissection.Remark = .none, name: String? = nil) {
      self.name = name
      self.remark = remark
    }
  }

  /// What a layer knows of those around it.
  struct Context {
    /// Whether it is in a packet that an error message quotes.
    var isQuoted = false
    /// The addresses that checksums cover.
    var pseudoHeader: PseudoHeader?
  }

  /// What follows a layer.
  enum Following {
    case layer(any LayerProtocol, Extent, Context)
    case data(Extent)
    case padding(Extent)
  }

  /// The layer and all that it carries.
  public let extent: Extent
  let context: Context
  let protocols: Protocols
  /// The protocol's name, which a layer may say more exactly.
  var name: String
  private let headerName: String
  private(set) var fields: [Dissection.Field] = []
  private(set) var following: [Following] = []

  init(_ layer: any LayerProtocol, _ extent: Extent, _ context: Context, _ protocols: Protocols) {
    self.extent = extent
    self.context = context
    self.protocols = protocols
    name = layer.name
    headerName = layer.headerName
  }

  // MARK: - Fields

  /// How long a header of these fields is, in bytes.
  public func length(of table: [LayerField]) -> Int {
    table.reduce(0) { max($0, ($1.bits.upperBound + 7) / 8) }
  }

  /// Adds the fields of a table that begins `offset` bytes into the layer, as far as they are there.
  ///
  /// Returns whether all are; where not, what is missing is added.
  @discardableResult
  public mutating func read(
    _ table: [LayerField], at offset: Int = 0, _ note: (LayerField, UInt64) -> Note = { _, _ in Note() }
  ) -> Bool {
    let header = extent.bytes.dropFirst(offset)
    for row in table where row.byteRange.upperBound <= header.count {
      let number = row.number(in: header)
      add(row, number, header, note(row, number))
    }
    return requires(offset + length(of: table))
  }

  private mutating func add(_ row: LayerField, _ number: UInt64, _ header: ArraySlice<UInt8>, _ note: Note) {
    var value = row.text(number, in: header)
    if let unit = row.unit { value += " \(unit)" }
    if let name = note.name { value += " (\(name))" }
    let begin = header.startIndex
    fields.append(
      Dissection.Field(
        row.name, row.filterName, value, row.byteRange.shifted(by: begin),
        bits: row.isWholeBytes ? nil : row.bits.shifted(by: begin * 8), number: row.isNumber ? number : nil,
        remark: note.remark))
  }

  /// Adds a field that is no row of a table.
  mutating func add(_ field: Dissection.Field) { fields.append(field) }

  /// Adds bytes by the name, filter name and form of a row, whose place does not count.
  mutating func add(_ row: LayerField, _ bytes: ArraySlice<UInt8>, remark: Dissection.Remark = .none) {
    guard !bytes.isEmpty else { return }
    let value = LayerField.text(bytes, row.form)
    fields.append(Dissection.Field(row.name, row.filterName, value, bytes.indices, remark: remark))
  }

  /// Whether so many bytes of the layer are there; where not, says so.
  @discardableResult
  mutating func requires(_ needed: Int, _ what: String? = nil) -> Bool {
    let there = extent.bytes
    guard there.count < needed else { return true }
    let what = what ?? headerName
    let isMalformed = needed > extent.length || extent.gap == .packetEnds
    let counts = "\(what) at byte \(there.startIndex) needs \(needed) bytes"
    fields.append(
      isMalformed
        ? Dissection.Field(
          "Malformed Packet", "_ws.malformed", HexDump.hexString(there), there.indices,
          remark: .wrong("the \(counts), but has only \(there.count)"))
        : Dissection.Field(
          "Missing", "_ws.short", "\(there.count) of \(needed) bytes", there.indices, remark: extent.lack))
    return false
  }

  // MARK: - Checksums

  /// What is to be said of a checksum over the whole layer, with the pseudo-header of an IP protocol where one is given;
  /// of a header that is not all there it says nothing.
  func remark(
    onChecksum stored: UInt64, of number: UInt8? = nil, header length: Int = 0
  ) -> Dissection.Remark {
    guard extent.isWhole else { return extent.lack }
    guard extent.bytes.count >= length else { return .unjudged("the \(headerName) is incomplete") }
    var sum = InternetChecksum.checksum(of: extent.bytes)
    if let number {
      guard let pseudo = context.pseudoHeader else { return .unjudged("its addresses are not known") }
      guard pseudo.isDestinationKnown else { return .unjudged("its last destination is not known") }
      sum = InternetChecksum.joined(sum, pseudo.checksum(of: number, length: extent.bytes.count))
    }
    if sum == 0 { return .right }
    let right = InternetChecksum.updated(sum, replacing: UInt16(truncatingIfNeeded: stored), with: 0)
    // UDP has 0 for none (RFC 768).
    return .wrong("should be 0x\((right == 0 && number == UDPProtocol.number ? 0xFFFF : right).hex)")
  }

  /// The first `claimed` bytes of the layer, as a layer of their own.
  func part(claimed: Int) -> LayerReading {
    LayerReading(self, extent.part(from: 0, claimed: claimed))
  }

  private init(_ whole: LayerReading, _ extent: Extent) {
    self.extent = extent
    context = whole.context
    protocols = whole.protocols
    name = whole.name
    headerName = whole.headerName
  }

  // MARK: - What follows

  /// Adds what a carrier's number says that it is; data where no protocol has that number.
  ///
  /// A protocol that is announced has a header, also where no byte is left for it; only a length of 0 announces nothing.
  mutating func addNext(_ carrier: Carrier, _ part: Extent, _ context: Context? = nil) {
    if let layer = protocols[carrier], part.length > 0 || carrier != .lengthField {
      following.append(.layer(layer, part, context ?? self.context))
    } else {
      addData(part)
    }
  }

  /// Adds a layer that no number has to say.
  mutating func add(next layer: any LayerProtocol, _ part: Extent) {
    following.append(.layer(layer, part, context))
  }

  /// Adds bytes that no protocol claims.
  public mutating func addData(_ part: Extent) { following.append(.data(part)) }

  /// Adds bytes that are behind the packet.
  mutating func addPadding(_ part: Extent) { following.append(.padding(part)) }
}

/// What the checksums of UDP, TCP and ICMPv6 cover beside the message: addresses, length and protocol (RFC 768,
/// RFC 9293 §3.1, RFC 8200 §8.1).
struct PseudoHeader {
  var source: ArraySlice<UInt8>
  var destination: ArraySlice<UInt8>
  /// Whether the packet says where it goes in the end.
  var isDestinationKnown = true

  func checksum(of number: UInt8, length: Int) -> UInt16 {
    var bytes = Array(source) + destination
    // The two orders of IPv4 and IPv6 have the same sum.
    bytes.append(bigEndian: UInt32(clamping: length))
    bytes.append(bigEndian: UInt32(number))
    return InternetChecksum.checksum(of: bytes)
  }
}
