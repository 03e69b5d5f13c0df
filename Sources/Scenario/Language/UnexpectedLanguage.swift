// SPDX-License-Identifier: Apache-2.0

/// What a file says of every packet, as it writes it.
struct EveryForm: Sendable {
  var seen: Seen
}

extension ObjectType where Object == EveryForm {
  /// What must hold of every packet: of a packet alone, whoever sent it and however often.
  static func every(_ layers: Transports) -> ObjectType {
    ObjectType(
      "an object of expectations of every packet", { EveryForm(seen: Seen(span: $0)) },
      keys: [.header(\.seen, "header fields")] + Key.transports(layers, \.seen) + [
        .payload(\.seen, "the payload"), .frame(\.seen, "the frame around it"),
      ])
  }
}

extension ValueType where Value == Seen {
  /// What must hold of every packet.
  static func every(_ layers: Transports) -> ValueType {
    ObjectType<EveryForm>.every(layers).value.atLeastOneKey.map(\.seen).checked {
      $0.isEmpty
        ? "nothing is required of every packet:"
          + " every: { header: { ttl: 64 } } requires something" : nil
    }
  }
}

/// What becomes of packets that no message accounts for, as a file writes it.
struct UnexpectedForm: Sendable {
  var unexpected = Unexpected.fail
  var ignored: [IgnoredPackets] = []
}

extension ObjectType where Object == UnexpectedForm {
  /// Each packet that no message accounts for is held against each of them.
  private static var mostIgnored: Int { 100 }

  /// Packets that fail the case, but for some.
  static func unexpected(_ layers: Transports) -> ObjectType {
    ObjectType(
      "an object such as { ignore: [\"arp\"] }", { _ in UnexpectedForm() },
      keys: [
        Key(
          "ignore",
          .list(
            of: .ignored(layers),
            "a list of \"arp\", \"ipv6\" and objects such as { from: \"sender\" }, \(mostIgnored) at most",
            count: 0...mostIgnored),
          \.ignored, isRequired: true,
          "the packets to ignore, those that match one of these; \"ipv6\" is what kernels with IPv6 send by "
            + "themselves: neighbour discovery, router solicitations and MLD")
      ])
  }
}

extension ValueType where Value == UnexpectedForm {
  /// A word, or the packets that are passed over.
  static func unexpected(_ layers: Transports) -> ValueType {
    choice(
      "\"fail\", \"ignore\" or an object such as { ignore: [\"arp\"] }",
      text: ValueType<Unexpected>.word.map { UnexpectedForm(unexpected: $0) },
      object: ObjectType<UnexpectedForm>.unexpected(layers).value)
  }
}

/// Packets that are passed over, as a file writes what they look like.
struct IgnoredForm: Sendable {
  var seen: Seen
  var from: HostName?
}

extension ObjectType where Object == IgnoredForm {
  /// What packets look like that are passed over.
  static func ignored(_ layers: Transports) -> ObjectType {
    ObjectType(
      "packets such as { from: \"sender\", header: { protocol: 1 } }", { IgnoredForm(seen: Seen(span: $0)) },
      keys: [
        Key("from", .word, \.from, "the host that sent them; default: either"),
        .header(\.seen, "header fields"),
      ] + Key.transports(layers, \.seen) + [
        .payload(\.seen, "the payload"), .frame(\.seen, "the frame around them"),
      ])
  }
}

extension ValueType where Value == IgnoredPackets {
  /// A word for what kernels send by themselves, or what the packets look like.
  static func ignored(_ layers: Transports) -> ValueType {
    choice(
      "\"arp\", \"ipv6\" or an object such as { from: \"sender\" }",
      text: .word([("arp", .arp), ("ipv6", .ipv6)]),
      object: ObjectType<IgnoredForm>.ignored(layers).value.atLeastOneKey.checked {
        $0.seen.isEmpty && $0.from == nil
          ? "every packet matches this: say what they look like, or use unexpected: \"ignore\"" : nil
      }.map { .matching($0.seen, from: $0.from) })
  }
}
