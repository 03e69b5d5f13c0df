// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What must hold of one message: what the file says, and the language's defaults where it is silent.
struct Wanted {
  /// The play of the message.
  let play: Play
  /// The packet as it was asked for.
  let asked: IPPacket
  /// Whether a program sends it: of what the file is silent about it is asked alone that it is right in itself.
  var isOfProgram = false
  /// Whether the cable replaces a checksum of zero by the right one.
  var isChecksumFilledIn = false
  /// The places where the pieces of a datagram need not fit.
  var lenient: Set<Place> = []

  /// The message.
  var message: Message { play.message }

  /// Whether a packet is a message's by this field.
  private static func isIdentifying(_ field: IPField) -> Bool {
    field == .source || field == .destination || field == .protocol || field == .nextHeader
  }

  /// Whether a field is as sent even though the message does not set it.
  private func isAsSent(_ field: IPField) -> Bool {
    Self.isIdentifying(field) || field == .version || ((field == .ttl || field == .hopLimit) && !isOfProgram)
  }

  /// What the file says of a header field at a place, or by what a packet is the message's; nil where it is silent.
  func said(of field: IPField, at place: Place) -> FieldMatcher? {
    if let said = message.expect.matcher(of: field, at: place) { return said.value }
    if let sent = message.header.values[field] { return .value(sent.value) }
    if Self.isIdentifying(field) { return field.value(in: asked.header).map { .value($0) } }
    return field == .checksum && message.header.checksum.span != nil
      ? checksum(message.header.checksum.value) : nil
  }

  /// What a header field of a packet must be where it was seen.
  func field(_ field: IPField, of sighting: Sighting) -> Located<FieldMatcher> {
    if sighting.isMadeUp, !sighting.holds(field) { return Located(.any) }
    if let said = message.expect.matcher(of: field, at: sighting.place) { return said }
    // Of what the cable has cut off nothing is wanted but what the file says.
    guard sighting.holds(field == .checksum ? .options : field), !isOfFragmentHeader(field, sighting) else {
      return Located(.any)
    }
    if let sent = message.header.values[field] { return sent.map { .value($0) } }
    if isAsSent(field), let value = field.value(in: asked.header) { return Located(.value(value)) }
    return lengthOrChecksum(field, of: sighting)
  }

  /// Whether a field of a piece tells of the header that every piece has: of IPv6 the first says what follows it.
  private func isOfFragmentHeader(_ field: IPField, _ sighting: Sighting) -> Bool {
    sighting.version == .v6 && sighting.isFragment && (field == .nextHeader || field == .payloadLength)
  }

  private func lengthOrChecksum(_ field: IPField, of sighting: Sighting) -> Located<FieldMatcher> {
    switch field {
    case .headerLength where isOfProgram: Located(.any)
    case .headerLength: Located(field.value(in: asked.header).map { .value($0) } ?? .any)
    // A fragment's own total length is held against its bytes instead: it depends on where it was cut.
    case .totalLength where !sighting.isFragment: length(field, of: sighting)
    case .payloadLength: length(field, of: sighting)
    case .checksum where sighting.place != .sent && isFilledIn: Located(.valid)
    case .checksum: message.header.checksum.map(checksum)
    default: Located(.any)
    }
  }

  /// Where the payload is another than wanted, and the total length is that of what is there, the payload alone is
  /// wrong; so it is of a program's packet, of whose options and payload the file may be silent.
  private func length(_ field: IPField, of sighting: Sighting) -> Located<FieldMatcher> {
    let isItsOwn =
      !sighting.packet.hasMisstatedLengths && sighting.bytes.count >= sighting.packet.header.statedLength
    let isOther = isOfProgram || !hasPayload(sighting.packet.payload, at: sighting.place)
    return isItsOwn && isOther && !asked.hasMisstatedLengths
      ? Located(.any) : Located(field.value(in: asked.header).map { .value($0) } ?? .any)
  }

  private var isFilledIn: Bool { isChecksumFilledIn && asked.header.ipv4?.checksum == 0 }

  private func checksum(_ sent: SentChecksum) -> FieldMatcher {
    switch sent {
    case .good: .valid
    case .bad: .invalid
    case .zero, .number: .value(UInt128(asked.header.ipv4?.checksum ?? 0))
    }
  }

  /// What the options or the extension headers of a packet must be where it was seen.
  ///
  /// A piece that is not the first need not carry options (RFC 791 §3.1); of IPv6 each has a header of its own for that.
  func options(of sighting: Sighting) -> Located<OptionsMatcher> {
    let field = IPField.variablePart(of: sighting.version)
    if sighting.isMadeUp, !sighting.holds(field) { return Located(.any) }
    if let said = message.expect.variablePart(of: sighting.packet.header, at: sighting.place) { return said }
    let isOther =
      sighting.isFragment && (sighting.version == .v6 || sighting.packet.header.fragmentOffset > 0)
    guard sighting.holds(field), let span = spanOfOptions, !isOther, !(sighting.isMadeUp && !areToldWhole)
    else {
      return Located(.any)
    }
    return Located(.equals(asked.header.variablePart), at: span)
  }

  /// Where the message says its options or extension headers; nil where it says none.
  private var spanOfOptions: SourceSpan? { message.header.options?.span ?? message.header.extensions?.span }

  /// Whether a socket is told all of the extension headers: of fragments and of authentication it is not.
  private var areToldWhole: Bool {
    asked.header.ipv6?.extensions.allSatisfy { Self.told.contains($0.number) } ?? false
  }

  private static let told: Set<UInt8> = [
    IPv6ExtensionHeader.hopByHopNumber, IPv6ExtensionHeader.destinationNumber,
    IPv6ExtensionHeader.routingNumber,
  ]

  /// What the file says of the options or the extension headers at a place.
  func saidOfOptions(at place: Place) -> OptionsMatcher {
    message.expect.variablePart(of: asked.header, at: place)?.value
      ?? (spanOfOptions == nil ? .any : .equals(asked.header.variablePart))
  }

  /// What the payload must be at a place.
  func payload(at place: Place) -> Located<PayloadMatcher> {
    if let said = message.expect.payloadMatcher(at: place) { return said }
    return isOfProgram && message.payload.span == nil
      ? Located(.any) : Located(.equals(message.payload.value), at: message.quoted?.span)
  }

  /// Whether an IP payload holds the payload that is wanted at a place.
  private func hasPayload(_ bytes: [UInt8], at place: Place) -> Bool {
    let segment = transport(at: place)?.segment(of: bytes)
    let contents = isPayloadBehindTransport(at: place) ? segment?.payload ?? [] : bytes
    return payload(at: place).value.matches(contents)
  }

  /// Whether a packet has as many bytes as its total length says, or its reader took what it was asked to.
  ///
  /// A file that says what the payload is at a place may want less than the whole, where the reader's buffer
  /// cuts it; a packet that was short before anybody read it is wrong all the same. Where the message itself
  /// misstates its lengths, or the cable altered them, they say nothing of its bytes, and the payload does.
  func allowsLength(of sighting: Sighting) -> Bool {
    if sighting.captured?.hasAlteredLengths == true { return true }
    let length = sighting.packet.header.statedLength
    if asked.hasMisstatedLengths, length == asked.header.statedLength { return true }
    let mayCut = message.expect.payloadMatcher(at: sighting.place) != nil
    return (mayCut ? sighting.originalLength : sighting.bytes.count) >= length
  }
}
