// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What may be behind a failure; each is said only where its rule matches what was seen.
enum Hint: CaseIterable {
  case identificationReplaced
  case defaultTTL
  case multicastTTL
  case forwarded
  case pathMTUDiscovery
  case flagsSwapped
  case checksumSwapped
  case checksumOfTwentyBytes
  case optionsRewritten
  case fieldSwapped

  /// The hint, in a sentence.
  var text: String {
    switch self {
    case .identificationReplaced:
      #"Linux replaces an identification of 0 when IP_HDRINCL is used without DF; via: "frame" keeps it."#
    case .defaultTTL: "64 is the time to live that Linux uses when none was set (IP_TTL)."
    case .multicastTTL:
      "1 is the time to live that Linux uses for multicast when none was set"
        + " (IP_MULTICAST_TTL)."
    case .forwarded:
      "The time to live decreased on the way: every router that forwards a packet decrements it."
    case .pathMTUDiscovery:
      "Linux sets DF on what a plain socket sends, for path-MTU discovery (IP_MTU_DISCOVER in ip(7))."
    case .flagsSwapped:
      "A fragment offset of 512 without MF is DF with its bytes swapped: IP_DF was written without htons()."
    case .checksumSwapped:
      "The checksum is correct but for swapped bytes: it was converted once too often, or not at all."
    case .checksumOfTwentyBytes:
      "The checksum is correct for the first 20 bytes only: it must cover the options too (RFC 791 §3.1)."
    case .optionsRewritten:
      "Linux writes its own address or the time into such an option when it delivers the packet."
    case .fieldSwapped: PayloadSlip.bytesSwapped.text
    }
  }

  /// Whether the rule matches what was seen.
  func applies(to comparison: Comparison) -> Bool {
    switch self {
    case .identificationReplaced: Self.isIdentificationReplaced(comparison)
    case .defaultTTL: Self.hasDefaultTTL(comparison)
    case .multicastTTL: Self.hasMulticastTTL(comparison)
    case .forwarded: Self.isForwarded(comparison)
    case .pathMTUDiscovery: Self.isPathMTUDiscovery(comparison)
    case .flagsSwapped: comparison.hasSwappedFlags
    case .checksumSwapped:
      comparison.hasWrongChecksum { $0.checksum.byteSwapped == $0.rightChecksum() }
    case .checksumOfTwentyBytes: comparison.hasWrongChecksum(like: Self.isOfTwentyBytes)
    case .optionsRewritten: Self.areOptionsRewritten(comparison)
    case .fieldSwapped: Self.sixteenBitFields.contains { comparison.isSwapped($0) }
    }
  }

  private static func isIdentificationReplaced(_ comparison: Comparison) -> Bool {
    let wanted = comparison.wanted
    guard !wanted.isOfProgram, wanted.message.wayOut == .header,
      wanted.asked.header.ipv4?.identification == 0,
      let sent = comparison.wrongFields[.identification]?[.sent]
    else { return false }
    return sent.packet.header.identification != 0
  }

  /// Where the harness sends the packet it has set the time to live.
  private static func hasDefaultTTL(_ comparison: Comparison) -> Bool {
    guard comparison.wanted.isOfProgram, let sent = comparison.wrongHops?[.sent] else { return false }
    return sent.packet.header.hops == 64
  }

  private static func hasMulticastTTL(_ comparison: Comparison) -> Bool {
    guard comparison.wanted.isOfProgram, let sent = comparison.wrongHops?[.sent] else { return false }
    return sent.packet.header.hops == 1 && sent.packet.header.destination.isMulticast
  }

  private static func isForwarded(_ comparison: Comparison) -> Bool {
    guard let sent = comparison.shown[.sent], let wrong = comparison.wrongHops else { return false }
    return wrong.values.contains { $0.packet.header.hops < sent.packet.header.hops }
  }

  private static func isPathMTUDiscovery(_ comparison: Comparison) -> Bool {
    let sent = comparison.wrongFields[.dontFragment]?[.sent]
    let isPlain = comparison.wanted.isOfProgram || comparison.wanted.message.wayOut.isUnderKernelHeader
    return isPlain && sent?.packet.header.ipv4?.dontFragment == true
  }

  private static func isOfTwentyBytes(_ header: IPv4Header) -> Bool {
    var bare = header
    bare.options = []
    return !header.options.isEmpty && header.checksum == bare.rightChecksum()
  }

  /// Record route and timestamp are the options into which hosts write (RFC 791 §3.1).
  private static func areOptionsRewritten(_ comparison: Comparison) -> Bool {
    guard let delivered = comparison.wrongFields[.options]?[.delivered]?.packet.header.ipv4,
      let arrived = comparison.shown[.arrived]?.packet.header.ipv4,
      delivered.options.count == arrived.options.count
    else { return false }
    let pairs = zip(IPv4Option.parse(arrived.options), IPv4Option.parse(delivered.options))
    return pairs.contains { before, now in
      switch (before, now) {
      case (.recordRoute, .recordRoute), (.timestamp, .timestamp): before != now
      default: false
      }
    }
  }

  private static let sixteenBitFields: [IPField] = [.totalLength, .identification, .payloadLength]
}

extension Comparison {
  /// What may be behind wrong payloads, in sentences, each once.
  func slips(_ earlier: [[UInt8]]) -> [String] {
    let surroundings = wrongPayloads.map { place, payload in
      (
        payload: payload, right: wanted.payload(at: place).value,
        around: PayloadSlip.Surroundings(options: options(at: place), earlier: earlier)
      )
    }
    return PayloadSlip.allCases.filter { slip in
      surroundings.contains { payload, matcher, around in
        guard case .equals(let right) = matcher else { return false }
        return slip.shows(in: payload, right, around)
      }
    }.map(\.text)
  }

  /// The options that were asked for, or else those that arrived.
  private func options(at place: Place) -> [UInt8] {
    let asked = wanted.asked.header.variablePart
    return asked.isEmpty ? shown[.arrived]?.packet.header.variablePart ?? [] : asked
  }

  /// Whether a field of 16 bits has its two bytes in the other order.
  fileprivate func isSwapped(_ field: IPField) -> Bool {
    guard let wrong = wrongFields[field] else { return false }
    return wrong.values.contains { sighting in
      guard case .value(let right) = wanted.field(field, of: sighting).value else { return false }
      return UInt128(UInt16(truncatingIfNeeded: right).byteSwapped) == field.value(in: sighting.packet.header)
    }
  }

  /// Whether a header whose checksum is wrong is as the rule says.
  fileprivate func hasWrongChecksum(like rule: (IPv4Header) -> Bool) -> Bool {
    wrongFields[.checksum]?.values.contains { $0.packet.header.ipv4.map(rule) ?? false } ?? false
  }

  /// Where the time to live or the hop limit is wrong.
  fileprivate var wrongHops: [Place: Sighting]? { wrongFields[.hops(of: wanted.asked.version)] }

  /// Whether a packet is taken for a piece by what are the bytes of DF in the order of a small-endian host.
  fileprivate var hasSwappedFlags: Bool {
    datagrams.values.contains { seen in
      seen.contains { datagram in
        guard let header = datagram.pieces[0].packet.header.ipv4 else { return false }
        return datagram.pieces.count == 1 && header.fragmentOffset == 512 && !header.moreFragments
          && !header.dontFragment
      }
    }
  }
}
