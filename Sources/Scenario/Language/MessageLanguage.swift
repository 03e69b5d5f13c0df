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
      Key("payload", ValueType.payload.located, \.payload, "what the packet carries; default: nothing"),
      Key(
        "flow", ObjectType<Flow>.flow.value.located, \.flow,
        "many numbered packets instead of one, each checked where it is delivered; captures do not record them"
      ),
      Key(
        "stream", ValueType<StreamContent>.stream.located,
        "bytes on a TCP connection to the scenario's `tcp.destinationPort` instead of a packet;"
          + " the first stream opens it"
      ) { $0.stream = $1 },
      Key(
        "header", ObjectType<HeaderFields>.headerFields.value, \.header,
        "IP header fields as sent; default: all filled in"),
    ]

  private static func course(_ layers: Transports) -> [Key<Message>] {
    [
      Key("from", ValueType.word.located, \.from, "who sends it; default: \"sender\""),
      Key("via", .wayOut, "its way out; default: \"auto\"") { $0.via = $1 },
      Key(
        "frame", ObjectType<FrameFields>.frameFields.value, \.frame,
        "the Ethernet header of a frame; default: filled in"),
      Key(
        "repeat", .integer(1...65_535), \.repetitions, "the same message this many times; default: 1"),
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
      Key("source", ValueType.mac.located, \.source, "MAC address; default: the sending host's"),
      Key(
        "destination", ValueType.mac.located, \.destination, "MAC address; default: the other host's"),
      Key(
        "etherType", .etherType, \.etherType,
        "default: that of the packet, 0x0800 for IPv4, 0x86dd for IPv6"),
      Key("vlan", .vlanTags, \.vlan, "VLAN tags before the EtherType; default: none"),
      Key(
        "padTo", ValueType.integer(0...65_535, unit: "bytes").located, \.padTo,
        "zeros after the packet fill the frame to this length; default: none"),
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
      key(.version, "default: 4 for IPv4 and 6 for IPv6; it does not turn a packet into IPv6"),
      key(.headerLength, "IPv4 only; default: 20 plus the options"),
      key(.dscp, "Differentiated Services Codepoint, RFC 2474; default: 0"),
      key(.ecn, "Explicit Congestion Notification, RFC 3168; default: 0"),
      key(.totalLength, "IPv4 only; default: header plus payload"),
      key(.identification, "IPv4 only; default: chosen by the kernel, 0 in a frame"),
      key(.reserved, "IPv4 only: the reserved flag; default: not set"),
      key(
        .dontFragment,
        "IPv4 only: the DF flag;"
          + " default: not set, or chosen by the kernel for a plain socket"),
      key(.moreFragments, "IPv4 only: the MF flag; default: not set"),
      key(.fragmentOffset, "IPv4 only; default: 0"),
      key(.ttl, "IPv4 only: time to live; default: 64"),
      key(.protocol, "IPv4 only: the payload's protocol; default: the scenario's"),
      Key("checksum", .sentChecksum, \.checksum, "IPv4 only: header checksum; default: \"good\""),
      key(.flowLabel, "IPv6 only; default: chosen by the kernel, 0 in your own header"),
      key(.payloadLength, "IPv6 only; default: extension headers plus payload"),
      key(.nextHeader, "IPv6 only: what follows; default: the scenario's protocol"),
      key(.hopLimit, "IPv6 only; default: 64"),
      address(.source, "default: this host's address"),
      address(.destination, "default: the other host's address"),
      Key(
        "options", .options, \.options,
        "IPv4 only; default: none;"
          + " padded with end options to a multiple of 4"),
      Key(
        "extensions", ValueType<[SentExtension]>.extensions.located, \.extensions,
        "IPv6 extension headers, each announcing the next; default: none"),
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
