// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

/// What valid JSON5 means; what is not valid stands in `golden/syntax`.
@Suite("Reading JSON5")
struct JSON5ReaderTests {
  @Test("the kitchen-sink example of the specification means what it says there")
  func kitchenSink() throws {
    // https://spec.json5.org/#short-example
    let text = #"""
      {
        // comments
        unquoted: 'and you can quote me on that',
        singleQuotes: 'I can use "double quotes" here',
        lineBreaks: "Look, Mom! \
      No \\n's!",
        hexadecimal: 0xdecaf,
        leadingDecimalPoint: .8675309, andTrailing: 8675309.,
        positiveSign: +1,
        trailingComma: 'in objects', andIn: ['arrays',],
        "backwardsCompatible": "with JSON",
      }
      """#
    #expect(
      try outline(text) == """
        {unquoted:"and you can quote me on that",singleQuotes:"I can use \"double quotes\" here",\
        lineBreaks:"Look, Mom! No \\n's!",hexadecimal:912559,leadingDecimalPoint:0.8675309,\
        andTrailing:8675309.0,positiveSign:1,trailingComma:"in objects",andIn:["arrays"],\
        backwardsCompatible:"with JSON"}
        """)
  }

  @Test(
    "plain JSON means what Python's json module reads",
    arguments: [
      // (text, json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False) with keys unquoted)
      ("null", "null"),
      (" [ true , false ] ", "[true,false]"),
      ("{}", "{}"),
      ("[]", "[]"),
      (#"{"a":{"b":[1,{"c":null}]},"":""}"#, #"{a:{b:[1,{c:null}]},:""}"#),
      ("9223372036854775807", "9223372036854775807"),
      ("-9223372036854775808", "-9223372036854775808"),
      ("0.1", "0.1"), ("1e3", "1000.0"), ("-2.5E-1", "-0.25"), ("1E400", "inf"), ("0", "0"), ("-1", "-1"),
      (#""\u0041\n\t\b\f\r\/\\\"""#, "\"A\n\t\u{8}\u{c}\r/\\\"\""),
      (#""\ud83d\ude00 \u00e9 \uffff""#, "\"😀 é \u{ffff}\""),
      (#""\udbff\udfff""#, "\"\u{10ffff}\""),
      (#""日本""#, #""日本""#),
    ])
  func plainJSON(text: String, meaning: String) throws {
    #expect(try outline(text) == meaning)
  }

  @Test(
    "numbers keep whole values exact, and are doubles otherwise",
    arguments: [
      // https://spec.json5.org/#numbers, examples
      ("123", .integer(123)), ("123.456", .double(123.456)), (".456", .double(0.456)),
      ("123.", .double(123)), ("123e-456", .double(0)), ("0xdecaf", .integer(912_559)),
      ("0xDECAF", .integer(912_559)), ("0Xff", .integer(255)), ("-0xC0FFEE", .integer(-12_648_430)),
      ("+0x10", .integer(16)), ("Infinity", .double(.infinity)), ("-Infinity", .double(-.infinity)),
      ("+Infinity", .double(.infinity)), ("+.5", .double(0.5)), ("-0.5e+2", .double(-50)),
      ("5.e1", .double(50)), ("0.0", .double(0)), ("+7", .integer(7)), ("-0", .integer(0)),
      // 2^53 + 1 is no double; 2^63 is no Int64.
      ("9007199254740993", .integer(9_007_199_254_740_993)),
      ("9223372036854775808", .double(9_223_372_036_854_775_808)),
      ("0x7fffffffffffffff", .integer(.max)), ("-0x8000000000000000", .integer(.min)),
      ("0x10000000000000000", .double(18_446_744_073_709_551_616)),
      ("-0xffffffffffffffff", .double(-18_446_744_073_709_551_616)),
    ] as [(String, JSON5Number)])
  func numbers(text: String, meaning: JSON5Number) throws {
    let value = try read(text).value
    guard case .number(let number) = value else {
      Issue.record("\(text) is read as \(value)")
      return
    }
    #expect(number == meaning)
  }

  @Test("NaN is a number with any sign", arguments: ["NaN", "+NaN", "-NaN"])
  func notANumber(text: String) throws {
    guard case .number(.double(let number)) = try read(text).value else {
      Issue.record("\(text) is no double")
      return
    }
    #expect(number.isNaN)
  }

  @Test(
    "strings take each escape of the specification",
    arguments: [
      // https://spec.json5.org/#strings
      (#"'\'\"\\\b\f\n\r\t\v\0'"#, "'\"\\\u{8}\u{c}\n\r\t\u{b}\0"),
      (#"'\x41\x7a\xFF'"#, "Az\u{ff}"),
      (#"'\A\C\/\D\C'"#, "AC/DC"),
      (#"'\0a'"#, "\0a"),
      (#"'\日'"#, "日"),
      ("'a\\\nb\\\r\nc\\\rd\\\u{2028}e\\\u{2029}f'", "abcdef"),
      ("'\u{2028}\u{2029}\t\u{1}'", "\u{2028}\u{2029}\t\u{1}"),
      ("\"it's\"", "it's"), ("'say \"hi\"'", "say \"hi\""), ("''", ""),
    ])
  func strings(text: String, meaning: String) throws {
    guard case .string(let string) = try read(text).value else {
      Issue.record("\(text) is no string")
      return
    }
    #expect(Array(string.unicodeScalars) == Array(meaning.unicodeScalars))
  }

  @Test(
    "two escapes make a character where the first is a high surrogate and the second a low one, and no other two do",
    arguments: [
      // The Unicode Standard, table 3-5: D800 DC00 is U+10000, DBFF DFFF the last character there is.
      ("d800", "dc00", 0x10000), ("d800", "dfff", 0x103ff), ("d83d", "de00", 0x1f600),
      ("dbff", "dc00", 0x10fc00), ("DBFF", "DFFF", 0x10ffff), ("d83d", "dbff", nil), ("d83d", "e000", nil),
      ("d83d", "d83d", nil), ("d83d", "0041", nil), ("d83d", "ffff", nil), ("d83d", "0000", nil),
      ("dc00", "dc00", nil), ("dfff", "d800", nil),
    ] as [(String, String, UInt32?)])
  func surrogates(high: String, low: String, scalar: UInt32?) throws {
    let text = "'\\u\(high)\\u\(low)'"
    guard let scalar else {
      #expect(throws: Unreadable.self) { try read(text) }
      return
    }
    let expected = String(try #require(Unicode.Scalar(scalar)))
    #expect(try outline(text) == "\"\(expected)\"")
  }

  @Test("next to the surrogates each escape is a character of its own", arguments: ["d7ff", "e000"])
  func besideSurrogates(unit: String) throws {
    let scalar = try #require(UInt32(unit, radix: 16).flatMap(Unicode.Scalar.init))
    #expect(try outline("'\\u\(unit)\\u\(unit)'") == "\"\(scalar)\(scalar)\"")
  }

  @Test(
    "a key may be any identifier, a reserved word or a string",
    arguments: [
      ("$_a9", "$_a9"), ("ünïcödé", "ünïcödé"), ("日本", "日本"), (#"\u0061b\u0031"#, "ab1"),
      ("null", "null"), ("Infinity", "Infinity"), ("a\u{200d}b", "a\u{200d}b"),
      ("'a b'", "a b"), (#""1.2""#, "1.2"), ("Ⅷ", "Ⅷ"),
    ])
  func keys(text: String, key: String) throws {
    guard case .object(let members) = try read("{\(text):1}").value else {
      Issue.record("no object")
      return
    }
    #expect(members.map(\.key) == [key])
  }

  @Test("all white space and both kinds of comment may stand between any two tokens")
  func space() throws {
    let blanks = "\u{feff}\t\u{b}\u{c} \u{a0}\u{2003}\u{3000}\n\r\u{2028}\u{2029}"
    let space = blanks + "/* * / ** \n*//**/// x\r// y\u{2028}"
    let text = ["{", "a", ":", "[", "1", ",", "2", ",", "]", ",", "b", ":", "3", "}", ""]
      .map { space + $0 }.joined()
    #expect(try outline(text) == "{a:[1,2],b:3}")
  }

  @Test("a line comment at the very end needs no line end")
  func commentAtTheEnd() throws {
    #expect(try outline("1// one") == "1")
  }

  @Test("each value and key knows the bytes it stands in")
  func spans() throws {
    let text = #"{ é: [ -1, 'x' ], "k" : {a: null} }"#
    let node = try read(text)
    guard case .object(let members) = node.value, case .array(let elements) = members[0].value.value else {
      Issue.record("no object of an array")
      return
    }
    let spans = [node.span] + members.flatMap { [$0.keySpan, $0.value.span] } + elements.map(\.span)
    let source = Array(text.utf8)
    #expect(
      spans.map { String(decoding: source[$0.range], as: UTF8.self) }
        == [text, "é", "[ -1, 'x' ]", #""k""#, "{a: null}", "-1", "'x'"])
  }

  @Test("of a key given twice the first value is kept, and the error is reported")
  func duplicateKey() throws {
    var diagnostics = Diagnostics()
    let node = try #require(JSON5Reader.read(file("{a: 1, b: 2, a: 3}"), into: &diagnostics))
    #expect(outline(node.value) == "{a:1,b:2}")
    #expect(diagnostics.reported.map(\.message) == [#"the key "a" is given twice"#])
  }

  @Test("reading stops after a hundred keys given twice")
  func manyDuplicates() {
    var diagnostics = Diagnostics()
    let text = "{" + String(repeating: "a:1,", count: 1000) + "}"
    #expect(JSON5Reader.read(file(text), into: &diagnostics) == nil)
    #expect(diagnostics.reported.count == 101)
    #expect(diagnostics.reported.last?.message == "more than 100 keys are given twice: reading stops here")
  }

  @Test("64 levels are read, and 65 are not", arguments: [(64, true), (65, false)])
  func depth(levels: Int, isRead: Bool) {
    var diagnostics = Diagnostics()
    let (opening, closing) = (
      String(repeating: "[", count: levels - 1), String(repeating: "]", count: levels - 1)
    )
    let text = opening + "{}" + closing
    #expect((JSON5Reader.read(file(text), into: &diagnostics) != nil) == isRead)
    #expect(diagnostics.isEmpty == isRead)
  }

  @Test("neighbours on one level are not levels")
  func wideArray() throws {
    #expect(try outline("[" + String(repeating: "[],", count: 100) + "]").count == 301)
  }

  @Test("1 MiB is read, and a byte more is not")
  func size() {
    let limit = 1_048_576
    var diagnostics = Diagnostics()
    let largest = [UInt8](repeating: UInt8(ascii: " "), count: limit - 1) + [UInt8(ascii: "1")]
    #expect(JSON5Reader.read(SourceFile(path: "f", bytes: largest), into: &diagnostics) != nil)
    #expect(diagnostics.isEmpty)
    #expect(JSON5Reader.read(SourceFile(path: "f", bytes: largest + [0x20]), into: &diagnostics) == nil)
    #expect(
      diagnostics.reported.map(\.message) == [
        "this file is larger than the limit of 1048576 bytes"
      ])
    #expect(diagnostics.reported.first?.span.range == 0..<0)
  }

  @Test(
    "invalid UTF-8 is found at its first byte",
    arguments: [
      // RFC 3629, section 3: a stray continuation, an overlong form, a surrogate, above U+10FFFF, cut short.
      ([0x27, 0x80, 0x27], 1), ([0x27, 0xc0, 0xaf, 0x27], 1), ([0x20, 0x27, 0xed, 0xa0, 0x80, 0x27], 2),
      ([0x27, 0xf4, 0x90, 0x80, 0x80], 1), ([0x27, 0x27, 0xe2, 0x82], 2),
    ] as [([UInt8], Int)])
  func invalidUTF8(bytes: [UInt8], offset: Int) throws {
    var diagnostics = Diagnostics()
    #expect(JSON5Reader.read(SourceFile(path: "f", bytes: bytes), into: &diagnostics) == nil)
    let found = try #require(diagnostics.reported.first)
    #expect(found.span.range.lowerBound == offset)
    #expect(
      found.message == "invalid UTF-8: byte 0x\(String(bytes[offset], radix: 16)) at offset \(offset)")
  }
}

private struct Unreadable: Error {
  let diagnostics: String
}

private func file(_ text: String) -> SourceFile {
  SourceFile(path: "f", bytes: Array(text.utf8))
}

private func read(_ text: String) throws -> JSON5Node {
  var diagnostics = Diagnostics()
  let node = JSON5Reader.read(file(text), into: &diagnostics)
  guard let node, diagnostics.isEmpty else {
    throw Unreadable(diagnostics: DiagnosticText.render(diagnostics))
  }
  return node
}

private func outline(_ text: String) throws -> String {
  outline(try read(text).value)
}

/// A value in one line: keys bare, strings in quotes, nothing escaped.
private func outline(_ value: JSON5Value) -> String {
  switch value {
  case .null: "null"
  case .bool(let bool): "\(bool)"
  case .number(.integer(let integer)): "\(integer)"
  case .number(.double(let double)): "\(double)"
  case .string(let string): "\"\(string)\""
  case .array(let elements): "[" + elements.map { outline($0.value) }.joined(separator: ",") + "]"
  case .object(let members):
    "{" + members.map { "\($0.key):\(outline($0.value.value))" }.joined(separator: ",") + "}"
  }
}
