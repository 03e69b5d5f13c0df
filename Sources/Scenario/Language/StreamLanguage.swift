// SPDX-License-Identifier: Apache-2.0

extension ValueType where Value == StreamContent {
  /// The bytes of a stream: their text, or an object that says how they are written.
  static let stream = choice(
    "a stream: its text or an object", text: ValueType<String>.text.map { .bytes(Array($0.utf8)) },
    object: StreamForm.type.map(\.content)
  ).checked { $0.count == 0 ? "a stream has at least one byte" : nil }
}

/// A stream as a file writes it in its long form.
struct StreamForm: Sendable {
  var said: [String] = []
  var given: [UInt8] = []
  var size: Int?
  var fill: Fill?

  /// The long form: exactly one kind of bytes.
  static let type = ObjectType<StreamForm>.stream.value.needing("size", for: "fill").checked { form in
    form.size == nil && form.fill != nil
      ? "`fill` says what the bytes of `size` are, but there is no `size`" : nil
  }.exactlyOne(
    of: [["text"], ["hex"], ["base64"], ["file"], ["size"], ["until"]], in: \.said,
    "a stream is exactly one of text, hex, base64, file, size or until"
  )

  var content: StreamContent {
    if said == ["until"] { return .untilEnd }
    return size.map { .made(.init(count: $0, fill: fill ?? .counter)) } ?? .bytes(given)
  }
}

extension ObjectType where Object == StreamForm {
  /// The longest file that a stream is taken from, in bytes.
  private static let longestFile = 16 << 20

  /// A stream's long form.
  static let stream = ObjectType(
    "a stream", { _ in StreamForm() },
    keys: [
      key("text", ValueType<String>.text.map { Array($0.utf8) }, "UTF-8 text"),
      key("hex", .hex, "bytes in hexadecimal, spaces allowed"),
      key("base64", .base64, "bytes in base64"),
      key("file", .file(atMost: longestFile), "the bytes of a file below the scenario file's folder"),
      Key(
        "size", .integer(1...StreamContent.mostBytes, unit: "bytes"),
        "this many bytes, made by `fill`"
      ) {
        $0.said.append("size")
        $0.size = $1
      },
      Key("fill", .fill, \.fill, "what the bytes of `size` are; default: \"counter\""),
      Key(
        "until", ValueType<Bool>.word([("end", true)]),
        "everything a program sends until it stops sending: until: \"end\""
      ) { form, _ in form.said.append("until") },
    ])

  private static func key(_ name: String, _ type: ValueType<[UInt8]>, _ meaning: String) -> Key<StreamForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.given = $1
    }
  }
}

extension ObjectType where Object == StreamExpectation {
  /// What must hold of the connection.
  static let streamExpectation = ObjectType(
    "an object such as { retransmissions: 1 }", { StreamExpectation(span: $0) },
    keys: [
      count(.segments, "segments that leave either host, including those without payload"),
      count(.retransmissions, "segments with bytes that had been sent before"),
      count(.outOfOrder, "segments that arrive after a gap, or after what was sent later"),
      count(.zeroWindows, "how many times a host announces a zero window"),
      count(.rate, "bytes transferred per second", upTo: 1 << 40),
      Key(
        "reset", ValueType<Bool>.bool.located, \.reset,
        "whether the connection ends with RST; default: with FIN from both hosts"),
    ])

  private static func count(
    _ measure: StreamMeasure, _ meaning: String, upTo most: Int = Int(Int32.max)
  ) -> Key<StreamExpectation> {
    let number = ValueType<FieldMatcher>.matcher(
      ValueType<Int>.integer(0...most).map { UInt64($0) }, words: [("any", .any)])
    return Key(measure.rawValue, number.located, meaning) { $0.matchers[measure] = $1 }
  }
}
