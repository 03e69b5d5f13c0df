// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What may be behind a wrong transport header; each is said only where its rule matches what was seen.
enum TransportHint: CaseIterable {
  case checksumWithoutPseudoHeader
  case checksumSwapped
  case checksumOfEvenBytes
  case lengthWithoutHeader
  case portsSwapped
  case answerToOwnPort
  case fieldSwapped

  /// The hint, in a sentence.
  var text: String {
    switch self {
    case .checksumWithoutPseudoHeader:
      "The checksum is correct without the pseudo-header: it must cover the addresses, the protocol and the"
        + " length too (RFC 768, RFC 9293 §3.1)."
    case .checksumSwapped:
      "The checksum is correct but for swapped bytes: it was converted once too often, or not at all."
    case .checksumOfEvenBytes:
      "The checksum is correct but for the last byte:"
        + " an odd last byte counts as if a zero followed it (RFC 1071 §4.1)."
    case .lengthWithoutHeader:
      "The length is that of the payload only: it must include the 8 bytes of the header (RFC 768)."
    case .portsSwapped: "Source and destination port are swapped."
    case .answerToOwnPort:
      "It went to the port that it was sent from: an answer goes to the port that the question came from (recvfrom(2))."
    case .fieldSwapped: PayloadSlip.bytesSwapped.text
    }
  }

  /// Whether the rule matches what was seen.
  func applies(to comparison: Comparison) -> Bool {
    switch self {
    case .checksumWithoutPseudoHeader: comparison.hasWrongSum { $0.isChecksumRight(covering: .segment) }
    case .checksumSwapped: comparison.hasWrongSum(like: \.isChecksumSwapped)
    case .checksumOfEvenBytes:
      comparison.hasWrongSum {
        $0.isChecksumRight(covering: .evenBytes) || $0.isChecksumRight(covering: .lowLastByte)
      }
    case .lengthWithoutHeader: comparison.hasLengthOfPayload
    case .portsSwapped: comparison.hasSwappedPorts
    case .answerToOwnPort: comparison.isSentToOwnPort
    case .fieldSwapped: comparison.hasSwappedField
    }
  }
}

extension SeenSegment {
  /// What somebody may have made a checksum cover instead of what it must.
  fileprivate enum Coverage {
    case segment
    case evenBytes
    case lowLastByte
  }

  /// Whether the checksum is right for another coverage; for the right one it must not be.
  fileprivate func isChecksumRight(covering coverage: Coverage) -> Bool {
    guard let field = segment.checksumField, !segment.isRight(field, in: ip) else { return false }
    var blank = segment
    blank.set(field, to: 0)
    let bytes = blank.bytes
    var sum: UInt16
    switch coverage {
    case .segment: sum = InternetChecksum.checksum(of: bytes)
    case .evenBytes, .lowLastByte:
      guard !bytes.count.isMultiple(of: 2), let last = bytes.last else { return false }
      // The right sum, in which the last byte is the upper half of a word.
      let right = UInt16(truncatingIfNeeded: segment.rightValue(of: field, in: ip))
      let word = coverage == .evenBytes ? 0 : UInt16(last)
      sum = InternetChecksum.updated(right, replacing: UInt16(last) << 8, with: word)
    }
    if sum == 0, segment.layer.hasOptionalChecksum { sum = 0xFFFF }
    return segment.value(of: field) == UInt64(sum)
  }

  fileprivate var isChecksumSwapped: Bool {
    guard let field = segment.checksumField else { return false }
    let right = UInt16(truncatingIfNeeded: segment.rightValue(of: field, in: ip))
    return right.byteSwapped != right && segment.value(of: field) == UInt64(right.byteSwapped)
  }
}

extension Comparison {
  /// The first place at which a field of the transport header is wrong, what must be there, and what is.
  private func wrong(_ key: String) -> (wanted: FieldMatcher, seen: SeenSegment, field: LayerField)? {
    guard let field = transportRows.first(where: { $0.key == key }),
      let wrong = wrongTransportFields[key], let place = wrong.places.first, let seen = wrong[place],
      let transport = wanted.transport(at: place)
    else { return nil }
    return (transport.matcher(of: field, in: seen).value, seen, field)
  }

  fileprivate func hasWrongSum(like rule: (SeenSegment) -> Bool) -> Bool {
    guard let field = transportRows.first(where: \.isChecksum) else { return false }
    return wrong(field.key).map { rule($0.seen) } ?? false
  }

  fileprivate var hasLengthOfPayload: Bool {
    guard let field = transportRows.first(where: { $0.key == "length" }), let wrong = wrong(field.key) else {
      return false
    }
    let payload = wrong.seen.segment.payload.count
    return payload > 0 && wrong.seen.segment.value(of: field) == UInt64(payload)
  }

  fileprivate var hasSwappedPorts: Bool {
    guard let source = wrong("sourcePort"), let destination = wrong("destinationPort") else { return false }
    return source.wanted == .value(UInt128(destination.seen.segment.value(of: destination.field)))
      && destination.wanted == .value(UInt128(source.seen.segment.value(of: source.field)))
  }

  fileprivate var isSentToOwnPort: Bool {
    guard let destination = wrong("destinationPort"), wrong("sourcePort") == nil,
      let source = transportRows.first(where: { $0.key == "sourcePort" })
    else { return false }
    let segment = destination.seen.segment
    return segment.value(of: source) == segment.value(of: destination.field)
  }

  fileprivate var hasSwappedField: Bool {
    transportRows.contains { field in
      guard !field.isChecksum, field.bits.count == 16 || field.bits.count == 32, let wrong = wrong(field.key),
        case .value(let right) = wrong.wanted
      else { return false }
      let seen = wrong.seen.segment.value(of: field)
      let swapped =
        field.bits.count == 16
        ? UInt64(UInt16(truncatingIfNeeded: right).byteSwapped)
        : UInt64(UInt32(truncatingIfNeeded: right).byteSwapped)
      return seen == swapped && seen != right
    }
  }
}
