// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What may be behind a failure; each is said only where its rule matches what was seen.
enum Hint: CaseIterable {
  case identificationReplaced
  case defaultTTL
  case forwarded
  case pathMTUDiscovery
  case optionsRewritten
  case paddingCounted
  case optionsInPayload
  case terminatorSent
  case bytesSwapped

  /// The hint, in a sentence.
  var text: String {
    switch self {
    case .identificationReplaced:
      #"Linux replaces an identification of 0 when IP_HDRINCL is used without DF; via: "frame" keeps it."#
    case .defaultTTL:
      "64 is Linux's own time to live (net.ipv4.ip_default_ttl): this packet left with none set for it."
    case .forwarded:
      "The time to live fell on the way: every router that forwards a packet lowers it by one."
    case .pathMTUDiscovery:
      "Linux sets DF on what a plain socket sends, for path-MTU discovery (IP_MTU_DISCOVER in ip(7))."
    case .optionsRewritten:
      "Linux writes its own address or the time into such an option when it delivers the packet."
    case .paddingCounted:
      "The payload ends in the zeros that pad a frame to 60 bytes: the total length says where it ends."
    case .optionsInPayload:
      "The payload begins with the options: 20 bytes were taken for the header, whatever its length says."
    case .terminatorSent:
      "There is one zero byte more than wanted: a C string went out with its terminator."
    case .bytesSwapped:
      "The bytes are in the wrong order: htons() or ntohs() is missing, or one too many."
    }
  }

  /// Whether the rule matches what was seen.
  func applies(to comparison: Comparison) -> Bool {
    switch self {
    case .identificationReplaced: Self.isIdentificationReplaced(comparison)
    case .defaultTTL: Self.hasDefaultTTL(comparison)
    case .forwarded: Self.isForwarded(comparison)
    case .pathMTUDiscovery: Self.isPathMTUDiscovery(comparison)
    case .optionsRewritten: Self.areOptionsRewritten(comparison)
    case .paddingCounted: comparison.hasPayload(like: Self.isPadded)
    case .optionsInPayload: Self.areOptionsInPayload(comparison)
    case .terminatorSent: comparison.hasPayload { $0 == $1 + [0] }
    case .bytesSwapped: Self.areBytesSwapped(comparison)
    }
  }

  private static func isIdentificationReplaced(_ comparison: Comparison) -> Bool {
    let wanted = comparison.wanted
    guard wanted.message.wayOut == .header, wanted.asked.header.identification == 0,
      let sent = comparison.wrongFields[.identification]?[.sent]
    else { return false }
    return sent.packet.header.identification != 0
  }

  private static func hasDefaultTTL(_ comparison: Comparison) -> Bool {
    comparison.wrongFields[.ttl]?[.sent]?.packet.header.ttl == 64
  }

  private static func isForwarded(_ comparison: Comparison) -> Bool {
    guard let sent = comparison.shown[.sent], let wrong = comparison.wrongFields[.ttl] else { return false }
    return wrong.values.contains { $0.packet.header.ttl < sent.packet.header.ttl }
  }

  private static func isPathMTUDiscovery(_ comparison: Comparison) -> Bool {
    let sent = comparison.wrongFields[.dontFragment]?[.sent]
    return comparison.wanted.message.wayOut == .socket && sent?.packet.header.dontFragment == true
  }

  /// Record route and timestamp are the options into which hosts write (RFC 791 §3.1).
  private static func areOptionsRewritten(_ comparison: Comparison) -> Bool {
    guard let delivered = comparison.wrongFields[.options]?[.delivered],
      let arrived = comparison.shown[.arrived],
      delivered.packet.header.options.count == arrived.packet.header.options.count
    else { return false }
    let pairs = zip(
      IPv4Option.parse(arrived.packet.header.options), IPv4Option.parse(delivered.packet.header.options))
    return pairs.contains { before, now in
      switch (before, now) {
      case (.recordRoute, .recordRoute), (.timestamp, .timestamp): before != now
      default: false
      }
    }
  }

  /// 60 bytes of frame without its header leave 46 bytes for the packet (IEEE 802.3).
  private static func isPadded(_ payload: [UInt8], _ right: [UInt8]) -> Bool {
    let room = 46 - IPv4Header.minimumLength
    let extra = payload.dropFirst(right.count)
    return payload.count == room && right.count < room && payload.starts(with: right)
      && extra.allSatisfy { $0 == 0 }
  }

  private static func areOptionsInPayload(_ comparison: Comparison) -> Bool {
    let options = comparison.wanted.asked.header.options
    return !options.isEmpty && comparison.hasPayload { $0.starts(with: options + $1) }
  }

  private static let sixteenBitFields: [IPv4Field] = [.totalLength, .identification, .checksum]

  private static func areBytesSwapped(_ comparison: Comparison) -> Bool {
    sixteenBitFields.contains { comparison.isSwapped($0) }
      || comparison.hasPayload { payload, right in
        [2, 4].contains { payload != right && payload == right.swapped(every: $0) }
      }
  }
}

extension Comparison {
  /// Whether a wrong payload, held against all the bytes that are wanted, is as the rule says.
  fileprivate func hasPayload(like rule: ([UInt8], [UInt8]) -> Bool) -> Bool {
    wrongPayloads.contains { place, payload in
      guard case .equals(let right) = wanted.payload(at: place).value else { return false }
      return rule(payload, right)
    }
  }

  /// Whether a field of 16 bits has its two bytes in the other order.
  fileprivate func isSwapped(_ field: IPv4Field) -> Bool {
    guard let wrong = wrongFields[field] else { return false }
    return wrong.values.contains { sighting in
      guard case .value(let right) = wanted.field(field, of: sighting).value else { return false }
      return UInt64(UInt16(truncatingIfNeeded: right).byteSwapped) == field.value(in: sighting.packet.header)
    }
  }
}

extension [UInt8] {
  /// The bytes with those of each word in reverse; a rest that is no word stays as it is.
  fileprivate func swapped(every size: Int) -> [UInt8] {
    stride(from: 0, to: count, by: size).flatMap { start -> [UInt8] in
      let word = self[start..<Swift.min(start + size, count)]
      return word.count == size ? word.reversed() : Array(word)
    }
  }
}
