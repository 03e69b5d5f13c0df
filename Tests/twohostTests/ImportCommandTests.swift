// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The capture that the guide imports: two datagrams, an echo and its reply, and a packet of OSPF's number, made by Python
/// by the RFCs.
enum CapturedLAN {
  private static let hex =
    "d4c3b2a1020004000000000000000000ffff0000e4000000010000000000000029000000290000004500002912674000"
    + "4011a4f7c0a80114c0a80101c3cb1e610015bf8577686f2061726520796f75203f010000000100000024000000240000"
    + "0045000024000940003f11b85ac0a80101c0a801141e61c3cb0010ebc46120726f757465720100000002000000200000"
    + "002000000045000020000340004001b774c0a80114c0a80101080019270007000170696e670100000003000000200000"
    + "002000000045000020000400004001f773c0a80101c0a80114000021270007000170696e670100000004000000190000"
    + "001900000045000019000540004059b721c0a80114c0a8010168656c6c6f"

  /// Writes it as `lan.pcap`.
  static func write(to folder: TestFolder) throws {
    let digits = hex.compactMap { $0.hexDigitValue.map(UInt8.init) }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    try Data(bytes).write(to: URL(filePath: "\(folder.path)/lan.pcap"))
  }
}

/// `twohost import` as people use it: from a capture to a scenario that plays.
@Suite("twohost import")
struct ImportCommandTests {
  private func folder() throws -> TestFolder {
    let folder = try TestFolder()
    try CapturedLAN.write(to: folder)
    return folder
  }

  /// The command lines of the guide's transcripts, each with what is printed behind it.
  private static func transcripts() throws -> [(command: String, printed: String)] {
    let page = try String(contentsOfFile: "\(TwoHostProgram.checkout)/scenarios/GUIDE.md", encoding: .utf8)
    let blocks = page.components(separatedBy: "```console\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    return blocks.filter { $0.contains("twohost import ") }.flatMap { block in
      block.components(separatedBy: "$ ").dropFirst().map { part in
        let end = part.firstIndex(of: "\n") ?? part.endIndex
        return (String(part[..<end]), String(part[end...].dropFirst()))
      }
    }
  }

  /// The scenario whose failure the guide reduces.
  private static let office = """
    {
      title: "a day at the office",
      network: { sender: { address: "10.0.0.1/8" }, receiver: { address: "10.0.0.2/8" } },
      udp: { destinationPort: 7777 },
      exchange: [
        "good morning",
        { payload: "a coffee ?", header: { dscp: 46 }, expect: { header: { ttl: 64, dscp: 40 } } },
        { from: "receiver", payload: "with pleasure" },
        "good night",
      ],
    }

    """

  @Test("the guide's transcripts are what the program prints")
  func transcript() throws {
    let folder = try folder()
    try folder.write(Self.office, to: "office.json5")
    let transcripts = try Self.transcripts()
    #expect(transcripts.count >= 6, "the guide has lost its transcripts")
    for (command, printed) in transcripts {
      let ended = try Program.run(
        ["sh", "-c", "sudo() { \"$@\"; }; twohost() { '\(TwoHostProgram.path)' \"$@\"; }; \(command) 2>&1"],
        in: folder.path)
      #expect(ended.output == printed, "\(command)")
    }
  }

  @Test("each conversation becomes a scenario that is right and passes", arguments: 1...3)
  func passes(number: Int) throws {
    let folder = try folder()
    let imported = try TwoHostProgram.run(
      "import", "lan.pcap", "--conversation", "\(number)", in: folder.path)
    try #require(imported.status == 0, "\(imported.errors)")
    #expect(imported.errors.isEmpty)
    try folder.write(imported.output, to: "x.json5")
    #expect(try TwoHostProgram.run("check", "x.json5", in: folder.path).status == 0)
    let ended = try TwoHostProgram.run("run", "x.json5", in: folder.path)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
    // And it asserts something.
    let wrong = imported.output.replacing("63", with: "62 }, expect: { header: { ttl: 63 }")
      .replacing("type: 0", with: "type: 3").replacing(
        "\"hello\"", with: "{ expect: { payload: \"hello\" } }")
    #expect(wrong != imported.output)
    try folder.write(wrong, to: "x.json5")
    #expect(try TwoHostProgram.run("run", "x.json5", in: folder.path).status == 1)
  }

  @Test("what a stream put on the wire becomes the stream again, and each of its segments a message")
  func streams() throws {
    let folder = try TestFolder()
    let text =
      #"{ tcp: { destinationPort: 7777 }, exchange: [{ stream: "hello" }, { from: "receiver", stream: "back" }] }"#
    try folder.write(text, to: "x.json5")
    try #require(try TwoHostProgram.run("run", "x.json5", "--capture", "all", in: folder.path).status == 0)
    let capture = "twohost-artifacts/x/capture.pcapng"
    let filter = "frame.interface_name == \"sender:eth0\""
    let bytes = try TwoHostProgram.run("import", capture, "--filter", filter, in: folder.path)
    #expect(bytes.output.hasSuffix(text + "\n"), "\(bytes)")
    let segments = try TwoHostProgram.run(
      "import", "--segments", capture, "--filter", filter, in: folder.path)
    #expect(segments.output.contains("flags: [\"syn\"]"), "\(segments)")
    for (name, imported) in [("bytes", bytes), ("segments", segments)] {
      try folder.write(imported.output, to: "\(name).json5")
      let ended = try TwoHostProgram.run("run", "\(name).json5", in: folder.path)
      #expect(ended.status == 0, "\(imported.output) \(ended.output) \(ended.errors)")
    }
  }

  @Test("a run's own capture becomes the cable that it had, and plays as it did")
  func ownCapture() throws {
    let folder = try TestFolder()
    let text = """
      { network: { cable: { drop: [2], duplicate: [3], corrupt: [{ packet: 4, bit: 231 }], reverse: { drop: [1] } } },
        udp: { destinationPort: 7777 },
        exchange: [
          "one", { payload: "two", expect: { arrived: false } },
          { payload: "three", expect: { arrived: { copies: 2 }, delivered: { copies: 2 } } },
          { payload: "four", expect: { arrived: { payload: "gour", udp: { checksum: "invalid" } }, delivered: false } },
          { from: "receiver", payload: "five", expect: { arrived: false } } ] }
      """
    try folder.write(text, to: "x.json5")
    let first = try TwoHostProgram.run("run", "x.json5", "--capture", "all", in: folder.path)
    try #require(first.status == 0, "\(first)")
    let imported = try TwoHostProgram.run("import", "twohost-artifacts/x/capture.pcapng", in: folder.path)
    for part in [
      "drop: [2]", "duplicate: [3]", "corrupt: [{ packet: 4, bit: 231 }]", "reverse: { drop: [1] }",
      #"arrived: { udp: { checksum: 0x"#, #"payload: "gour""#, "arrived: { copies: 2 }",
    ] { #expect(imported.output.contains(part), "\(part): \(imported)") }
    try folder.write(imported.output, to: "y.json5")
    let ended = try TwoHostProgram.run("run", "y.json5", in: folder.path)
    #expect(ended.status == 0, "\(ended)")
  }

  @Test(
    "what a run over IPv6 put on the wire becomes a scenario that passes",
    arguments: [
      "echo", "udp-port-unreachable", "extension-headers-in-front", "fragments-by-hand",
      "payload-length-too-long",
      "udp-checksum-zero", "option-to-report-of-a-group", "source-of-another-host", "neighbour-discovery",
      "both-versions-in-one-exchange", "cable-drop", "cable-duplicate", "cable-reverse",
      "header-bit-of-the-hop-limit",
      "udp-checksum-bits", "streams/lossy-cable", "programs/tools/ping",
    ])
  func overIPv6(name: String) throws {
    let folder = try TestFolder()
    let file = "\(TwoHostProgram.checkout)/scenarios/ipv6/\(name).json5"
    try #require(try TwoHostProgram.run("run", file, "--capture", "all", in: folder.path).status == 0)
    let captures = folder.files.filter { $0.hasSuffix("capture.pcapng") }
    for (number, capture) in captures.enumerated() {
      let imported = try TwoHostProgram.run("import", capture, "--conversation", "1", in: folder.path)
      #expect(imported.status == 0, "\(capture): \(imported.errors)")
      try folder.write(imported.output, to: "imported/\(number).json5")
    }
    let ended = try TwoHostProgram.run("run", "imported", in: folder.path)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
  }

  @Test(
    "a run over IPv6 becomes the file that it was run from",
    arguments: [
      #"{ version: 6, exchange: ["Hello World !", { from: "receiver", payload: "Quit" }] }"#,
      #"{ version: 6, tcp: { destinationPort: 7777 }, exchange: [{ stream: "hello" }, { from: "receiver", stream: "back" }] }"#,
      #"{ version: 6, udp: { destinationPort: 7777 }, exchange: ["one", { from: "receiver", payload: "two" }] }"#,
    ])
  func roundTrip6(text: String) throws {
    let folder = try TestFolder()
    try folder.write(text, to: "x.json5")
    try #require(try TwoHostProgram.run("run", "x.json5", "--capture", "all", in: folder.path).status == 0)
    let imported = try TwoHostProgram.run("import", "twohost-artifacts/x/capture.pcapng", in: folder.path)
    #expect(imported.output.hasSuffix("\n\(text)\n"), "\(imported)")
  }

  // MARK: - Failing cases

  /// A folder with the failing controls, and with what they name.
  private static func controls() throws -> TestFolder {
    let folder = try TestFolder()
    for name in ["scenarios", "netns", "Tests/twohostTests/failing"] {
      try folder.copy("\(TwoHostProgram.checkout)/\(name)", to: name)
    }
    return folder
  }

  /// The kinds of what is wrong with a case, as the JSON lines of its run have them.
  private func kinds(of path: String, in folder: TestFolder) throws -> Set<String> {
    let ended = try TwoHostProgram.run("run", path, "--json", "kinds.jsonl", in: folder.path)
    #expect(ended.status == 1, "\(path): \(ended)")
    return Set(folder.read("kinds.jsonl").matches(of: /"kind":"([^"]+)"/).map { String($0.output.1) })
  }

  @Test(
    "a failing control becomes the smallest scenario that fails in the same way",
    arguments: [
      ("field-ttl", "{ exchange: [{ expect: { header: { ttl: 63 } } }] }"),
      ("stray", "{ receiver: { idle: true }, exchange: [{ expect: { delivered: false } }] }"),
      ("payload", #"{ exchange: [{ payload: "Quit", expect: { payload: "Quiz" } }] }"#),
      ("returned-once", nil), ("udp-checksum-flipped", nil), ("order-of-equals", nil),
      ("cable-packet-that-never-came", nil),
      ("program-stdout", nil), ("flow-lost", nil), ("stream-segments", nil), ("tcp-flags", nil),
      ("vlan-id", nil),
      ("every-packet", nil), ("counter-of-a-message", nil), ("known-failure-passed", nil),
      ("send-failed", nil),
    ] as [(String, String?)])
  func failing(name: String, smallest: String?) throws {
    let folder = try Self.controls()
    let control = "Tests/twohostTests/failing/\(name)"
    let before = try kinds(of: "\(control).json5", in: folder)
    let capture = "twohost-artifacts/\(name)"
    let reduced = try TwoHostProgram.run("import", "--failing", capture, in: folder.path)
    try #require(reduced.status == 0, "\(reduced)")
    let lines = reduced.output.split(separator: "\n").map(String.init)
    #expect(
      lines[0]
        == "// The smallest scenario that fails as \(control).json5 did: \(before.sorted().joined(separator: ", "))."
    )
    if let smallest { #expect(lines.last == smallest) }
    try folder.write(reduced.output, to: "\(control)-min.json5")
    #expect(try kinds(of: "\(control)-min.json5", in: folder) == before)
    // It is the smallest: the capture of its own failure gives it again.
    let again = try TwoHostProgram.run(
      "import", "--failing", "twohost-artifacts/\(name)-min/capture.pcapng", in: folder.path)
    let body = { (text: String) in text.split(separator: "\n").filter { !$0.hasPrefix("//") } }
    #expect(body(again.output) == body(reduced.output))
  }

  @Test("the case of a matrix, its network and what was set are those of the run")
  func failingMatrix() throws {
    let folder = try TestFolder()
    try folder.write(
      #"{ sender: { address: "10.0.0.1/8" }, receiver: { address: "10.0.0.2/8" } }"#, to: "s/netns/ten.json5")
    try folder.write(
      """
      { network: "ten", variables: { word: "no" }, matrix: { ttl: [9, 8] },
        exchange: ["a", { payload: "${word}", header: { ttl: "${ttl}" }, expect: { header: { ttl: 9 }, payload: "yes" } }] }
      """, to: "s/x.json5")
    #expect(try TwoHostProgram.run("run", "s/x.json5", "--set", "word=yes", in: folder.path).status == 1)
    let reduced = try TwoHostProgram.run("import", "--failing", "twohost-artifacts/x[ttl=8]", in: folder.path)
    #expect(
      reduced.output.hasPrefix("// The smallest scenario that fails as s/x.json5[ttl=8] did: field ttl.\n"))
    #expect(reduced.output.hasSuffix("{ exchange: [{ expect: { header: { ttl: 9 } } }] }\n"), "\(reduced)")
    #expect(reduced.output.contains("// Files and networks that it names are those of s.\n"))
  }

  @Test("what does not fail, is no capture of a run, or would run what is not here, says so and what to do")
  func failingErrors() throws {
    let folder = try folder()
    try folder.write(#"{ exchange: [{ expect: { header: { ttl: 63 } } }] }"#, to: "x.json5")
    try folder.write(#"{ exchange: ["x"] }"#, to: "passing.json5")
    try folder.write(
      #"{ receiver: { run: ["sh", "-c", "exit 3"] }, exchange: ["x"] }"#, to: "program.json5")
    _ = try TwoHostProgram.run(
      "run", "x.json5", "passing.json5", "program.json5", "--capture", "all", in: folder.path)
    try folder.write("{ exchange: [] }", to: "program.json5")
    for (words, status, reason) in [
      (["lan.pcap"], 2, "is no capture that says which case it is of"), (["none"], 2, "is no capture"),
      (["twohost-artifacts/passing"], 4, "passing.json5 passes here: there is nothing to reduce"),
      (["twohost-artifacts/program"], 2, "runs a program, and program.json5 is not the same here"),
      (["twohost-artifacts/x", "--segments"], 2, "leave --segments out"),
      (["a", "b"], 2, "--failing needs one capture"),
    ] {
      let ended = try Program.run([TwoHostProgram.path, "import", "--failing"] + words, in: folder.path)
      #expect(ended.status == status, "\(words): \(ended)")
      #expect(ended.errors.contains(reason), "\(words): \(ended)")
      #expect(ended.output.isEmpty)
    }
    // What the capture itself holds is enough where no program runs.
    try FileManager.default.removeItem(atPath: "\(folder.path)/x.json5")
    #expect(try TwoHostProgram.run("import", "--failing", "twohost-artifacts/x", in: folder.path).status == 0)
  }

  @Test("standard input is read, and what cannot be imported says why and what to do")
  func errors() throws {
    let folder = try folder()
    let piped = try Program.run(
      ["sh", "-c", "'\(TwoHostProgram.path)' import - --conversation 3 < lan.pcap"], in: folder.path)
    #expect(piped.status == 0)
    #expect(piped.output.hasPrefix("// IP protocol 89, 192.168.1.20 to 192.168.1.1, of a capture.\n"))
    try folder.write("no capture", to: "x")
    for (words, status, reason) in [
      (["none.pcap"], 2, "twohost: none.pcap: No such file or directory"),
      (["x"], 2, "neither pcap nor pcapng"),
      (["lan.pcap", "--conversation", "4"], 2, "there is no conversation 4"),
      (["lan.pcap", "--filter", "tcp"], 4, "there is no conversation over IP"),
      (["lan.pcap", "--filter", "udp.prt"], 2, "there is no field"),
    ] {
      let ended = try Program.run([TwoHostProgram.path, "import"] + words, in: folder.path)
      #expect(ended.status == status, "\(words): \(ended)")
      #expect(ended.errors.contains(reason), "\(words): \(ended)")
      #expect(ended.output.isEmpty)
    }
  }
}
