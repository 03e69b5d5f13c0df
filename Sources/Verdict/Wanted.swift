// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What must hold of one message: what the file says, and the language's defaults where it is silent.
struct Wanted {
  /// The message.
  let message: Message
  /// The packet as it was asked for.
  let asked: IPv4Packet

  init(_ message: Message, in scenario: Scenario) {
    self.message = message
    asked = message.packet(in: scenario)
  }

  /// The fields that are as sent even though the message does not set them.
  private static let asSent: Set<IPv4Field> = [.version, .source, .destination, .protocol, .ttl]

  /// What a header field of a packet must be where it was seen.
  func field(_ field: IPv4Field, of sighting: Sighting) -> Located<FieldMatcher> {
    if let said = message.expect.matcher(of: field, at: sighting.place) { return said }
    if let sent = message.header.values[field] { return sent.map { .value($0) } }
    if Self.asSent.contains(field) { return Located(.value(field.value(in: asked.header))) }
    return Located(lengthOrChecksum(field, inFragment: sighting.isFragment))
  }

  private func lengthOrChecksum(_ field: IPv4Field, inFragment isFragment: Bool) -> FieldMatcher {
    switch field {
    case .headerLength: .value(UInt32(asked.header.headerLength))
    // A fragment's own total length is held against its bytes instead: it depends on where it was cut.
    case .totalLength where !isFragment: .value(UInt32(asked.header.totalLength))
    case .checksum: .valid
    default: .any
    }
  }

  /// What the payload must be at a place.
  func payload(at place: Place) -> Located<PayloadMatcher> {
    message.expect.payloadMatcher(at: place) ?? Located(.equals(message.payload.value))
  }

  /// Whether a packet has as many bytes as its total length says, or its reader took what it was asked to.
  ///
  /// A file that says what the payload is at a place may want less than the whole, where the reader's buffer
  /// cuts it; a packet that was short before anybody read it is wrong all the same.
  func allowsLength(of sighting: Sighting) -> Bool {
    let length = sighting.packet.header.totalLength
    let mayCut = message.expect.payloadMatcher(at: sighting.place) != nil
    return (mayCut ? sighting.originalLength : sighting.bytes.count) >= length
  }
}
