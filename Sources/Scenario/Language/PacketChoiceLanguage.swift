// SPDX-License-Identifier: Apache-2.0

extension ValueType where Value == PacketChoice {
  /// A packet's number, or a match.
  static func packetChoice(_ layers: Transports) -> ValueType {
    let number = ValueType<Int>.packetNumber.map { PacketChoice(number: $0) }
    let match = match(layers)
    let phrase = "\(number.phrase) or a match such as { nth: 2, udp: {} }"
    return choice(phrase, of: [number.shape, match.shape]) { value in
      switch value {
      case .object: match
      case .number: number
      default: nil
      }
    }
  }

  /// The packet that changes places with the one behind it: the two numbers, or a match.
  static func pair(_ layers: Transports) -> ValueType {
    let numbers = ValueType<[Int]>.list(
      of: .packetNumber, "a pair of packet numbers such as [1, 2]", count: 2...2
    ).checked {
      $0.count < 2 || $0[1] == $0[0] + 1 ? nil : "two packets that change places must be consecutive: [1, 2]"
    }.map { PacketChoice(number: $0.first ?? 1) }
    let match = match(layers)
    return choice(
      "a pair of packet numbers such as [1, 2] or a match such as { nth: 2, udp: {} }",
      of: [numbers.shape, match.shape]
    ) { value in
      switch value {
      case .object: match
      case .array: numbers
      default: nil
      }
    }
  }

  private static func match(_ layers: Transports) -> ValueType {
    ObjectType<PacketMatchForm>.packetMatch(layers).value.atLeastOneKey.checked { form in
      form.seen.isEmpty
        ? "every packet matches this: say what they look like,"
          + " { nth: 2, udp: {} }, or just give a number" : nil
    }.map { PacketChoice($0.seen, $0.nth) }
  }
}

/// Packets by what they are, as a file writes them.
struct PacketMatchForm: Sendable {
  var seen: Seen
  var nth = PacketChoice.Nth.numbers([1])
}

extension ObjectType where Object == PacketMatchForm {
  /// Which of the packets that match.
  static func packetMatch(_ layers: Transports) -> ObjectType {
    ObjectType(
      "a match such as { nth: 2, udp: {} }", { PacketMatchForm(seen: Seen(span: $0)) },
      keys: [
        Key(
          "nth", .nth, "which of the packets that match, in the order in which they enter; default: 1"
        ) {
          $0.nth = $1
        },
        .header(\.seen, "header fields"),
      ] + Key.transports(layers, \.seen) + [
        .payload(
          \.seen, "the payload, which follows the UDP or TCP header if that is matched too"),
        .frame(\.seen, "the frame around it"),
      ])
  }
}

extension ValueType where Value == PacketChoice.Nth {
  /// A number, some numbers, every one, or every so many-th one.
  static let nth = choice(
    "a number, a list of numbers, \"every\" or { every: 3 }",
    of: [ValueType<Int>.packetNumber.shape, numbers.shape, every.shape, step.shape]
  ) { value in
    switch value {
    case .number: ValueType<Int>.packetNumber.map { .numbers([$0]) }
    case .array: numbers
    case .string: every
    case .object: step
    default: nil
    }
  }

  private static let every = ValueType.word([("every", .every(1))])
  private static let step = ObjectType<EveryNthForm>.everyNth.value.map { PacketChoice.Nth.every($0.step) }
  private static let numbers = ValueType<[Int]>.list(
    of: .packetNumber, "a list of at least one number such as [1, 3]", count: 1...(.max)
  ).checked { numbers in
    var seen: Set<Int> = []
    return numbers.first { !seen.insert($0).inserted }.map { "\($0) is in this list twice" }
  }.map { PacketChoice.Nth.numbers($0.sorted()) }
}

/// Every so many-th packet, as a file writes it.
struct EveryNthForm: Sendable {
  var step = 1
}

extension ObjectType where Object == EveryNthForm {
  static let everyNth = ObjectType(
    "an object such as { every: 3 }", { _ in EveryNthForm() },
    keys: [
      Key(
        "every", .packetNumber, \.step, isRequired: true,
        "3 is the third that matches, the sixth, the ninth and so on")
    ])
}

extension ValueType where Value == Int {
  /// A place among packets.
  static let packetNumber = integer(1...1_000_000)
}
