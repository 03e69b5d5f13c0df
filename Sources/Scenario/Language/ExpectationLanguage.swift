// SPDX-License-Identifier: Apache-2.0

import Wire

extension ObjectType where Object == Expectation {
  /// What must be seen of a message.
  static func expectation(_ layers: Transports) -> ObjectType {
    ObjectType("an object of expectations", { _ in Expectation() }, keys: keys(layers))
  }

  private static func keys(_ layers: Transports) -> [Key<Expectation>] {
    places(layers) + Key.transports(layers, \.everywhere) + others(layers)
  }

  private static func places(_ layers: Transports) -> [Key<Expectation>] {
    [
      place(.sent, .seen(layers), "at the sender's end of the cable"),
      place(.arrived, .seen(layers), "at the receiver's end of the cable"),
      place(.delivered, .delivered(layers), "by a socket in the receiver"),
      Key(
        "header", ObjectType<HeaderMatchers>.headerMatchers.value, \.everywhere.header,
        "header fields wherever the message is seen"),
      Key("payload", .payloadMatcher, \.everywhere.payload, "the payload wherever the message is seen"),
    ]
  }

  private static func others(_ layers: Transports) -> [Key<Expectation>] {
    [
      Key("frame", .frameMatchers, \.everywhere.frame, "the frame wherever the message is seen on the wire"),
      Key("counters", .counters, \.counters, "how much counters of the other host rise while it passes"),
      Key(
        "returned", .list(of: .returned(layers), "a list of objects of expectations"), \.returned,
        "what comes back because of it, in order"),
      Key("error", .errorName, \.error, "the name of the error with which the send call itself must fail"),
      Key("flow", ObjectType<FlowExpectation>.flowExpectation.value, \.flow, "what must hold for a flow"),
    ]
  }

  private static func place(
    _ place: Place, _ seen: ValueType<Seen>, _ meaning: String
  ) -> Key<Expectation> {
    Key(place.rawValue, .placeExpectation(seen), "must, or must not, be seen \(meaning), and how") {
      $0.places[place] = $1
    }
  }
}

extension ValueType where Value == Located<String> {
  /// The name of an error (errno(3)).
  static let errorName = ValueType<String>(
    phrase: "the name of an error such as \"EMSGSIZE\"",
    shape: .string(pattern: "E[A-Z0-9]+")
  ) { node, decoding in
    guard case .string(let text) = node.value, ErrorNames.has(text) else {
      var label: String?
      if case .string(let text) = node.value {
        label = ClosestMatch.suggestion(for: text, among: ErrorNames.all).map { "did you mean \"\($0)\"?" }
      }
      decoding.reject(node, wanted: "the name of an error such as \"EMSGSIZE\"", label: label)
      return nil
    }
    return text
  }.located
}

extension ValueType where Value == Located<FieldMatcher> {
  /// By how much a counter rises.
  fileprivate static let rise = ValueType<FieldMatcher>.matcher(
    ValueType<Int>.integer(0...Int(Int32.max)).map { UInt64($0) }, words: [("any", .any)]
  ).located
}

extension ValueType where Value == CounterExpectation {
  /// Counters by name, with their rise.
  static let counters = ValueType(
    phrase: "an object such as { \"Ip.InHdrErrors\": 1 }",
    shape: .dictionary(ValueType<Located<FieldMatcher>>.rise.shape, keyPattern: "[^.]+[.][^.]+")
  ) { node, decoding in
    guard case .object(let members) = node.value else {
      decoding.reject(node, wanted: "an object such as { \"Ip.InHdrErrors\": 1 }")
      return nil
    }
    let errorsBefore = decoding.diagnostics.reported.count
    let subject = decoding.subject
    defer { decoding.subject = subject }
    var counters = CounterExpectation()
    for member in members {
      decoding.subject = .key(member.key)
      let isName =
        member.key.split(separator: ".", omittingEmptySubsequences: false).filter { !$0.isEmpty }.count == 2
      if !isName {
        decoding.diagnostics.report(
          "a counter is named by its table and its name, such as \"Ip.InHdrErrors\"", at: member.keySpan)
      }
      let rise = ValueType<Located<FieldMatcher>>.rise.decode(member.value, &decoding)
      if let rise { counters.rises.append((member.key, rise)) }
    }
    return decoding.diagnostics.reported.count == errorsBefore ? counters : nil
  }
}

extension ValueType where Value == PlaceExpectation {
  /// Whether, or how, a message must be seen at a place.
  static func placeExpectation(_ seen: ValueType<Seen>) -> ValueType {
    let bare = ValueType<Bool>.bool.located.map { PlaceExpectation($0) }
    let object = seen.map { PlaceExpectation.seen($0) }
    return choice("true, false or an object of expectations", of: [.boolean, seen.shape]) { value in
      switch value {
      case .bool: bare
      case .object: object
      default: nil
      }
    }
  }
}

extension PlaceExpectation {
  /// What a bare `true` or `false` says.
  fileprivate init(_ isSeen: Located<Bool>) {
    if let span = isSeen.span, !isSeen.value { self = .notSeen(span) } else { self = .seen(Seen()) }
  }
}

extension ObjectType where Object == Seen {
  /// How a packet must look where it is seen.
  static func seen(_ layers: Transports) -> ObjectType {
    ObjectType(
      "an object of expectations", { Seen(span: $0) },
      keys: [.header(\.self)] + Key.transports(layers, \.self) + [
        .payload(\.self), .frame(\.self), .fragments(\.self), .copies(\.self),
      ])
  }
}

/// How a packet must look that a socket was handed, as a file writes it.
struct DeliveredForm: Sendable {
  var seen: Seen
}

extension ObjectType where Object == DeliveredForm {
  /// How a packet must look that a socket was handed: it has no frame any more.
  static func delivered(_ layers: Transports) -> ObjectType {
    ObjectType(
      "an object of expectations without a frame", { DeliveredForm(seen: Seen(span: $0)) },
      keys: [.header(\.seen)] + Key.transports(layers, \.seen) + [
        .payload(\.seen), .fragments(\.seen), .copies(\.seen),
      ])
  }
}

/// How a packet must look that comes back, as a file writes it.
struct ReturnedForm: Sendable {
  var seen: Seen
}

extension ObjectType where Object == ReturnedForm {
  /// How a packet must look that comes back, or that the cable loses on its way back.
  static func returned(_ layers: Transports) -> ObjectType {
    ObjectType(
      "an object of expectations", { ReturnedForm(seen: Seen(span: $0)) },
      keys: [.header(\.seen)] + Key.transports(layers, \.seen) + [
        .payload(\.seen), .frame(\.seen), .fragments(\.seen),
        .copies(
          \.seen, 0...65_535,
          "how many times it came back; default: 1; 0 if it was sent but is lost on its way back"),
      ])
  }
}

extension ValueType where Value == Seen {
  /// How a packet must look on the wire.
  static func seen(_ layers: Transports) -> ValueType { ObjectType<Seen>.seen(layers).value }
  /// How a packet must look that a socket was handed.
  static func delivered(_ layers: Transports) -> ValueType {
    ObjectType<DeliveredForm>.delivered(layers).value.map(\.seen)
  }
  /// How a packet must look that comes back.
  static func returned(_ layers: Transports) -> ValueType {
    ObjectType<ReturnedForm>.returned(layers).value.map(\.seen)
  }
}

/// What can be asked of a packet wherever it is seen.
extension Key {
  typealias SeenProperty = WritableKeyPath<Object, Seen> & Sendable

  static func header(_ seen: SeenProperty, _ meaning: String = "header fields there") -> Key {
    Key("header", ObjectType<HeaderMatchers>.headerMatchers.value, meaning) {
      $0[keyPath: seen].header = $1
    }
  }

  static func payload(_ seen: SeenProperty, _ meaning: String = "the payload there") -> Key {
    Key("payload", .payloadMatcher, meaning) { $0[keyPath: seen].payload = $1 }
  }

  static func frame(_ seen: SeenProperty, _ meaning: String = "the frame there") -> Key {
    Key("frame", .frameMatchers, meaning) { $0[keyPath: seen].frame = $1 }
  }

  fileprivate static func fragments(_ seen: SeenProperty) -> Key {
    Key("fragments", ValueType.integer(1...8192).located, "how many packets carried it") {
      $0[keyPath: seen].fragments = $1
    }
  }

  fileprivate static func copies(
    _ seen: SeenProperty, _ range: ClosedRange<Int> = 1...65_535,
    _ meaning: String =
      "how many times it was seen, at least once: for what must not be seen, say `false`; default: 1"
  ) -> Key {
    let number = ValueType<Int>.integer(range).map { UInt64($0) }
    return Key("copies", ValueType<FieldMatcher>.matcher(number, words: [("any", .any)]).located, meaning) {
      $0[keyPath: seen].copies = $1
    }
  }
}

extension ValueType where Value == FrameMatchers {
  /// What is asked of a frame.
  static let frameMatchers = ObjectType<FrameMatchers>.frameMatchers.value
}

extension ObjectType where Object == FrameMatchers {
  static let frameMatchers = ObjectType(
    "an object of frame fields", { _ in FrameMatchers() },
    keys: FrameField.allCases.map { field in
      Key(field.rawValue, ValueType.frameMatcher(of: field).located, meaning(of: field)) {
        $0.matchers[field] = $1
      }
    } + [
      Key(
        "vlan", .vlanMatchers, \.vlan,
        "its VLAN tags; default: those that were sent, or none if none was")
    ])

  private static func meaning(of field: FrameField) -> String {
    switch field {
    case .length: "bytes including the Ethernet header but not the FCS, as Wireshark counts"
    case .padding: "bytes after the IP packet"
    case .source: "MAC address"
    case .destination: "MAC address"
    case .etherType: "0x0800 for IPv4, 0x86dd for IPv6, after the tags if there are any"
    }
  }
}

extension ObjectType where Object == HeaderMatchers {
  /// The header fields of which something may be asked.
  static let headerMatchers = ObjectType(
    "an object of header fields", { _ in HeaderMatchers() },
    keys: IPField.numeric.map { field in
      Key(field.rawValue, ValueType.fieldMatcher(of: field).located, field.title) {
        $0.matchers[field] = $1
      }
    } + [
      Key(
        "options",
        ValueType<OptionsMatcher>.optionsMatcher(
          ValueType<Located<[IPv4Option]>>.options.map { IPv4Option.paddedBytes(of: $0.value) }),
        \.options, "the IPv4 options, padding included; \"any\" also matches none"),
      Key(
        "extensions", .extensionsMatcher, \.extensions,
        "the IPv6 extension headers, all of them in order; \"any\" also matches none"),
    ])
}

extension ValueType where Value == OptionsMatcher {
  /// What the options may be: a list of them, "none", or "any", which may be none.
  static func optionsMatcher(_ options: ValueType<[UInt8]>) -> ValueType<Located<OptionsMatcher>> {
    choice(
      "a list of options, \"none\" or \"any\"", text: .word([("none", .equals([])), ("any", .any)]),
      other: options.map { .equals($0) }
    ).located
  }
}
