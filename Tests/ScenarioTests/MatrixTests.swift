// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Scenario

@Suite("The matrix of a scenario")
struct MatrixTests {
  /// The cases of a scenario's text.
  private func cases(_ text: String) throws -> [Scenario] {
    var reader = ScenarioReader()
    let file = SourceFile(path: "m.json5", bytes: Array(text.utf8))
    let cases = reader.read(file, id: "m", networksAround: "/")
    try #require(reader.allDiagnostics.isEmpty, "\(DiagnosticText.render(reader.allDiagnostics))")
    return cases.map(\.scenario)
  }

  @Test("every combination is a case, the last name changing fastest, each with its values in its id")
  func combinations() throws {
    let cases = try cases(
      #"{ exchange: [{ payload: "${a}${b}" }], matrix: { a: ["x", "y"], b: [1, 2, 3] } }"#)
    #expect(
      cases.map(\.id) == ["m[a=x,b=1]", "m[a=x,b=2]", "m[a=x,b=3]", "m[a=y,b=1]", "m[a=y,b=2]", "m[a=y,b=3]"])
    let payloads = cases.map { String(decoding: $0.exchange[0].payload.value, as: UTF8.self) }
    #expect(payloads == ["x1", "x2", "x3", "y1", "y2", "y3"])
  }

  @Test("of a list each object is a case, with the names in the order of the first")
  func list() throws {
    let cases = try cases(
      #"{ exchange: ["${a}${b}"], matrix: [{ a: "x", b: 1 }, { b: 2, a: "x" }, { a: "y z", b: [3] }] }"#)
    #expect(cases.map(\.id) == ["m[a=x,b=1]", "m[a=x,b=2]", "m[a=#3,b=#3]"])
    let payloads = cases.map { String(decoding: $0.exchange[0].payload.value, as: UTF8.self) }
    #expect(payloads == ["x1", "x2", "y z"])
    #expect(cases.allSatisfy { $0.isOfMatrix && $0.mayShareHosts })
  }

  @Test("cases of other versions of IP have hosts of their own")
  func versions() throws {
    let cases = try cases(#"{ version: "${v}", exchange: ["${n}"], matrix: { v: [4, 6], n: [1, 2] } }"#)
    #expect(cases[0].mayShareHosts(with: cases[1]) && cases[2].mayShareHosts(with: cases[3]))
    #expect(!cases[1].mayShareHosts(with: cases[2]))
  }

  @Test(
    "no two cases have the same id, however much their values look alike",
    arguments: [
      ("{ a: [1, '1', 1, '#2', 'b c', '#5'] }", ["a=1", "a=#2", "a=#3", "a=#4", "a=#5", "a=#6"]),
      ("[{ a: 1 }, { a: '1' }, { a: 'x y' }, { a: '#3' }]", ["a=1", "a=1,#2", "a=#3", "a=#4"]),
    ])
  func sameTexts(matrix: String, names: [String]) throws {
    let ids = try cases(#"{ exchange: ["${a}"], matrix: \#(matrix) }"#).map(\.id)
    #expect(ids == names.map { "m[\($0)]" })
    #expect(Set(ids).count == ids.count)
  }

  @Test("as many as 65,536 cases are run, in either form, and not one more")
  func mostCases() {
    let values = (0..<257).map { "\($0)" }
    func list(_ count: Int) -> String { "[\((0..<count).map { "{a:\($0)}" }.joined(separator: ","))]" }
    func lists(_ first: Int, _ second: Int) -> String {
      "{ a: [\(values.prefix(first).joined(separator: ","))], b: [\(values.prefix(second).joined(separator: ","))] }"
    }
    let rows =
      [
        ("${a}", list(65_536), nil), ("${a}", list(65_537), 65_537),
        ("${a}${b}", lists(256, 256), nil), ("${a}${b}", lists(256, 257), 65_792),
      ] as [(String, String, Int?)]
    for (payload, matrix, tooMany) in rows {
      let file = SourceFile(path: "m", bytes: Array("{ exchange: ['\(payload)'], matrix: \(matrix) }".utf8))
      var errors = Diagnostics()
      let node = JSON5Reader.read(file, into: &errors)
      let read = node.flatMap { Matrix(of: $0, [], &errors) }
      #expect(read?.count == (tooMany == nil ? 65_536 : nil))
      let wanted = tooMany.map { ["this matrix has \($0) cases, but at most 65536 are run"] } ?? []
      #expect(errors.reported.map(\.message) == wanted)
    }
  }

  @Test("the seeds of a case are told by what they are for, with the values of its matrix")
  func seeds() throws {
    let text = """
      {
        matrix: { seed: [3, 4] },
        network: {
          cable: { loss: { percent: 10, seed: 7 }, reverse: { loss: { percent: 0, seed: "${seed}" } } },
        },
        exchange: ["x", { payload: { size: 5, fill: { seed: "${seed}" } }, expect: { arrived: false } }],
        pacing: "burst", expect: { unexpected: "ignore" },
      }
      """
    let seeds = try cases(text).map(\.seeds)
    #expect(
      seeds == [
        ["cable": 7, "cable reverse": 3, "message 2": 3], ["cable": 7, "cable reverse": 4, "message 2": 4],
      ])
    #expect(try cases(#"{ exchange: ["x"] }"#)[0].seeds.isEmpty)
  }

  @Test("a string that is nothing but a reference keeps the value's type, whatever it is")
  func types() throws {
    let cases = try cases(
      #"""
      {
        exchange: [{ payload: "${payload}", header: { ttl: "${ttl}", dontFragment: "${df}" } }],
        matrix: { payload: [{ size: 2 }], ttl: [7], df: [true] },
      }
      """#)
    let message = cases[0].exchange[0]
    #expect(message.payload.value == [0, 1])
    #expect(message.header.values[.ttl]?.value == 7)
    #expect(message.header.values[.dontFragment]?.value == 1)
    #expect(cases[0].id == "m[payload=#1,ttl=7,df=true]", "what cannot be a file's name goes by its number")
  }

  @Test("where a text must be, a reference is what it would be within a text: digits, true, false or null")
  func textsAlone() throws {
    let cases = try cases(
      #"{ exchange: ["${v}"], title: "${v}", matrix: { v: [1, -2.5, true, null, "x"] } }"#)
    let payloads = cases.map { String(decoding: $0.exchange[0].payload.value, as: UTF8.self) }
    #expect(payloads == ["1", "-2.5", "true", "null", "x"])
    #expect(cases.map(\.title) == payloads)
  }

  @Test("a value that would lead elsewhere as a path is not in the id")
  func hostileValues() throws {
    let cases = try cases(#"{ exchange: ["${x}"], matrix: { x: ["../../etc", "a b", "é", ""] } }"#)
    #expect(cases.map(\.id) == ["m[x=#1]", "m[x=#2]", "m[x=#3]", "m[x=#4]"])
  }

  /// The matrix of a file, or what is wrong with it.
  private func matrix(_ members: String, using references: String) throws -> (Matrix?, [String]) {
    let text = "{ exchange: ['\(references)'], matrix: { \(members) } }"
    var diagnostics = Diagnostics()
    let file = SourceFile(path: "m.json5", bytes: Array(text.utf8))
    let matrix = Matrix(of: try #require(JSON5Reader.read(file, into: &diagnostics)), [], &diagnostics)
    return (matrix, diagnostics.reported.map(\.message))
  }

  @Test("a name has each printable character of ASCII but the three that mean something in an id")
  func charactersOfNames() throws {
    for value in UInt32(0)...0x80 {
      let digits = String(value, radix: 16)
      let escape = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      let matrix = try #require(try matrix("x: ['a\(escape)b']", using: "${x}").0)
      // A slash leads elsewhere as a path, a comma and a bracket end what they stand in.
      let isKept = (0x21...0x7e).contains(value) && !["/", ",", "]"].contains(Unicode.Scalar(value))
      let character = String(try #require(Unicode.Scalar(value)))
      #expect(matrix.name(of: 0) == (isKept ? "[x=a\(character)b]" : "[x=#1]"), "U+\(digits)")
    }
  }

  @Test("a value of forty characters names a case, and one of forty-one goes by its number")
  func longNames() throws {
    let values = [39, 40, 41].map { String(repeating: "v", count: $0) }
    let list = values.map { "'\($0)'" }.joined(separator: ", ")
    let matrix = try #require(try matrix("x: [\(list)]", using: "${x}").0)
    #expect((0..<3).map(matrix.name) == ["[x=\(values[0])]", "[x=\(values[1])]", "[x=#3]"])
  }

  @Test(
    "a matrix of 65,536 cases is run, and none of more",
    arguments: [[65_536], [256, 256], [2, 32_768], [65_537], [2, 32_769], Array(repeating: 2, count: 64)])
  func largest(sizes: [Int]) throws {
    let names = sizes.indices.map { "n\($0)" }
    let members = zip(names, sizes).map { name, size in
      "\(name): [\(Array(repeating: "1", count: size).joined(separator: ","))]"
    }
    let (matrix, errors) = try matrix(
      members.joined(separator: ", "), using: names.map { "${\($0)}" }.joined())
    // 2^64 cases are more than can be counted.
    let count = sizes.count == 64 ? .max : sizes.reduce(1, *)
    #expect(matrix?.count == (count > 65_536 ? nil : count))
    #expect(errors == (count > 65_536 ? ["this matrix has \(count) cases, but at most 65536 are run"] : []))
  }

  @Test("references stand at any depth and several in a text; a dollar that begins none is text")
  func texts() throws {
    let cases = try cases(
      #"""
      { exchange: [{ payload: { text: "$${a}-${b}${" } }, "$5 ${}"], matrix: { a: [1, true], b: [null, "z"] } }
      """#)
    let texts = cases.map { $0.exchange.map { String(decoding: $0.payload.value, as: UTF8.self) } }
    #expect(texts.map { $0[0] } == ["$1-null${", "$1-z${", "$true-null${", "$true-z${"])
    #expect(texts.allSatisfy { $0[1] == "$5 ${}" })
  }

  @Test("without a matrix a dollar and braces are text")
  func noMatrix() throws {
    let odd = try cases(#"{ exchange: ["$${x}é${x}}${ x}${x"], matrix: { x: ["ü"] } }"#)
    #expect(odd[0].exchange[0].payload.value == Array("$üéü}${ x}${x".utf8))
    #expect(try cases(#"{ exchange: ["${HOME}"] }"#)[0].exchange[0].payload.value == Array("${HOME}".utf8))
  }

  @Test("two hundred and fifty-six values are as many cases")
  func many() throws {
    let values = (0...255).map(String.init).joined(separator: ", ")
    let cases = try cases(
      #"{ exchange: [{ header: { ttl: "${ttl}" } }], matrix: { ttl: ["# + values + "] } }")
    #expect(cases.map { $0.exchange[0].header.values[.ttl]?.value } == (0...255).map { $0 })
  }
}

@Suite("The packet that a message asks for")
struct MessagePacketTests {
  private func packet(_ message: String) throws -> IPv4Packet {
    let scenario = try scenario("{ exchange: [{ \(message) }] }")
    return scenario.exchange[0].ipv4(in: scenario)
  }

  @Test(
    "a checksum is as asked: right, right with its lowest bit flipped, zero, or a number",
    arguments: [
      // The documented packet "Hi" has 0xfea7.
      ("good", 0xfea7), ("bad", 0xfea6), ("zero", 0), ("0x1234", 0x1234),
    ] as [(String, UInt16)])
  func checksum(word: String, number: UInt16) throws {
    let said = word.hasPrefix("0x") ? word : "\"\(word)\""
    let packet = try packet(
      #"payload: "Hi", via: "frame", header: { ttl: 128, identification: 0x36dd, checksum: \#(said) }"#)
    #expect(packet.header.checksum == number)
  }

  @Test("every header field goes into the packet as it is said, wrong ones too")
  func wrongFields() throws {
    let packet = try packet(
      #"""
      payload: "Hi", via: "frame", header: {
        version: 5, headerLength: 16, dscp: 46, ecn: 3, totalLength: 99, identification: 0x1234, reserved: true,
        dontFragment: true, moreFragments: true, fragmentOffset: 8, ttl: 0, protocol: 17, checksum: 1,
        source: "9.9.9.9", destination: "8.8.8.8",
      }
      """#)
    // RFC 791 §3.1, by hand.
    #expect(HexDump.hexString(packet.bytes) == "54bb00631234e00100110001" + "09090909" + "08080808" + "4869")
  }

  @Test("options follow the header, padded, and the lengths count them")
  func options() throws {
    let packet = try packet(
      #"""
      payload: "Hi", via: "frame", header: { options: [
        { recordRoute: 1 }, "nop", { timestamp: { slots: 1 } }, { routerAlert: 0 }, { raw: "82 0b" }, "end",
      ] }
      """#)
    // RFC 791 §3.1 and RFC 2113: types 7, 1, 68, 148, and two bytes of the file's own.
    let options = "07070400000000" + "01" + "4408050000000000" + "94040000" + "820b" + "00" + "00"
    #expect(HexDump.hexString(packet.header.options) == options)
    #expect(packet.header.headerLength == 44)
    #expect(packet.header.totalLength == 46)
    #expect(packet.header.isChecksumRight)
  }

  @Test("a message from the receiver has the addresses the other way round")
  func fromReceiver() throws {
    let header = try packet(#"payload: "x", from: "receiver""#).header
    #expect(header.source.description == "1.1.1.1")
    #expect(header.destination.description == "1.1.1.100")
  }

  @Test("a frame has the addresses that it asks for, else the hosts', and zeros up to its length")
  func frame() throws {
    let scenario = try scenario(
      #"{ exchange: [{ payload: "x", frame: { destination: "ff:ff:ff:ff:ff:ff", etherType: 0x88b6, padTo: 40 } }] }"#
    )
    let message = scenario.exchange[0]
    #expect(message.wayOut == .frame)
    let near = MACAddress(2, 0, 0, 0, 0, 1)
    let frame = message.frame.frame(
      carrying: message.packet(in: scenario), from: near, to: MACAddress(2, 0, 0, 0, 0, 2))
    #expect(HexDump.hexString(frame.prefix(14)) == "ffffffffffff02000000000188b6")
    #expect(frame.count == 40)
    #expect(frame.suffix(5) == [0, 0, 0, 0, 0])
  }

  @Test("a payload may come from a file below the scenario's folder")
  func file() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("from a file", to: "data/payload.txt")
    let path = try folder.write(#"{ exchange: [{ payload: { file: "data/payload.txt" } }] }"#, to: "s.json5")
    let library = ScenarioLibrary(paths: [path])
    #expect(library.scenarios.first?.exchange.first?.payload.value == Array("from a file".utf8))
  }
}
