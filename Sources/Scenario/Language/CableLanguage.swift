// SPDX-License-Identifier: Apache-2.0

extension ObjectType where Object == Cable {
  /// What a cable does.
  static let cable = ObjectType(
    "a cable", { _ in Cable() },
    keys: ObjectType<Impairments>.impairments.keys.map { $0.within(\.forward) } + [
      Key(
        "reverse", ObjectType<Impairments>.impairments.value, \.reverse,
        "the same for the receiver's IPv4 packets, by numbers of their own; they pass untouched where left out"
      )
    ])
}

extension ObjectType where Object == Impairments {
  /// What a cable does to the packets of one direction.
  static let impairments = ObjectType(
    "an object such as { drop: [1] }", { _ in Impairments() },
    keys: [
      Key(
        "padTo", .integer(60...60, unit: "bytes"), \.padTo,
        "frames shorter than this are padded with zeros, as a NIC does"),
      Key(
        "checksumOffload", .bool, \.checksumOffload,
        "a header checksum of zero is filled in on the way, as a NIC does: it is then zero where it is sent, and "
          + "right where it arrives; false where left out"),
      Key("drop", packets, \.drop, "the numbers of packets that never come out"),
      Key("duplicate", packets, \.duplicate, "the numbers of packets that come out twice"),
      Key("swap", pairs, \.swap, "pairs [n, n+1] of packets that change places"),
      Key(
        "corrupt", list(of: ObjectType<Impairments.Corruption>.corruption, "{ packet: 1, bit: 64 }"),
        \.corrupt,
        "bits that are flipped"),
      Key(
        "delay", list(of: ObjectType<Impairments.Delay>.delay, "{ packet: 1, by: \"20ms\" }"), \.delay,
        "packets that are held back while later ones pass"),
      Key(
        "truncate", list(of: ObjectType<Impairments.Truncation>.truncation, "{ packet: 1, to: 24 }"),
        \.truncate,
        "packets that are cut"),
      Key(
        "loss", ObjectType<Impairments.Loss>.loss.value, \.loss,
        "packets that chance takes, the same in every run"),
    ])

  fileprivate static let number = ValueType<Int>.integer(1...1_000_000).located
  private static let packets = ValueType<[Located<Int>]>.list(
    of: number, "a list of packet numbers such as [1, 3]")
  private static let pairs = ValueType<[Located<[Int]>]>.list(
    of: ValueType<[Int]>.list(
      of: .integer(1...1_000_000), "a pair of packet numbers such as [1, 2]", count: 2...2
    )
    .checked {
      $0.count < 2 || $0[1] == $0[0] + 1 ? nil : "two packets that change places follow each other: [1, 2]"
    }
    .located, "a list of pairs such as [[1, 2]]")

  private static func list<Element>(
    of type: ObjectType<Element>, _ example: String
  ) -> ValueType<[Element]> {
    .list(of: type.value, "a list such as [\(example)]")
  }
}

extension ObjectType where Object == Impairments.Corruption {
  static let corruption = ObjectType(
    "an object such as { packet: 1, bit: 64 }", { _ in Impairments.Corruption() },
    keys: [
      Key("packet", ObjectType<Impairments>.number, \.packet, isRequired: true, "the packet's number"),
      Key(
        "bit", ValueType.integer(0...524_279).located, \.bit, isRequired: true,
        "the bit of the IP packet; 0 is the top bit of its first byte"),
    ])
}

extension ObjectType where Object == Impairments.Delay {
  static let delay = ObjectType(
    "an object such as { packet: 1, by: \"20ms\" }", { _ in Impairments.Delay() },
    keys: [
      Key("packet", ObjectType<Impairments>.number, \.packet, isRequired: true, "the packet's number"),
      Key("by", ValueType.duration.located, \.by, isRequired: true, "for how long; never shorter"),
    ])
}

extension ObjectType where Object == Impairments.Truncation {
  static let truncation = ObjectType(
    "an object such as { packet: 1, to: 24 }", { _ in Impairments.Truncation() },
    keys: [
      Key("packet", ObjectType<Impairments>.number, \.packet, isRequired: true, "the packet's number"),
      Key(
        "to", ValueType.integer(0...65_534, unit: "bytes").located, \.to, isRequired: true,
        "how much of the IP packet is left"),
    ])
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
