// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Wire

@Suite("The library of scenarios")
struct ScenarioLibraryRunTests {
  private static let library = TwoHostProgram.checkout + "/scenarios"

  /// The ids of the files of a folder: their paths in it without `.json5`.
  fileprivate static func ids(in folder: String) -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json5") }.map { String($0.dropLast(6)) }.sorted()
  }

  /// Plays the library in a folder: every case of every file passes, and there are at least 100 files and 1,500 cases.
  static func play(in folder: TestFolder, _ options: String...) throws {
    let ended = try TwoHostProgram.runProgram(
      [TwoHostProgram.path, "run", library, "--jobs", "4"] + options, in: folder.path)
    let lines = ended.output.split(separator: "\n")
    let failures = lines.filter { $0.hasPrefix("FAIL") || $0.hasPrefix("ERROR") }
    #expect(ended.status == 0, "\(failures.joined(separator: "\n")) \(ended.errors)")

    let passed = lines.filter { $0.hasPrefix("PASS ") }.compactMap {
      $0.split(separator: " ").dropFirst().first
    }
    #expect(passed.count >= 1500)
    #expect(Set(passed).count == passed.count, "two cases have the same id")
    let files = Set(passed.map { String($0.prefix { $0 != "[" }) })
    #expect(files.count >= 100)
    #expect(files == Set(ids(in: library)), "a file of the library was not run")
  }

  @Test("every file is opened by a comment that says why", arguments: ids(in: library))
  func comment(id: String) throws {
    let text = try String(contentsOfFile: "\(Self.library)/\(id).json5", encoding: .utf8)
    #expect(text.hasPrefix("// "))
  }
}

@Suite("Negative controls")
struct NegativeControlTests {
  private static let controls = TwoHostProgram.checkout + "/Tests/twohostTests/failing"

  /// The rows of the report's table by the findings that mark them.
  private static let rows = [
    "field version": "version", "field headerLength": "header length", "field dscp": "DSCP",
    "field ecn": "ECN", "field totalLength": "total length", "field identification": "identification",
    "field reserved": "reserved bit", "field dontFragment": "don't fragment",
    "field moreFragments": "more fragments", "field fragmentOffset": "fragment offset",
    "field ttl": "time to live", "field protocol": "protocol", "field checksum": "checksum",
    "field source": "source", "field destination": "destination", "field options": "options",
    "field flowLabel": "flow label", "field payloadLength": "payload length",
    "field nextHeader": "next header", "field hopLimit": "hop limit", "field extensions": "extension headers",
    "frame length": "frame length", "frame padding": "padding", "frame source": "frame source",
    "frame destination": "frame destination", "frame etherType": "EtherType", "payload": "payload",
    "vlan id": "VLAN ID", "vlan priority": "VLAN priority of tag 2",
    "vlan dropEligible": "VLAN drop eligible",
    "vlan etherType": "VLAN EtherType", "vlan": "VLAN tags",
    "fragments": "packets", "reassembly": "payload", "flow lost": "lost", "flow duplicated": "duplicated",
    "flow reordered": "reordered", "flow wrong": "wrong", "flow rate": "rate",
    "flow latency p50": "latency p50",
    "flow latency p90": "latency p90", "flow latency p99": "latency p99", "flow latency max": "latency max",
  ]

  /// What the report says beside the caret of a finding that marks no row.
  private static let sentences = [
    "cutShort": "less than a header", "notSeen sent": "not sent: no packet of it left",
    "notSeen arrived": "but never came out of the cable", "notSeen delivered": "not delivered: it arrived",
    "seen sent": "must not be sent, but was",
    "seen arrived": "must not arrive, but did", "seen delivered": "must not be delivered, but was",
    "copies sent": "sent once, wanted 2 times", "copies arrived": "arrived once, wanted 2 times",
    "copies delivered": "delivered once, wanted 2 times",
    "returned 2": "only 1 came back", "sendFailed": "(EMSGSIZE)",
    "notFailed": "should have failed with EMSGSIZE, but succeeded",
    "notPlayed": "never sent: the sender had already ended",
    "notEnded sender": "the sender did not end", "notEnded receiver": "the receiver did not end",
    "timedOut": "the case timed out", "knownFailurePassed": "it passed",
    "programNotFound receiver": "there is no program \"no-such-program-anywhere\" on the PATH",
    "endedBeforeReady receiver": "exited with status 0 before it was ready",
    "neverEnded receiver": "did not end after the exchange",
    "flooded receiver": "printed 2000003 bytes",
    "packetFlood sender": "packets, and ",
    "dropped receiver":
      "of the receiver dropped 46 packets: its receive buffer of 8192 bytes was full",
    "inputUnread sender": "did not read the last 3 bytes that were typed to it",
  ]

  /// Findings whose sentence depends on the control.
  private static let variedSentences = [
    "hostChanged sender": [
      "eth0 of the sender was down at the end",
      "eth0 of the sender no longer had the address fd00::100/64 at the end",
    ],
    "stray": [
      "unexpected packet from the", "a second connection to port 7777, from port ",
      "unexpected packet from the sender: DNS query for example.com, 1.1.1.100:",
    ],
    "returned 1": [
      "nothing came back", "came back with 2", "came back in 2 packets, wanted 3", "came back once, wanted 2",
      "did not come back: it was sent", "came back once, wanted 0",
    ],
    "order": ["delivered in the order 1, 2, 3", "delivered in the order 2, 1"],
    "icmp header": ["wanted ICMP, arrived with protocol 253"],
    "every": ["wanted 64, sent with 9", "header checksum: sent with 0x7588, should be 0x7587"],
    "outOfTurn": [
      "message 2 was sent before message 1", "message 2 was sent before anything of message 1",
    ],
    "unread receiver": [
      "did not read message 1: it had ended by then", "did not read message 2 and message 3: it had ended",
      "did not read message 3, left in a raw socket of protocol 253",
      "left 1664 bytes unread in a UDP socket at 0.0.0.0:7",
      "left 832 bytes unread in a UDP socket at 1.1.1.1:7777",
      "did not read message 2: the filter of a raw socket of protocol 253 rejects it",
      "did not read message 2: the filter of a raw IPv6 socket of protocol 253 rejects it",
      "did not read message 3, left in a raw IPv6 socket of protocol 253",
      "what it had: a raw socket of protocol 253 bound to another interface",
      "message 3, left in a raw socket of protocol 253",
      "did not read message 1 and message 3, left in a packet socket of EtherType 0x0800",
    ],
    "exit receiver": ["exited with status 3", "was ended by SIGKILL"],
    "cable": [
      "the cable should have acted on packet 9, but saw only 1 from the sender",
      "the cable should have acted on reverse packet 9, but saw only 1 from the receiver",
      "packet 1 should have changed places with packet 2",
      "the cable should have acted on packet 2 of those that match, but only 1 of 1 from the receiver matched",
      "the cable should have acted on every packet of those that match, but none of 1 from the sender"
        + " matched",
      "none of 2 from the sender matched; the nearest was packet 1, UDP, 1.1.1.100:40000 to 1.1.1.1:7777: UDP destination port:",
      "packet 1 is dropped: nothing else can be done to it",
      "packet 2 has 24 bytes, so it has no bit 500",
      "packet 2 has 24 bytes, so it cannot be truncated to 100",
    ],
    "terminationIgnored receiver": ["had not ended 2 s after SIGTERM", " ms after SIGTERM"],
    "programNotExecutable sender": [
      "may not be run by this user (EACCES)", "exists, but the interpreter named in its first line",
    ],
    "exit sender": ["the sender exited with status 3"],
    "inputClosed sender": [
      "before message 1 was typed", "before message 2 was typed", "before it had read all that was typed",
    ],
    "leftBehind receiver": [", sleep 1000", ", [python3]"],
    "stream notOpened": [
      "opened no connection to port 7777",
      "refused the connection to its port 7777: nothing is listening there",
    ],
    "stream incomplete": ["4 of 5 bytes came to the sender"],
    "stream surplus": ["1 byte more came from the receiver than the file says: 21"],
    "stream payload": [
      "byte 0: wanted 0x00, delivered 0x04", "byte 69999: wanted 0x00, delivered 0x21",
      "byte 200000: wanted 0x00, delivered 0xff",
      "wanted 5 bytes within, delivered 5 bytes",
    ],
    "stream reset": ["the receiver reset the connection (RST)", "neither host reset the connection (RST)"],
    "stream retransmissions": ["retransmissions: wanted 1, was 0"],
    "stream segments": ["segments: wanted 1, was "],
    "stream outOfOrder": ["segments out of order: wanted 3, was 0"],
    "stream zeroWindows": ["zero windows: wanted at least 1, was 0"],
    "stream rate": ["rate: wanted at least 100000000000 bytes/s, was "],
    "stream overlap sender": ["the sender sent byte 0 again, with another value"],
    "stream gap sender": ["the sender never sent bytes 5…7, but sent later ones"],
    // The receiver's end, which has a number too, may have come by then.
    "stream acknowledgment sender": [
      "the sender acknowledged 100 bytes, but only 0 had arrived",
      "the sender acknowledged 100 bytes, but only 1 had arrived",
    ],
    "neverReady receiver": [
      "was not ready in time",
      "it had no socket for TCP from 1.1.1.100 to 1.1.1.1:7777; what it had: a TCP socket at 0.0.0.0:7777 that does not listen",
      "it had no socket for UDP from 1.1.1.100:40000 to 1.1.1.1:9001; what it had: a UDP socket at 0.0.0.0:9000",
    ],
    "stdout receiver": ["was not printed", "line 1: wanted \"Hello World !\", printed \"\""],
    "stderr receiver": ["\"trouble\\n\""],
  ]

  /// The finding that a control names in its first tag, `fails:NAME`.
  private static func finding(of id: String) throws -> String {
    let text = try String(contentsOfFile: "\(controls)/\(id).json5", encoding: .utf8)
    let tag = try #require(text.firstMatch(of: /tags: \["fails:([^"]+)"/))
    return String(tag.1)
  }

  /// The row of a field of a transport header: `UDP source port` of `udp sourcePort`.
  private static func transportRow(of name: String) -> String? {
    for layer in Protocols.all.transports {
      if name == "\(layer.filterName) options" { return "\(layer.title) options" }
      let field = layer.messageFields.first { "\(layer.filterName) \($0.key)" == name }
      if let field { return "\(layer.title) \(field.title)" }
    }
    return nil
  }

  @Test(
    "a control fails with the finding that it names and no other",
    arguments: ScenarioLibraryRunTests.ids(in: controls))
  func fails(id: String) throws {
    let name = try Self.finding(of: id)
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run("run", "\(Self.controls)/\(id).json5", in: folder.path)
    #expect(ended.status == 1, "\(ended.output) \(ended.errors)")

    try checkComments(in: folder, ended.output)

    let lines = ended.output.split(separator: "\n")
    let findings = lines.filter { $0.contains(/^ {2}\S*\.json5:\d+:\d+/) }
    #expect(findings.count == 1, "\(ended.output)")
    let marked = lines.filter { $0.hasPrefix("  ! ") }.map { $0.dropFirst(4) }
    guard let row = Self.rows[name] ?? Self.transportRow(of: name) else {
      let counter = name.wholeMatch(of: /counter (.+)/).map { String($0.1) }
      let one = (Self.sentences[name] ?? counter).map { [$0] }
      let sentences = try #require(Self.variedSentences[name] ?? one, "no control of \(name) is known here")
      let labels = lines.filter { $0.contains(/^ +\| +\^/) }
      #expect(labels.count == 1)
      #expect(labels.allSatisfy { label in sentences.contains { label.contains($0) } }, "\(labels)")
      #expect(marked.isEmpty, "\(marked)")
      return
    }
    #expect(marked.count == 1, "\(marked)")
    #expect(marked.allSatisfy { $0.hasPrefix("\(row)  ") }, "\(marked)")
  }

  /// What the report says beside a caret stands in the capture too, if there is any packet.
  private func checkComments(in folder: TestFolder, _ output: String) throws {
    let capture = try #require(folder.files.first { $0.hasSuffix("/capture.pcapng") })
    let decoded = try TwoHostProgram.run("decode", capture, in: folder.path)
    let hasPackets = decoded.status == 0
    #expect(hasPackets || decoded.errors.contains("there are no packets in this capture"), "\(decoded)")
    let bytes = try Data(contentsOf: URL(filePath: "\(folder.path)/\(capture)"))
    for line in output.split(separator: "\n") {
      guard hasPackets, let label = line.firstMatch(of: /^ +\| +\^+ (.+)$/) else { continue }
      #expect(bytes.range(of: Data(label.1.utf8)) != nil, "no comment says: \(label.1)")
    }
  }

  @Test("there is a control for each kind of finding that a case can end with")
  func allFindings() throws {
    let named = try Set(ScenarioLibraryRunTests.ids(in: Self.controls).map(Self.finding))
    let known = Set(Self.rows.keys).union(Self.sentences.keys).union(Self.variedSentences.keys)
    let ofTransport = named.filter { Self.transportRow(of: $0) != nil }
    #expect(named.filter { !$0.hasPrefix("counter ") }.subtracting(ofTransport) == known)
    for layer in Protocols.all.transports {
      #expect(ofTransport.contains { $0.hasPrefix("\(layer.filterName) ") }, "\(layer.title)")
    }
    #expect(named.contains { $0.hasPrefix("counter ") })
  }
}
