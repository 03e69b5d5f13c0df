// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The library of scenarios")
struct ScenarioLibraryRunTests {
  private static let library = TwoHostProgram.checkout + "/scenarios"

  /// The ids of the files of a folder: their paths in it without `.json5`.
  fileprivate static func ids(in folder: String) -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json5") }.map { String($0.dropLast(6)) }.sorted()
  }

  @Test("every case of every file passes, and there are at least 100 files and 1,500 cases")
  func passes() throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run("run", Self.library, in: folder.path)
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
    #expect(files == Set(Self.ids(in: Self.library)), "a file of the library was not run")
    #expect(folder.files.isEmpty, "what passes leaves no capture behind")
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
    "frame length": "frame length", "frame padding": "padding", "frame source": "frame source",
    "frame destination": "frame destination", "frame etherType": "EtherType", "payload": "payload",
    "fragments": "packets", "reassembly": "payload",
  ]

  /// What the report says beside the caret of a finding that marks no row.
  private static let sentences = [
    "cutShort": "less than a header", "notSeen sent": "not sent: no packet of it left",
    "notSeen arrived": "the cable did not bring it", "notSeen delivered": "not delivered: it arrived",
    "seen sent": "must not be sent, and was",
    "seen arrived": "must not arrive, and did", "seen delivered": "must not be delivered, and was",
    "copies sent": "sent once, wanted 2 times", "copies arrived": "arrived once, wanted 2 times",
    "copies delivered": "delivered once, wanted 2 times", "returned 1": "came back",
    "returned 2": "no more than 1 came back", "sendFailed": "(EINVAL)",
    "notFailed": "must fail with EMSGSIZE, and did not", "notPlayed": "never sent: the sender had ended",
    "stray": "a packet of nobody's", "order": "delivered in the order 1, 2, 3",
    "notEnded sender": "the sender did not end", "notEnded receiver": "the receiver did not end",
    "timedOut": "the time of this case ran out", "knownFailurePassed": "it passed",
    "programNotFound receiver": "there is no program \"no-such-program-anywhere\" on the PATH",
    "programNotExecutable sender": "may not be run by this user (EACCES)",
    "endedBeforeReady receiver": "exited with status 0 before it was ready",
    "neverReady receiver": "was not ready in time", "neverEnded receiver": "did not end after the exchange",
    "terminationIgnored receiver": "had not ended 2 s after SIGTERM",
    "flooded receiver": "printed 2000003 bytes",
    "inputClosed sender": "had closed its standard input before message 1 was typed",
    "leftBehind receiver": ", sleep 1000",
  ]

  /// Findings whose sentence depends on the control.
  private static let variedSentences = [
    "exit receiver": ["exited with status 3", "was ended by SIGKILL"],
    "cable": [
      "the cable was asked for packet 9 and saw 1", "packet 1 was to change places with packet 2",
      "packet 2 has 24 bytes, and no bit 500", "packet 2 has 24 bytes, and cannot be cut to 100",
    ],
    "stdout receiver": ["was not printed"], "stderr receiver": ["\"trouble\\n\""],
  ]

  /// The finding that a control names in its first tag, `fails:NAME`.
  private static func finding(of id: String) throws -> String {
    let text = try String(contentsOfFile: "\(controls)/\(id).json5", encoding: .utf8)
    let tag = try #require(text.firstMatch(of: /tags: \["fails:([^"]+)"/))
    return String(tag.1)
  }

  @Test(
    "a control fails with the finding that it names and no other",
    arguments: ScenarioLibraryRunTests.ids(in: controls))
  func fails(id: String) throws {
    let name = try Self.finding(of: id)
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run("run", "\(Self.controls)/\(id).json5", in: folder.path)
    #expect(ended.status == 1, "\(ended.output) \(ended.errors)")

    let lines = ended.output.split(separator: "\n")
    let findings = lines.filter { $0.contains(/^ {2}\S*\.json5:\d+:\d+/) }
    #expect(findings.count == 1, "\(ended.output)")
    let marked = lines.filter { $0.hasPrefix("  ! ") }.map { $0.dropFirst(4) }
    guard let row = Self.rows[name] else {
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

  @Test("there is a control for each kind of finding that a case can end with")
  func allFindings() throws {
    let named = try Set(ScenarioLibraryRunTests.ids(in: Self.controls).map(Self.finding))
    let known = Set(Self.rows.keys).union(Self.sentences.keys).union(Self.variedSentences.keys)
    #expect(named.filter { !$0.hasPrefix("counter ") } == known)
    #expect(named.contains { $0.hasPrefix("counter ") })
  }
}

@Suite("decode and tshark")
struct DissectionAgreementTests {
  /// Files of the library whose packets have headers that can be taken apart: right ones, wrong checksums and
  /// lengths, options, flags, pieces, padding, and errors that come back.
  private static let sample = [
    "drops/bad-checksum", "drops/checksum-zero", "drops/destination-of-another-host",
    "fragments/by-hand", "fragments/by-the-kernel", "fragments/keep-the-header",
    "headers/every-field-in-a-frame", "headers/every-field-in-ones-own-header",
    "headers/every-field-of-a-plain-socket", "headers/flags", "headers/identification-zero-in-a-frame",
    "options/in-every-fragment", "options/record-route", "options/timestamp-overflow", "payloads/empty",
    "payloads/padded-frame", "replies/echo", "replies/from-the-receiver", "replies/protocol-unreachable",
    "replies/tcp-reset",
  ]

  /// The fields that are compared, by tshark's names.
  private static let fields = [
    "ip.len", "ip.id", "ip.flags", "ip.frag_offset", "ip.ttl", "ip.proto", "ip.checksum", "ip.src", "ip.dst",
  ]

  /// The fields of each IPv4 packet of a capture as tshark tells them, in the terms of `decode`.
  private func tshark(_ file: String) throws -> [[String]] {
    let words =
      ["tshark", "-n", "-r", file, "-o", "ip.defragment:FALSE", "-T", "fields", "-E", "occurrence=f"]
      + Self.fields.flatMap { ["-e", $0] }
    let ended = try Program.run(words)
    #expect(ended.status == 0, "\(ended.errors)")
    return ended.output.split(separator: "\n").map { line in
      var cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == Self.fields.count else { return cells }
      let flags = Self.number(cells[2])
      cells[1] = "\(Self.number(cells[1]))"
      cells[2] = [4, 2, 1].map { flags & $0 == 0 ? "not set" : "set" }.joined(separator: ", ")
      // tshark shows the field as the wire has it, in units of 8 bytes.
      cells[3] = "\(Self.number(cells[3]) * 8)"
      return cells
    }
  }

  private static func number(_ text: String) -> Int {
    (text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)) ?? -1
  }

  /// The same as `decode` tells it: of the outermost IPv4 header of each packet.
  private func decode(_ file: String) throws -> [[String]] {
    let ended = try TwoHostProgram.run("decode", file)
    #expect(ended.status == 0, "\(ended.errors)")
    let packets = ended.output.split(separator: "Internet Protocol Version 4\n").dropFirst()
    return packets.filter { !$0.isEmpty }.map { text in
      let rows = text.split(separator: "\n").prefix { $0.hasPrefix("  ") }.map { line in
        line.split(separator: #/  +/#).map(String.init)
      }
      let values = Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
      let flags = ["Reserved bit", "Don't fragment", "More fragments"].map { values[$0] ?? "" }
      let numbers = ["Total Length", "Identification", "Fragment Offset", "Time to Live", "Protocol"].map {
        String((values[$0] ?? "").prefix { $0 != " " })
      }
      let rest = ["Header Checksum", "Source Address", "Destination Address"].map { values[$0] ?? "" }
      return [numbers[0], numbers[1], flags.joined(separator: ", ")] + numbers[2...] + rest
    }
  }

  @Test("agree on the header of every packet in the captures of the library", arguments: sample)
  func agree(id: String) throws {
    let folder = try TestFolder()
    let file = "\(TwoHostProgram.checkout)/scenarios/\(id).json5"
    let ended = try TwoHostProgram.run(
      "run", file, "--artifacts", "out", "--capture", "all", in: folder.path)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
    let captures = folder.files.filter { $0.hasSuffix("capture.pcapng") }
    #expect(!captures.isEmpty)
    for capture in captures {
      let path = "\(folder.path)/\(capture)"
      let seen = try tshark(path)
      #expect(!seen.isEmpty)
      #expect(seen.allSatisfy { $0.allSatisfy { !$0.isEmpty } })
      #expect(try decode(path) == seen)
    }
  }
}
