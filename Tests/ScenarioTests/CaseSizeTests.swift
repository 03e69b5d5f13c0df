// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

/// What a file asks for is bounded before it is made, and what is wrong with it is told as fast as it is read.
@Suite(.timeLimit(.minutes(1))) struct CaseSizeTests {
  private func errors(in text: String) -> [Diagnostic] {
    var reader = ScenarioReader()
    let file = SourceFile(path: "s.json5", bytes: Array(text.utf8))
    _ = reader.read(file, id: "s", networksAround: "/")
    return reader.allDiagnostics.reported
  }

  private func list(_ count: Int, _ element: (Int) -> String) -> String {
    (0..<count).map(element).joined(separator: ",")
  }

  @Test("repetitions are counted together, and the message is named with which they are too many")
  func messages() {
    let message = "{ payload: 'x', repeat: 50000 }"
    #expect(errors(in: "{ exchange: [\(message), \(message)] }").isEmpty)
    let found = errors(in: "{ exchange: [\(message), \(message), 'y', 'z'] }")
    #expect(found.map(\.message) == ["this case asks for 100002 messages in all, but the limit is 100000"])
    #expect(found.map(\.span.range.lowerBound) == ["{ exchange: [\(message), \(message), ".utf8.count])
  }

  @Test("a cable holds each packet against 100 matches at most in each direction, numbers aside")
  func matches() {
    let most = list(100) { "{ nth: 1, header: { ttl: \($0) } }" }
    let text = { (more: String) in
      "{ network: { cable: { drop: [\(most)\(more)], reverse: { drop: [\(most)] } } }, exchange: ['x'],"
        + " expect: { unexpected: 'ignore' } }"
    }
    let isOfNumber = { (diagnostic: Diagnostic) in diagnostic.message.contains("100 matches") }
    #expect(!errors(in: text(", 1")).contains(where: isOfNumber))
    let found = errors(in: text(", { header: { ttl: 200 } }, { header: { ttl: 201 } }")).filter(isOfNumber)
    #expect(
      found.map(\.message) == [
        "a cable compares each packet with at most 100 matches in a direction, but there are 102: ask for"
          + " several values "
          + "at once, { oneOf: [1, 2] }, for several places, { nth: [1, 3] }, or name packets by their number"
      ])
  }

  @Test("a packet that no message accounts for is held against 100 that are passed over at most")
  func ignored() {
    let text = { (count: Int) in
      "{ exchange: ['x'], expect: { unexpected: { ignore: [\(list(count) { "{ header: { ttl: \($0) } }" })] } } }"
    }
    #expect(errors(in: text(100)).isEmpty)
    let found = errors(in: text(101)).map(\.message)
    #expect(found.count == 1 && found[0].contains("100 at most"), "\(found)")
  }

  @Test("the bytes of repeated payloads are counted together, those of flows not")
  func bytes() {
    let size = 1024
    let most = "{ exchange: [{ payload: { size: 2048 }, repeat: 65535 }, { payload: { size: 2048 } }] }"
    #expect(errors(in: most).isEmpty)
    let more =
      "{ exchange: [{ payload: { size: 2048 }, repeat: 65535 }, { payload: { size: \(2 * size + 1) } }] }"
    let text = "this case asks for 134217729 bytes of payload in all, but the limit is 134217728"
    #expect(errors(in: more).map(\.message) == [text])
    #expect(errors(in: "{ exchange: [{ flow: { packets: 1000000, size: 1400 } }] }").isEmpty)
  }

  @Test("payloads of a given size are not made where all together are too many, expected ones included")
  func sizes() {
    let count = 6000
    let payloads = list(count) { _ in "{ payload: { size: 65515 }, expect: { payload: { size: 65515 } } }" }
    let text = "this case asks for \(2 * count * 65_515) bytes of payload in all, but the limit is 134217728"
    #expect(errors(in: "{ exchange: [\(payloads)] }").map(\.message) == [text])
  }

  @Test("a value that stands in very many places is refused before it is put there")
  func values() {
    let value = String(repeating: "y", count: 60_000)
    let places = String(repeating: "${x}", count: 9000)
    let found = errors(in: "{ variables: { x: '\(value)' }, exchange: ['\(places)'] }")
    #expect(
      found.map(\.message) == [
        "in this file the values take 540009000 bytes, but the limit is"
          + " 16777216"
      ])
    let ofMatrix = errors(in: "{ matrix: { x: ['a', '\(value)'] }, exchange: ['\(places)'] }")
    let name = "in the case [x=#2] the values take 540009000 bytes, but the limit is 16777216"
    #expect(ofMatrix.map(\.message) == [name])
  }

  @Test("a large file with very many cases is refused before they are read")
  func cases() {
    let text =
      "{ matrix: { a: [\(list(60_000, String.init))] }, exchange: ['${a}', '\(String(repeating: "x", count: 9_000))'] }"
    let found = errors(in: text)
    #expect(found.count == 1)
    #expect(found[0].message.hasSuffix("bytes to read, but the limit for all is 268435456"))
    #expect(found[0].span.range.lowerBound == 2)
  }

  @Test("the messages of all cases are counted before any is read, wherever their list stands")
  func messagesOfAllCases() {
    let matrix = "matrix: { n: [\(list(10_000, String.init))] }"
    let texts = "'${n}', \(list(4999) { _ in "'x'" })"
    let text = "the first 210 of its 10000 cases have 1050000 messages, but the limit for all is 1048576"
    let found = errors(in: "{ \(matrix), exchange: [\(texts)] }")
    #expect(found.map(\.message) == [text] && found.map(\.span.range.lowerBound) == [2])
    let constant = "{ \(matrix), title: '${n}', exchange: [\(list(5000) { _ in "'x'" })] }"
    #expect(errors(in: constant).map(\.message) == [text])
    let ofMatrix = "matrix: { n: [\(list(10_000, String.init))], all: [[\(list(5000) { _ in "'x'" })]] }"
    #expect(errors(in: "{ \(ofMatrix), title: '${n}', exchange: '${all}' }").map(\.message) == [text])
  }

  @Test("the values of all cases are counted before any is read")
  func valuesOfAllCases() {
    let numbers = list(4000, String.init)
    let found = errors(
      in: "{ matrix: { n: [\(numbers)] }, exchange: ['${n}'], tags: [\(list(3000) { _ in "'t'" })] }")
    // Of each case the file, the list of tags and its 3,000, the list of messages, its one and the value in it.
    let text =
      "the first 2792 of its 4000 cases have \(2792 * 3005) values to read, but the limit for all"
      + " is 8388608"
    #expect(found.map(\.message) == [text])
  }

  @Test("a matrix and a file have at most 256 names")
  func names() {
    let names = list(257) { "n\($0): [1]" }
    #expect(
      errors(in: "{ matrix: { \(names) }, exchange: ['x'] }")[0].message
        == "this matrix has 257 names, but the limit is 256")
    let ofList = "{ matrix: [{ \(list(257) { "n\($0): 1" }) }], exchange: ['x'] }"
    #expect(errors(in: ofList)[0].message == "this matrix has 257 names, but the limit is 256")
    let variables = "{ variables: { \(list(257) { "n\($0): 1" }) }, exchange: ['x'] }"
    #expect(errors(in: variables)[0].message == "there are 257 variables, but the limit is 256")
    let references = (0..<256).map { "${n\($0)}" }.joined()
    #expect(
      errors(in: "{ variables: { \(list(256) { "n\($0): 1" }) }, exchange: ['\(references)'] }").isEmpty)
  }

  @Test("very many unknown keys on one line are told of, each in its place", arguments: ["x", "é"])
  func unknownKeys(title: String) {
    let count = 4000
    let found = errors(in: "{ title: '\(title)', \(list(count) { "tagz\($0): 1" }), exchange: ['x'] }")
    #expect(found.count == count)
    var all = Diagnostics()
    for error in found { all.report(error) }
    let text = DiagnosticText.render(all)
    let column = 15 + (0..<count - 1).reduce(0) { $0 + "tagz\($1): 1,".count }
    #expect(text.contains("--> s.json5:1:\(column)\n"))
  }
}
