// SPDX-License-Identifier: Apache-2.0

import Wire

extension ValueType where Value == Message {
  /// A message: its text, or an object.
  static let message = choice("a message: its text or an object") { value -> ValueType? in
    if case .string = value {
      text
    } else if case .object = value {
      ObjectType<Message>.message.value
    } else {
      nil
    }
  }

  private static let text = ValueType(phrase: "a string") { node, decoding in
    guard let bytes = ValueType<[UInt8]>.payload.decode(node, &decoding) else { return nil }
    var message = Message(span: node.span)
    message.payload = Located(bytes, at: node.span)
    return message
  }
}

extension ObjectType where Object == Message {
  /// A message with more to it than its text.
  static let message = ObjectType(
    "a message", { Message(span: $0) },
    keys: [
      Key("payload", ValueType.payload.located, \.payload, "what the packet carries; nothing where left out"),
      Key(
        "header", ObjectType<HeaderFields>.headerFields.value, \.header,
        "IPv4 header fields as sent; all filled in where left out"),
      Key("via", .wayOut, "its way out; \"auto\" where left out") { $0.via = $1 },
      Key("expect", ObjectType<Expectation>.expectation.value, \.expect, "what must be seen of it"),
    ])
}

extension ValueType where Value == Located<WayOut>? {
  /// A way out, or "auto" for the first that can carry the message.
  static let wayOut = ValueType<WayOut?>.word(
    [("auto", nil)] + WayOut.allCases.map { ($0.rawValue, $0) }
  ).located.map { choice in choice.value.map { Located($0, at: choice.span) } }
}

extension ObjectType where Object == HeaderFields {
  /// The header fields that a message may set, and what they mean.
  static let headerFields = ObjectType(
    "an object of header fields", { _ in HeaderFields() },
    keys: [
      key(.dscp, "Differentiated Services Codepoint, RFC 2474; 0 where left out"),
      key(.ecn, "Explicit Congestion Notification, RFC 3168; 0 where left out"),
      key(.identification, "the kernel's where left out"),
      key(.dontFragment, "the DF flag; not set where left out, the kernel's for a plain socket"),
      key(.ttl, "time to live; 64 where left out"),
      key(.protocol, "IP protocol; the scenario's where left out"),
      key(.source, "this host's address where left out"),
      key(.destination, "the other host's address where left out"),
    ])

  private static func key(_ field: IPv4Field, _ meaning: String) -> Key<HeaderFields> {
    Key(field.rawValue, ValueType.fieldValue(of: field).located, meaning) { $0.values[field] = $1 }
  }
}

extension ValueType where Value == UInt32 {
  /// A header field's value, in the terms of the field: a number of its range, a flag, an address.
  static func fieldValue(of field: IPv4Field) -> ValueType {
    switch field {
    case .reserved, .dontFragment, .moreFragments:
      return ValueType<Bool>.bool.map { $0 ? 1 : 0 }
    case .source, .destination:
      return ValueType<IPv4Address>.address.map(\.rawValue)
    default:
      let range = Int(field.range.lowerBound)...Int(field.range.upperBound)
      let type = ValueType<Int>.integer(range, multipleOf: Int(field.multiple), unit: field.unit)
      return type.map { UInt32($0) }
    }
  }
}
