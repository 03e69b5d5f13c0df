// SPDX-License-Identifier: Apache-2.0

import Wire

extension ValueType where Value == Message {
  /// A message: its text, or an object, with a header of one of some protocols.
  static func message(_ layers: Transports) -> ValueType {
    choice("a message: its text or an object", text: text, object: ObjectType.message(layers).value)
  }

  private static let text = ValueType(phrase: "a text", shape: .text(pattern: nil)) { node, decoding in
    guard let bytes = ValueType<[UInt8]>.payload.decode(node, &decoding) else { return nil }
    var message = Message(span: node.span)
    message.payload = Located(bytes, at: node.span)
    return message
  }
}

extension ObjectType where Object == Message {
  /// A message with more to it than its text.
  static func message(_ layers: Transports) -> ObjectType {
    ObjectType("a message", { Message(span: $0) }, keys: keys(layers))
  }

  private static func keys(_ layers: Transports) -> [Key<Message>] {
    contents + Key.transports(layers) + course(layers)
  }

  private static let contents: [Key<Message>] =
    [
      Key("payload", ValueType.payload.located, \.payload, "what the packet carries; nothing where left out"),
      Key(
        "flow", ObjectType<Flow>.flow.value.located, \.flow,
        "many numbered packets instead of one, each checked where it is delivered; captures do not record them"
      ),
      Key(
        "stream", ValueType<StreamContent>.stream.located,
        "bytes on a TCP connection to the scenario's `tcp.destinationPort` instead of a packet; the first opens it"
      ) { $0.stream = $1 },
      Key(
        "header", ObjectType<HeaderFields>.headerFields.value, \.header,
        "IP header fields as sent; all filled in where left out"),
    ]

  private static func course(_ layers: Transports) -> [Key<Message>] {
    [
      Key("from", ValueType.word.located, \.from, "who sends it; \"sender\" where left out"),
      Key("via", .wayOut, "its way out; \"auto\" where left out") { $0.via = $1 },
      Key(
        "frame", ObjectType<FrameFields>.frameFields.value, \.frame,
        "the Ethernet header of a frame; filled in where left out"),
      Key(
        "repeat", .integer(1...65_535), \.repetitions, "the same message this many times; 1 where left out"),
      Key("expect", ObjectType<Expectation>.expectation(layers).value, \.expect, "what must be seen of it"),
    ]
  }
}

extension ValueType where Value == Located<WayOut>? {
  /// A way out, or "auto" for the first that can carry the message.
  static let wayOut = ValueType<WayOut?>.word(
    [("auto", nil)] + WayOut.allCases.map { ($0.rawValue, $0) }
  ).located.map { choice in choice.value.map { Located($0, at: choice.span) } }
}

extension ObjectType where Object == FrameFields {
  /// The Ethernet header of a frame.
  static let frameFields = ObjectType(
    "an object of frame fields", { _ in FrameFields() },
    keys: [
      Key("source", ValueType.mac.located, \.source, "MAC address; the sending host's where left out"),
      Key(
        "destination", ValueType.mac.located, \.destination, "MAC address; the other host's where left out"),
      Key(
        "etherType", .etherType, \.etherType,
        "that of the packet where left out: 0x0800 of IPv4, 0x86dd of IPv6"),
      Key("vlan", .vlanTags, \.vlan, "tags of virtual LANs before the EtherType; none where left out"),
      Key(
        "padTo", ValueType.integer(0...65_535, unit: "bytes").located, \.padTo,
        "zeros follow the packet up to this length of the frame; none where left out"),
    ])
}

extension ValueType where Value == Located<UInt16> {
  /// The EtherType of a frame.
  static let etherType = ValueType<Int>.integer(0...65_535).map { UInt16($0) }.located
}

extension ObjectType where Object == HeaderFields {
  /// The header fields that a message may set, and what they mean.
  static let headerFields = ObjectType(
    "an object of header fields", { _ in HeaderFields() },
    keys: [
      key(.version, "4 for IPv4 and 6 for IPv6 where left out; it does not make a packet one of IPv6"),
      key(.headerLength, "of IPv4: 20 and the options where left out"),
      key(.dscp, "Differentiated Services Codepoint, RFC 2474; 0 where left out"),
      key(.ecn, "Explicit Congestion Notification, RFC 3168; 0 where left out"),
      key(.totalLength, "of IPv4: header and payload where left out"),
      key(.identification, "of IPv4: the kernel's where left out, 0 in a frame"),
      key(.reserved, "of IPv4: the reserved flag; not set where left out"),
      key(.dontFragment, "of IPv4: the DF flag; not set where left out, the kernel's for a plain socket"),
      key(.moreFragments, "of IPv4: the MF flag; not set where left out"),
      key(.fragmentOffset, "of IPv4: 0 where left out"),
      key(.ttl, "of IPv4: time to live; 64 where left out"),
      key(.protocol, "of IPv4: the payload's protocol; the scenario's where left out"),
      Key("checksum", .sentChecksum, \.checksum, "of IPv4: header checksum; \"good\" where left out"),
      key(.flowLabel, "of IPv6: the kernel's where left out, 0 under a header of one's own"),
      key(.payloadLength, "of IPv6: extension headers and payload where left out"),
      key(.nextHeader, "of IPv6: what follows, the scenario's protocol where left out"),
      key(.hopLimit, "of IPv6: 64 where left out"),
      address(.source, "this host's address where left out"),
      address(.destination, "the other host's address where left out"),
      Key(
        "options", .options, \.options, "of IPv4: none where left out; padded with ends to a multiple of 4"),
      Key(
        "extensions", ValueType<[SentExtension]>.extensions.located, \.extensions,
        "extension headers of IPv6, each of which announces the next; none where left out"),
    ])

  private static func key(_ field: IPField, _ meaning: String) -> Key<HeaderFields> {
    Key(field.rawValue, ValueType.fieldValue(of: field).located, meaning) { $0.values[field] = $1 }
  }

  private static func address(_ field: IPField, _ meaning: String) -> Key<HeaderFields> {
    Key(field.rawValue, ValueType<IPAddress>.ipAddress.located, meaning) {
      $0.values[field] = $1.map(\.number)
      $0.addressVersions[field] = $1.value.version
    }
  }
}

extension ValueType where Value == Located<SentChecksum> {
  private static let phrase = "\"good\", \"bad\", \"zero\" or a number from 0 to 65535"

  /// A checksum: a word or a number.
  static let sentChecksum = ValueType<SentChecksum>.choice(
    phrase, text: .word([("good", .good), ("bad", .bad), ("zero", .zero)], phrase: phrase),
    other: ValueType<Int>.integer(0...65_535).map { .number(UInt16($0)) }
  ).located
}

extension ValueType where Value == UInt128 {
  /// A header field's value, in the terms of the field: a number of its range, a flag, an address.
  static func fieldValue(of field: IPField) -> ValueType {
    switch field {
    case .reserved, .dontFragment, .moreFragments:
      return ValueType<Bool>.bool.map { $0 ? 1 : 0 }
    case .source, .destination:
      return ValueType<IPAddress>.ipAddress.map(\.number)
    default:
      let range = Int(field.range.lowerBound)...Int(field.range.upperBound)
      let type = ValueType<Int>.integer(range, multipleOf: Int(field.multiple), unit: field.unit)
      return type.map { UInt128($0) }
    }
  }
}

extension IPField {
  /// The field of a header as a file writes it, whose version has it.
  func member(in header: IPHeader) -> JSON5Tree.Member {
    let text = text(in: header) ?? ""
    let tree: JSON5Tree =
      switch self {
      case .reserved, .dontFragment, .moreFragments: .literal(value(in: header) == 0 ? "false" : "true")
      case .source, .destination: .string(text)
      default: .literal(text)
      }
    return JSON5Tree.Member(key: rawValue, value: tree)
  }
}
