// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What must hold of the transport header of a packet.
struct WantedTransport {
  /// The protocol whose header it must be.
  let layer: any TransportProtocol
  /// The number that the packet's IP header must have for it.
  let number: UInt8
  /// Where the file says so; nil where only the packet's protocol number does.
  let span: SourceSpan?
  /// What the file asks.
  private let said: TransportMatchers?
  /// What the message itself says, and its header as it was asked for; nil where it says nothing.
  private let fields: TransportFields?
  private let asked: Segment?
  /// Whether somebody sends it of whom only what the file says is asked.
  private let isOfProgram: Bool

  /// Asks what a file says of a packet, whoever sent it.
  init(_ said: TransportMatchers) {
    (layer, span) = (said.layer, said.span)
    number = said.layer.number
    self.said = said
    (fields, asked, isOfProgram) = (nil, nil, true)
  }

  /// Asks of a header alone that it is right in itself.
  init(itself layer: any TransportProtocol) {
    self.layer = layer
    number = layer.number
    (span, said, fields, asked, isOfProgram) = (nil, nil, nil, nil, true)
  }

  fileprivate init(
    _ fields: TransportFields, _ said: TransportMatchers?, _ asked: Segment?, number: UInt8, isOfProgram: Bool
  ) {
    layer = fields.layer
    self.number = number
    span = said?.span ?? fields.span
    self.said = said
    self.fields = fields
    self.asked = asked
    self.isOfProgram = isOfProgram
  }

  // MARK: - What is asked

  /// The fields that are not as they must be.
  func fieldsWrong(in seen: SeenSegment) -> [LayerField] {
    var wrong = layer.messageFields.filter { field in
      let matcher = matcher(of: field, in: seen).value
      return matcher != .any && !(seen.has(field) && seen.matches(matcher, field))
    }
    if !optionsMatcher.value.matches(seen.segment.options), seen.isAllTold { wrong.append(Self.options) }
    // Where the type is another, its other bits are others too: that is one cause.
    if wrong.isEmpty, hasOtherBits(seen) { wrong.append(Self.otherBits) }
    return wrong
  }

  /// Whether bits of a header that no field stands for are others than those that were asked for.
  private func hasOtherBits(_ seen: SeenSegment) -> Bool {
    guard let asked, !isOfProgram, seen.isAllTold, asked.header != seen.segment.header else { return false }
    var free = [UInt8](repeating: 0xFF, count: layer.minimumLength)
    for field in layer.messageFields where layer.has(field, in: asked.header) {
      for bit in field.bits { free[bit / 8] &= ~(0x80 >> UInt8(bit % 8)) }
    }
    return zip(free, zip(asked.header, seen.segment.header)).contains { $0 & ($1.0 ^ $1.1) != 0 }
  }

  /// What a field must be.
  func matcher(of field: LayerField, in seen: SeenSegment) -> Located<FieldMatcher> {
    guard seen.tells(field) else { return Located(.any) }
    if let said = said?.matchers[field.key] { return said }
    // Where the type is another, that is what is wrong, and not what another type would have.
    guard seen.has(field) else { return Located(.any) }
    if let sent = fields?.values[field.key] { return sent.map { .value(UInt128($0)) } }
    if field.isComputed { return computed(field, in: seen) }
    guard let asked, !isOfProgram else { return Located(.any) }
    return Located(.value(UInt128(asked.value(of: field))))
  }

  private func computed(_ field: LayerField, in seen: SeenSegment) -> Located<FieldMatcher> {
    // Of what is not all there, or was left to a card, nobody knows what it ought to be: only what the harness sent.
    guard seen.isWhole, !(field.isChecksum && seen.isOffloaded) else {
      guard let asked, !isOfProgram, !seen.isOffloaded else { return Located(.any) }
      return Located(.value(UInt128(asked.value(of: field))))
    }
    guard field.isChecksum else {
      let isItsOwn = seen.segment.isRight(field, in: seen.ip)
      guard let asked, !isOfProgram else {
        return Located(.value(UInt128(seen.segment.rightValue(of: field, in: seen.ip))))
      }
      // Where the payload is another than wanted, and the length is that of what is there, the payload alone is wrong.
      return isItsOwn && asked.isRight(field, in: seen.ip)
        ? Located(.any) : Located(.value(UInt128(asked.value(of: field))))
    }
    guard let fields, let asked else { return Located(.valid) }
    return fields.checksum.map { sent in
      switch sent {
      case .good: .valid
      case .bad: .invalid
      case .zero, .number: .value(UInt128(asked.value(of: field)))
      }
    }
  }

  /// What the options must be.
  var optionsMatcher: Located<OptionsMatcher> {
    if let options = said?.options { return options }
    guard let asked, fields?.options != nil || !isOfProgram else { return Located(.any) }
    return Located(.equals(asked.options), at: fields?.options?.span)
  }

  /// The row that stands for the options.
  static let options = LayerField("options", "Options", "options", 0..<0, form: .bytes)

  /// The row that stands for the bits of a header that are no field's.
  static let otherBits = LayerField("otherBits", "other bits", "other", 0..<0, form: .bytes)

  /// The first bytes of a header as it was asked for, in words.
  var askedBits: String { HexDump.hexString(asked?.header.prefix(layer.minimumLength) ?? []) }

  /// Whether the file speaks of a field.
  func speaks(of field: LayerField) -> Bool {
    if field.key == Self.options.key { return said?.options != nil || fields?.options != nil }
    return said?.matchers[field.key] != nil || fields?.values[field.key] != nil
      || (field.isChecksum && fields?.checksum.span != nil)
  }

  /// The fields that the file says, each with what it must be.
  var saidMatchers: [(field: LayerField, matcher: FieldMatcher)] {
    layer.messageFields.compactMap { field in
      if let said = said?.matchers[field.key] { return said.value == .any ? nil : (field, said.value) }
      if let sent = fields?.values[field.key] { return (field, .value(UInt128(sent.value))) }
      guard field.isChecksum, let fields, let asked, fields.checksum.span != nil else { return nil }
      switch fields.checksum.value {
      case .good: return (field, .valid)
      case .bad: return (field, .invalid)
      case .zero, .number: return (field, .value(UInt128(asked.value(of: field))))
      }
    }
  }

  // MARK: - What is said

  /// A segment of this protocol: one that the harness sent is laid out as it was asked for, whatever its header says.
  func segment(of payload: [UInt8]) -> Segment? {
    Segment(layer, parsing: payload, headerLength: isOfProgram ? nil : asked?.header.count)
  }

  /// What a datagram has instead of such a header, in words: `protocol 6`.
  func absence(in datagram: SeenDatagram) -> String {
    let number = datagram.pieces[0].packet.header.protocol
    let count = (try? datagram.payload.get())?.count ?? datagram.pieces[0].packet.payload.count
    return absence(number, count)
  }

  /// What the payload of a packet is instead of such a header, in words.
  private func absence(_ number: UInt8, _ count: Int) -> String {
    number == self.number ? "\(byteCount(count)): less than its header" : "protocol \(number)"
  }

  /// What is said of a packet that has something else instead of such a header.
  func text(absence: String, seen verb: String) -> String { "wanted \(layer.title), \(verb) with \(absence)" }

  /// What is said of a field that is not as it must be.
  func text(_ field: LayerField, wanted: Located<FieldMatcher>, in seen: SeenSegment, verb: String) -> String
  {
    let title = "\(layer.title) \(field.title)"
    if field.key == Self.options.key {
      return
        "\(title): wanted \(optionsMatcher.value.words), \(verb) with \(OptionsMatcher.list(seen.segment.options))"
    }
    if field.key == Self.otherBits.key {
      return "\(title): wanted \(askedBits), \(verb) with \(seen.bits)"
    }
    guard seen.has(field) else {
      return "\(title): wanted \(wanted.value.text(for: field)), \(verb) without it"
    }
    let value = seen.isOffloaded && field.isChecksum ? "offloaded" : field.text(seen.segment.value(of: field))
    var right = ""
    if case .valid = wanted.value {
      right = ", should be \(field.text(seen.segment.rightValue(of: field, in: seen.ip)))"
    }
    return "\(title): wanted \(wanted.value.text(for: field)), \(verb) with \(value)\(right)"
  }

  // MARK: - A packet alone

  /// The first thing that is wrong with the payload of a packet as such a header.
  struct Problem {
    fileprivate let wanted: WantedTransport
    /// The field, and the header that has it otherwise than wanted; nil where there is no such header.
    fileprivate let found: (field: LayerField, seen: SeenSegment)?
    /// The protocol and the length of what is there.
    fileprivate let number: UInt8
    fileprivate let count: Int

    /// What is said of it, with the key of the field, beside where the file asks for it.
    func text(seen verb: String) -> Located<(field: String, text: String)> {
      guard let (field, seen) = found else {
        let absence = wanted.absence(number, count)
        return Located((wanted.layer.filterName, wanted.text(absence: absence, seen: verb)), at: wanted.span)
      }
      let matcher = wanted.matcher(of: field, in: seen)
      let text = wanted.text(field, wanted: matcher, in: seen, verb: verb)
      return Located(("\(wanted.layer.filterName) \(field.key)", text), at: matcher.span ?? wanted.span)
    }
  }

  /// How many fields of a captured packet's header are not as asked; nil where it has no such header.
  func fieldsWrong(in captured: CapturedPacket, _ packet: IPPacket) -> Int? {
    guard packet.header.protocol == number, let segment = segment(of: packet.payload) else { return nil }
    let seen = SeenSegment(
      segment, in: packet.header, isWhole: !packet.isPiece, isOffloaded: captured.frame.isChecksumOffloaded)
    return fieldsWrong(in: seen).count
  }

  /// What is wrong first with a captured packet as one with such a header; nil where all is as asked.
  func problem(in captured: CapturedPacket, _ packet: IPPacket) -> Problem? {
    problem(
      in: packet.payload, of: packet.header, isWhole: !packet.isPiece,
      isOffloaded: captured.frame.isChecksumOffloaded)
  }

  /// What is wrong first with the payload of a packet as such a header; `isWhole` is false where not all of it is there.
  func problem(
    in payload: [UInt8], of ip: IPHeader, isWhole: Bool = true, isOffloaded: Bool = false
  ) -> Problem? {
    guard ip.protocol == number, let segment = segment(of: payload) else {
      return Problem(wanted: self, found: nil, number: ip.protocol, count: payload.count)
    }
    let seen = SeenSegment(segment, in: ip, isWhole: isWhole, isOffloaded: isOffloaded)
    return fieldsWrong(in: seen).first.map {
      Problem(wanted: self, found: ($0, seen), number: ip.protocol, count: payload.count)
    }
  }
}

extension Wanted {
  /// What must hold of the transport header at a place: what the file says, and of what a program sends without a word of
  /// the file about its bytes, that it is right in itself; nil where nothing is asked.
  func transport(at place: Place) -> WantedTransport? {
    let said = message.expect.transport(at: place)
    if let fields = message.transport, said == nil || said?.layer.filterName == fields.layer.filterName {
      return WantedTransport(
        fields, said, askedSegment, number: asked.header.protocol, isOfProgram: isOfProgram)
    }
    if let said { return WantedTransport(said) }
    // Where the file says all bytes, it says whether they are right.
    if case .equals = payload(at: place).value { return nil }
    guard isOfProgram else { return nil }
    return Protocols.all.transport(asked.header.protocol).map { WantedTransport(itself: $0) }
  }

  /// The transport header and payload that were asked for.
  private var askedSegment: Segment? {
    message.transport.flatMap { fields in
      Segment(
        fields.layer, parsing: asked.payload,
        headerLength: fields.layer.minimumLength + (fields.options?.value.count ?? 0))
    }
  }

  /// Whether the payload that is wanted at a place is what stands behind the transport header.
  ///
  /// Of a message that is but bytes it is all behind the IP header, beside `icmp` too.
  func isPayloadBehindTransport(at place: Place) -> Bool {
    if message.transport != nil { return true }
    guard message.expect.payloadMatcher(at: place) != nil, let said = message.expect.transport(at: place)
    else { return false }
    return said.isBeforePayload
  }
}

extension Wanted {
  /// Whether a payload is as it must be at a place.
  ///
  /// What a UDP socket was handed has a made-up header where the message is but bytes: then that is none of the payload.
  func matches(_ contents: [UInt8], of datagram: SeenDatagram, at place: Place) -> Bool {
    let wanted = payload(at: place).value
    let isMadeUp = datagram.pieces.contains(where: \.isOfUDPSocket) && !isPayloadBehindTransport(at: place)
    guard isMadeUp, case .equals(let bytes) = wanted else { return wanted.matches(contents) }
    return contents.dropFirst(Self.udpHeaderLength).elementsEqual(bytes.dropFirst(Self.udpHeaderLength))
  }

  private static let udpHeaderLength = 8

  /// What all that follows the IP header must be at a place: a payload behind its transport header included.
  func ipPayload(at place: Place) -> PayloadMatcher {
    guard isPayloadBehindTransport(at: place), let header = askedSegment?.header else {
      return payload(at: place).value
    }
    switch payload(at: place).value {
    case .equals(let bytes): return .equals(header + bytes)
    case .prefix(let bytes): return .prefix(header + bytes)
    case .length(let length): return .length(header.count + length)
    case .minimumLength(let length): return .minimumLength(header.count + length)
    case .pattern(let pattern, let start): return .pattern(pattern, at: (start ?? 0) + header.count)
    case let other: return other
    }
  }
}

extension SeenDatagram {
  /// Whether the cable has cut it, or has made it say another length.
  var isCutByCable: Bool { pieces.contains { $0.captured?.hasAlteredLengths == true } }
}

extension TransportMatchers {
  /// Whether the payload that is asked beside it is what stands behind its header, where no message says more.
  var isBeforePayload: Bool { layer.number != ICMPMessage.protocolNumber }
}

extension OptionsMatcher {
  /// What is asked, in words.
  var words: String {
    switch self {
    case .equals(let bytes): Self.list(bytes)
    case .any: "any"
    }
  }

  /// Options as their bytes.
  static func list(_ options: [UInt8]) -> String { options.isEmpty ? "none" : HexDump.hexString(options) }
}
