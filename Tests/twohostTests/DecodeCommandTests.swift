// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `twohost decode` as people use it: files, pipes, packed files, and which packets.
@Suite("twohost decode")
struct DecodeCommandTests {
  private static let hi = "4500001636dd000080fdfea701010164010101014869"
  private static let header = "d4c3b2a10200040000000000000000000000040065000000"
  private static let record = "01000000000000001600000016000000" + hi

  private func write(_ hex: String, to name: String, in folder: TestFolder) throws {
    let digits = Array(hex).map { UInt8($0.hexDigitValue ?? 0) }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    try Data(bytes).write(to: URL(filePath: "\(folder.path)/\(name)"))
  }

  /// A folder with a capture of two packets, `x.pcap`.
  private func folder() throws -> TestFolder {
    let folder = try TestFolder()
    try write(Self.header + Self.record + Self.record, to: "x.pcap", in: folder)
    return folder
  }

  @Test("a file that is cut off shows what is whole, then the place, and is no success")
  func cutOff() throws {
    let folder = try TestFolder()
    try write(Self.header + Self.record + Self.record.dropLast(2), to: "x.pcap", in: folder)
    let ended = try TwoHostProgram.run("decode", "x.pcap", in: folder.path)
    #expect(ended.status == 2)
    #expect(ended.output.hasPrefix("packet 1, 22 bytes, 1970-01-01 00:00:01.000000 UTC\n"))
    #expect(!ended.output.contains("packet 2"))
    #expect(
      ended.errors
        == "twohost: x.pcap: the file is cut off: it has 37 of the 38 bytes needed at byte 62, after 1 packet\n"
    )
  }

  @Test("standard input and packed files are read", arguments: ["cat", "gzip", "bzip2", "xz"])
  func packed(_ program: String) throws {
    let folder = try folder()
    let plain = try TwoHostProgram.run("decode", "x.pcap", in: folder.path)
    #expect(plain.status == 0)
    let packing = program == "cat" ? "cat x.pcap > y" : "\(program) -c x.pcap > y"
    try #require(try Program.run(["sh", "-c", packing], in: folder.path).status == 0)
    for command in ["$0 decode y", "cat y | $0 decode -", "$0 decode - < y"] {
      let ended = try Program.run(["sh", "-c", command, TwoHostProgram.path], in: folder.path)
      #expect(ended.status == 0, "\(command): \(ended.errors)")
      #expect(ended.output == plain.output)
    }
  }

  @Test("a packed file whose program is not there says which, and one that is damaged is no success")
  func unpackable() throws {
    let folder = try folder()
    try #require(try Program.run(["gzip", "x.pcap"], in: folder.path).status == 0)
    let without = try Program.run(
      ["PATH=/nowhere", TwoHostProgram.path, "decode", "x.pcap.gz"], in: folder.path)
    #expect(without.status == 2)
    #expect(
      without.errors == "twohost: x.pcap.gz: this is compressed with gzip, which is not installed here\n")
    let damage = "head -c 60 x.pcap.gz > y.gz; \"$0\" decode y.gz"
    let damaged = try Program.run(["sh", "-c", damage, TwoHostProgram.path], in: folder.path)
    #expect(damaged.status == 2)
    #expect(damaged.errors.contains("twohost: y.gz: gzip could not decompress all of it\n"))
  }

  @Test("a packet is printed before the next one comes")
  func streamed() throws {
    let folder = try TestFolder()
    try write(Self.header + Self.record, to: "first", in: folder)
    try write(Self.record, to: "second", in: folder)
    // The shell sends the second packet when it is told to, which is when the first has been printed.
    let script = "(cat first; read line; cat second) | \"$0\" decode -"
    let program = try Program(["sh", "-c", script, TwoHostProgram.path], in: folder.path)
    try program.await("the first packet") { program.output.contains("Hi\n") }
    #expect(!program.output.contains("packet 2"))
    try program.type("go\n")
    let ended = try program.awaitEnd()
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.output.contains("packet 2"))
  }

  @Test(
    "several operands are read in their order, each packet with its file, and a wrong one fails at the end")
  func several() throws {
    let folder = try folder()
    try folder.write("no capture", to: "notes.txt")
    let ended = try TwoHostProgram.run("decode", "notes.txt", "x.pcap", Self.hi, in: folder.path)
    #expect(ended.status == 2)
    #expect(ended.output.hasPrefix("packet 1 of x.pcap, 22 bytes"))
    #expect(ended.output.contains("\n\npacket 2 of x.pcap, 22 bytes"))
    #expect(ended.output.contains("\n\npacket of 22 bytes\nInternet Protocol Version 4\n"))
    #expect(
      ended.errors == "twohost: notes.txt: this is neither pcap nor pcapng: it begins with 6e6f2063; "
        + "pcap and pcapng are read, also compressed with gzip, bzip2, xz or zstd\n")
    let nothing = try TwoHostProgram.run("decode", "x.pcap", "no such file", in: folder.path)
    #expect(nothing.status == 2)
    #expect(nothing.output.isEmpty)
  }

  @Test("a packet in hexadecimal may begin with either IP or an Ethernet header")
  func hexadecimal() throws {
    let ipv6 = "6000000000003b40fe800000000000000000000000000001fe800000000000000000000000000002"
    let ethernet = "000000000001000000000002"
    for (packet, layer) in [
      (Self.hi, "Internet Protocol Version 4"), (ipv6, "Internet Protocol Version 6"),
      (ethernet + "86dd" + ipv6, "Ethernet II"), (ethernet + "81000001" + "0800" + Self.hi, "Ethernet II"),
      (ipv6 + "00", "Internet Protocol Version 6"),
    ] {
      let ended = try TwoHostProgram.run("decode", packet)
      #expect(ended.status == 0)
      #expect(ended.output.hasPrefix(layer + "\n"), "\(packet)")
    }
  }

  @Test("only the packets that are asked for are printed")
  func selection() throws {
    let folder = try folder()
    let second = try TwoHostProgram.run("decode", "--packet", "2", "x.pcap", in: folder.path)
    #expect(second.status == 0)
    #expect(second.output.hasPrefix("packet 2, "))
    let filtered = try TwoHostProgram.run(
      "decode", "--filter", "frame.number == 1 and ip.ttl == 128", "x.pcap", in: folder.path)
    #expect(filtered.output.hasPrefix("packet 1, ") && !filtered.output.contains("packet 2"))
    let none = try TwoHostProgram.run("decode", "--filter", "udp", "x.pcap", in: folder.path)
    #expect(none.status == 4)
    #expect(none.errors == "twohost: no packet matches\n")
    let misspelt = try TwoHostProgram.run(
      "decode", "--filter", "ip and udp.scrport == 5", "x.pcap", in: folder.path)
    #expect(misspelt.status == 2)
    #expect(
      misspelt.errors.hasPrefix(
        "twohost: --filter: there is no field \"udp.scrport\": did you mean \"udp.srcport\"?\n"
          + "  ip and udp.scrport == 5\n         ^^^^^^^^^^^\n"))
    let number = try TwoHostProgram.run("decode", "--packet", "3-2", "x.pcap", in: folder.path)
    #expect(number.status == 2 && number.errors.contains("--packet must be numbers"))
    // What is cut off behind the last packet that is asked for is not read.
    try write(Self.header + Self.record + "00", to: "cut.pcap", in: folder)
    #expect(try TwoHostProgram.run("decode", "--packet", "-1", "cut.pcap", in: folder.path).status == 0)
  }

  @Test("a JSON object a line")
  func json() throws {
    let folder = try folder()
    let ended = try TwoHostProgram.run("decode", "--json", "x.pcap", in: folder.path)
    #expect(ended.status == 0)
    let objects = try ended.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.map { $0["number"] as? Int } == [1, 2])
    #expect(objects.allSatisfy { $0["bytes"] as? String == Self.hi })
  }
}
