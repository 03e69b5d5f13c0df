// SPDX-License-Identifier: Apache-2.0

extension ObjectType where Object == Cable {
  /// What a cable does.
  static func cable(_ layers: Transports) -> ObjectType {
    let impairments = ObjectType<Impairments>.impairments(layers)
    return ObjectType(
      "a cable", { _ in Cable() },
      keys: impairments.keys.map { $0.within(\.forward) } + [
        Key(
          "reverse", impairments.value, \.reverse,
          "the same for the receiver's IP packets, counted separately; default: they pass untouched"
        )
      ])
  }
}

extension ObjectType where Object == Impairments {
  /// What a cable does to the packets of one direction.
  static func impairments(_ layers: Transports) -> ObjectType {
    ObjectType(
      "an object such as { drop: [1] }", { _ in Impairments() }, keys: card + named(layers) + [loss])
  }

  /// What a network card does to each packet.
  private static let card: [Key<Impairments>] = [
    Key(
      "padTo", .integer(60...60, unit: "bytes"), \.padTo,
      "frames shorter than this are padded with zeros, as a NIC does"),
    Key(
      "checksumOffload", .bool, \.checksumOffload,
      "a header checksum of zero is filled in on the way, as a NIC does: it is then zero where it is sent,"
        + " and correct where it arrives; default: false"),
  ]

  private static let loss = Key<Impairments>(
    "loss", ObjectType<Impairments.Loss>.loss.value, \.loss,
    "packets that are lost at random, but the same in every run")

  /// What is done to packets that the file names by their number or by what they are.
  private static func named(_ layers: Transports) -> [Key<Impairments>] {
    let packet = ValueType<PacketChoice>.packetChoice(layers).located
    let packets = ValueType<[Located<PacketChoice>]>.list(
      of: packet, "a list of packets such as [1, 3] or [{ nth: 2, udp: {} }]")
    return [
      Key("drop", packets, \.drop, "packets that never come out"),
      Key("duplicate", packets, \.duplicate, "packets that come out twice"),
      Key(
        "swap",
        .list(of: ValueType<PacketChoice>.pair(layers).located, "a list such as [[1, 2]] or [{ udp: {} }]"),
        \.swap,
        "pairs [n, n+1] of packets that change places; for a match, the packet and the one that enters"
          + " after it, whatever that is"),
      Key(
        "corrupt", list(of: ObjectType<Impairments.Corruption>.corruption(packet), "{ packet: 1, bit: 64 }"),
        \.corrupt,
        "bits that are flipped"),
      Key(
        "delay", list(of: ObjectType<Impairments.Delay>.delay(packet), "{ packet: 1, by: \"20ms\" }"),
        \.delay,
        "packets that are held back while later ones pass"),
      Key(
        "truncate", list(of: ObjectType<Impairments.Truncation>.truncation(packet), "{ packet: 1, to: 24 }"),
        \.truncate,
        "packets that are cut"),
    ]
  }

  private static func list<Element>(
    of type: ObjectType<Element>, _ example: String
  ) -> ValueType<[Element]> {
    .list(of: type.value, "a list such as [\(example)]")
  }
}

extension ObjectType where Object == Impairments.Corruption {
  static func corruption(_ packet: ValueType<Located<PacketChoice>>) -> ObjectType {
    ObjectType(
      "an object such as { packet: 1, bit: 64 }", { _ in Impairments.Corruption() },
      keys: [
        Key("packet", packet, \.packet, isRequired: true, "the packet's number, or a match"),
        Key(
          "bit", ValueType.integer(0...524_279).located, \.bit, isRequired: true,
          "the bit of the IP packet; 0 is the top bit of its first byte"),
      ])
  }
}

extension ObjectType where Object == Impairments.Delay {
  static func delay(_ packet: ValueType<Located<PacketChoice>>) -> ObjectType {
    ObjectType(
      "an object such as { packet: 1, by: \"20ms\" }", { _ in Impairments.Delay() },
      keys: [
        Key("packet", packet, \.packet, isRequired: true, "the packet's number, or a match"),
        Key("by", ValueType.duration.located, \.by, isRequired: true, "for at least this long"),
      ])
  }
}

extension ObjectType where Object == Impairments.Truncation {
  static func truncation(_ packet: ValueType<Located<PacketChoice>>) -> ObjectType {
    ObjectType(
      "an object such as { packet: 1, to: 24 }", { _ in Impairments.Truncation() },
      keys: [
        Key("packet", packet, \.packet, isRequired: true, "the packet's number, or a match"),
        Key(
          "to", ValueType.integer(0...65_534, unit: "bytes").located, \.to, isRequired: true,
          "how much of the IP packet is left"),
      ])
  }
}

extension ObjectType where Object == Impairments.Loss {
  static let loss = ObjectType(
    "an object such as { percent: 10, seed: 1 }", { _ in Impairments.Loss() },
    keys: [
      Key(
        "percent", .integer(0...100), \.percent, isRequired: true, "how many of a hundred, in the long run"),
      Key(
        "seed", .integer(0...Int(Int32.max)), \.seed, isRequired: true, "the same packets for the same seed"),
    ])
}
