// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Wire

extension ValueType where Value == [UInt8] {
  /// A payload: its text, or an object that says how the bytes are written.
  static let payload = choice(
    "a payload: its text or an object", text: ValueType<String>.text.map { Array($0.utf8) },
    object: PayloadForm.type.map(\.bytes))

  /// Bytes in hexadecimal; an error points at the digit that is none.
  static let hex = ValueType(
    phrase: "bytes in hexadecimal such as \"48 69\"", shape: .string(pattern: "\\s*([0-9A-Fa-f]{2}:?\\s*)*")
  ) { node, decoding in
    guard case .string(let text) = node.value else {
      decoding.reject(node, wanted: "bytes in hexadecimal such as \"48 69\"")
      return nil
    }
    do throws(HexError) {
      return try HexDump.bytes(fromHex: text)
    } catch {
      let span = node.span.character(error.index, of: text)
      decoding.diagnostics.report("\(decoding.subject) is not hexadecimal: \(error)", at: span)
      return nil
    }
  }

  /// Bytes in base64 (RFC 4648 §4).
  static let base64 = ValueType<String>.string.parsed(
    as: "bytes in base64 such as \"SGk=\"",
    pattern: "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
  ) { text in
    Data(base64Encoded: text).map { Array($0) }
  }
}

extension ValueType where Value == [UInt8] {
  /// The bytes of a file, no more than so many, named by a path that does not lead out of the scenario file's folder.
  static func file(atMost most: Int) -> ValueType {
    let phrase = "the path of a file next to or below the scenario file"
    return ValueType(phrase: phrase, shape: .string(pattern: nil)) { node, decoding in
      guard case .string(let path) = node.value else {
        decoding.reject(node, wanted: phrase)
        return nil
      }
      do throws(FileProblem) {
        return try decoding.files.read(path, below: decoding.folder, atMost: most)
      } catch {
        decoding.diagnostics.report("\(decoding.subject): \(error)", at: node.span)
        return nil
      }
    }
  }
}

extension SourceSpan {
  /// The place of one character of a string that stands here; the whole string where escapes hide the place.
  func character(_ index: Int, of text: String) -> SourceSpan {
    let start = range.lowerBound + 1 + index
    let isPlain = range.count == text.utf8.count + 2 && text.utf8.count == text.count
    return isPlain ? SourceSpan(file: file, range: start..<min(start + 1, range.upperBound)) : self
  }
}

/// A payload as a file writes it in its long form.
struct PayloadForm: Sendable {
  var said: [String] = []
  var given: [UInt8] = []
  var size: Int?
  var fill: Fill?

  /// The long form: exactly one kind of bytes.
  static let type = ObjectType<PayloadForm>.payload.value.needing("size", for: "fill").checked { form in
    form.size == nil && form.fill != nil
      ? "`fill` says what the bytes of `size` are, but there is no `size`" : nil
  }.exactlyOne(
    of: [["text"], ["hex"], ["base64"], ["file"], ["size"]], in: \.said,
    "a payload is exactly one of text, hex, base64, file or size"
  )

  var bytes: [UInt8] { size.map { (fill ?? .counter).bytes(count: $0) } ?? given }
}

extension ObjectType where Object == PayloadForm {
  /// A payload's long form.
  static let payload = ObjectType(
    "a payload", { _ in PayloadForm() },
    keys: [
      key("text", ValueType<String>.text.map { Array($0.utf8) }, "UTF-8 text"),
      key("hex", .hex, "bytes in hexadecimal, spaces allowed"),
      key("base64", .base64, "bytes in base64"),
      key("file", .file(atMost: 65_535), "the bytes of a file below the scenario file's folder"),
      Key("size", .payloadSize, "this many bytes, made by `fill`") {
        $0.said.append("size")
        $0.size = $1
      },
      Key("fill", .fill, \.fill, "what the bytes of `size` are; default: \"counter\""),
    ])

  private static func key(_ name: String, _ type: ValueType<[UInt8]>, _ meaning: String) -> Key<PayloadForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.given = $1
    }
  }
}

extension ValueType where Value == Int {
  /// The size of a payload; of one with which a case has too many bytes nothing is made.
  fileprivate static let payloadSize = {
    let size = integer(0...65_535, unit: "bytes")
    return ValueType(phrase: size.phrase, shape: size.shape) { node, decoding in
      size.decode(node, &decoding).flatMap { decoding.takes($0, at: node.span) ? $0 : 0 }
    }
  }()
}

extension ValueType where Value == Fill {
  /// A word, or a seed.
  static let fill = choice(
    "\"counter\", \"zeros\", \"ones\" or { seed: n }",
    text: .word([("counter", .counter), ("zeros", .zeros), ("ones", .ones)]),
    object: ObjectType<Seed>.seed.value.map { .random(seed: UInt64($0.seed)) })
}

struct Seed: Sendable {
  var seed = 0
}

extension ObjectType where Object == Seed {
  /// The seed of random bytes.
  static let seed = ObjectType(
    "a seed such as { seed: 1 }", { _ in Seed() },
    keys: [
      Key("seed", .integer(0...Int(Int32.max)), \.seed, isRequired: true, "the same bytes in every run")
    ])
}

extension JSON5Tree {
  /// So many equal or counted bytes are better told by their number.
  private static let fewestMade = 16

  /// Bytes as a person would write them, as the value of `payload` or `stream`: a text, how they are made, or their digits.
  static func payload(_ bytes: [UInt8]) -> JSON5Tree {
    if bytes.count >= fewestMade {
      let made: [(name: String?, Fill)] = [(nil, .counter), ("zeros", .zeros), ("ones", .ones)]
      if let (name, _) = made.first(where: { $0.1.bytes(count: bytes.count) == bytes }) {
        return .object(["size": .number(bytes.count), "fill": name.map { .string($0) }])
      }
    }
    return text(bytes).map { .string($0) } ?? .object(["hex": .string(HexDump.hexString(bytes))])
  }

  /// What can be read as a text, line ends and tabs included.
  private static func text(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let isReadable = text.unicodeScalars.allSatisfy { scalar in
      ["\n", "\r", "\t"].contains(scalar) || Printable.escape(String(scalar)) == String(scalar)
    }
    return isReadable ? text : nil
  }
}
