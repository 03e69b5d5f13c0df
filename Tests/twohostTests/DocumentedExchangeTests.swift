// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The four packets of the documented exchange, as its receiver printed them.
enum DocumentedPackets {
  static let all = [
    "4500002136c8000080fdfeb1010101640101010148656c6c6f20576f726c642021",
    "4500001636dd000080fdfea701010164010101014869",
    "450000213716000080fdfe630101016401010101486f772061726520796f75203f",
    "450000183760000080fdfe22010101640101010151756974",
  ]
  static let texts = ["Hello World !", "Hi", "How are you ?", "Quit"]
}

@Suite("The documented exchange")
struct DocumentedExchangeTests {
  private static let scenarios = TwoHostProgram.checkout + "/scenarios/documented"
  private static let networks = TwoHostProgram.checkout + "/netns"

  @Test("every documented scenario passes, and leaves no capture behind unasked")
  func passes() throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run("run", Self.scenarios, in: folder.path)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
    for id in [
      "hello-world", "hello-quit", "hello-quit-exact-bytes", "hello-quit-ipv6", "nic-offload-and-padding",
    ] {
      #expect(ended.output.contains("PASS  \(id) "))
    }
    #expect(ended.output.contains("5 passed, 0 failed"))
    #expect(folder.files.isEmpty)
  }

  /// One packet of a capture, as tshark tells it.
  private struct Seen: Hashable {
    let interface: String
    let packet: String
    let checksumStatus: String
  }

  private func tshark(_ file: String) throws -> [Seen] {
    let fields = ["frame.interface_name", "ip.checksum.status", "ip.id", "ip.len", "data.data"]
    let arguments =
      ["tshark", "-r", file, "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=/s"]
      + fields.flatMap { ["-e", $0] }
    let ended = try Program.run(arguments)
    #expect(ended.status == 0, "\(ended.errors)")
    return ended.output.split(separator: "\n").map { line in
      let cells = line.split(separator: " ").map(String.init)
      return Seen(
        interface: cells[0], packet: cells.dropFirst(2).joined(separator: " "), checksumStatus: cells[1])
    }
  }

  @Test("tshark finds each packet once at each end of each capture, and every header checksum good")
  func captures() throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run(
      "run", Self.scenarios, "--artifacts", "out", "--capture", "all", in: folder.path)
    #expect(ended.status == 0)
    let ids = ["hello-quit", "hello-quit-exact-bytes", "hello-world"]
    #expect(
      Set(folder.files)
        == Set((ids + ["hello-quit-ipv6", "nic-offload-and-padding"]).map { "out/\($0)/capture.pcapng" }))
    for (id, count) in zip(ids, [4, 4, 1]) {
      let seen = try tshark("\(folder.path)/out/\(id)/capture.pcapng")
      let sent = seen.filter { $0.interface == "sender:eth0" }.map(\.packet)
      let arrived = seen.filter { $0.interface == "receiver:eth0" }.map(\.packet)
      #expect(seen.count == 2 * count)
      #expect(sent.count == count)
      #expect(sent == arrived)
      #expect(seen.allSatisfy { $0.checksumStatus == "1" }, "1 is tshark's word for good")
    }
  }

  @Test(
    "tshark sees the checksum that is left to the NIC, and the frame that it pads, as both PCs captured them")
  func nic() throws {
    let folder = try TestFolder()
    let scenario = Self.scenarios + "/nic-offload-and-padding.json5"
    _ = try TwoHostProgram.run(
      "run", scenario, "--artifacts", "out", "--capture", "all", in: folder.path)
    let file = folder.path + "/out/nic-offload-and-padding/capture.pcapng"
    let fields = [
      "frame.interface_name", "frame.len", "ip.id", "ip.checksum", "ip.checksum.status",
      "ip.checksum_calculated", "eth.padding",
    ]
    let ended = try Program.run(
      ["tshark", "-r", file, "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=,"]
        + fields.flatMap { ["-e", $0] })
    let zeros = String(repeating: "0", count: 28)
    // 0 is tshark's word for bad, and 1 for good.
    #expect(
      ended.output == """
        sender:eth0,46,0x02aa,0x0000,0,0x32d1,
        receiver:eth0,60,0x02aa,0x32d1,1,0x32d1,\(zeros)
        sender:eth0,46,0x0a76,0x0000,0,0x2b05,
        receiver:eth0,60,0x0a76,0x2b05,1,0x2b05,\(zeros)

        """)
  }

  @Test("tshark sees the documented packets byte for byte, between the documented MAC addresses")
  func exactBytes() throws {
    let folder = try TestFolder()
    _ = try TwoHostProgram.run(
      "run", Self.scenarios, "--artifacts", "out", "--capture", "all", in: folder.path)
    let file = folder.path + "/out/hello-quit-exact-bytes/capture.pcapng"
    let ended = try Program.run([
      "tshark", "-r", file, "-Y", "frame.interface_name == \"receiver:eth0\"", "-x",
    ])
    let hex = ended.output.split(separator: "\n", omittingEmptySubsequences: false).split(separator: "")
      .map { dump in
        dump.map { $0.dropFirst(6).prefix(47).filter { $0 != " " } }.joined()
      }
    let ethernet = "00009106" + "41e1" + "f01faf288d92" + "0800"
    #expect(hex == DocumentedPackets.all.map { ethernet + $0 })
  }

  /// One wrong word in a documented scenario, and the row of the table that must be marked for it.
  private static let mistakes: [(file: String, right: String, wrong: String, row: String)] = [
    ("hello-world", #"payload: "Hello World!","#, #"payload: "Hello World!", via: "header","#, ""),
    ("hello-world", "totalLength: 32", "totalLength: 33", "total length"),
    ("hello-world", "headerLength: 20", "headerLength: 24", "header length"),
    ("hello-world", "dscp: 0", "dscp: 1", "DSCP"),
    ("hello-world", "ecn: 0", "ecn: 1", "ECN"),
    ("hello-world", "version: 4", "version: 5", "version"),
    ("hello-world", "fragmentOffset: 0, ttl: 128", "fragmentOffset: 8, ttl: 128", "fragment offset"),
    ("hello-world", "fragmentOffset: 0, ttl: 128", "fragmentOffset: 0, ttl: 127", "time to live"),
    ("hello-quit-exact-bytes", "checksum: 0xfeb1", "checksum: 0xfeb0", "checksum"),
    ("hello-quit-exact-bytes", "checksum: 0xfe22", "checksum: 0xfe23", "checksum"),
    (
      "hello-quit-exact-bytes", "totalLength: 22, checksum: 0xfea7",
      "totalLength: 22, checksum: 0xfea7, identification: 0x36de", "identification"
    ),
    (
      "hello-quit-exact-bytes", "expect: { header: { dscp: 0, ecn: 0, totalLength: 24",
      "expect: { payload: \"Quiz\", header: { dscp: 0, ecn: 0, totalLength: 24", "payload"
    ),
  ]

  @Test(
    "one wrong word in what is expected fails the case and marks that field alone",
    arguments: mistakes.indices)
  func oneMistake(index: Int) throws {
    let mistake = Self.mistakes[index]
    let folder = try TestFolder()
    let file = "\(Self.scenarios)/\(mistake.file).json5"
    let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    #expect(text.contains(mistake.right), "the scenario says something else now")
    try folder.write(text.replacing(mistake.right, with: mistake.wrong), to: "s.json5")
    let ended = try TwoHostProgram.run("run", "s.json5", "--networks", Self.networks, in: folder.path)
    let marked = ended.output.split(separator: "\n").filter { $0.contains("! ") && $0.hasPrefix("  ! ") }
      .map { $0.dropFirst(4).prefix { $0 != " " } }
    guard !mistake.row.isEmpty else {
      // The control: a change that is none passes.
      #expect(ended.status == 0, "\(ended.output)")
      return
    }
    #expect(ended.status == 1, "\(ended.output) \(ended.errors)")
    #expect(marked == [mistake.row.prefix { $0 != " " }], "\(ended.output)")
    #expect(ended.output.contains("  ! \(mistake.row) "))
    #expect(
      folder.files == ["s.json5", "twohost-artifacts/.last-failed", "twohost-artifacts/s/capture.pcapng"])
  }
}

@Suite("decode")
struct DecodeTests {
  @Test("says of each documented packet that its checksum is right", arguments: DocumentedPackets.all)
  func right(packet: String) throws {
    let ended = try TwoHostProgram.run("decode", packet)
    #expect(ended.status == 0)
    let line = try #require(ended.output.split(separator: "\n").first { $0.contains("Header Checksum") })
    #expect(line.hasSuffix("  correct"))
    #expect(!ended.output.contains("incorrect"))
  }

  @Test(
    "says of each with any one bit of its header flipped that it is wrong", arguments: DocumentedPackets.all)
  func wrong(packet: String) throws {
    let flipped = (0..<160).map { bit in
      var digits = packet.map { UInt8($0.hexDigitValue ?? 0) }
      digits[bit / 4] ^= 8 >> UInt8(bit % 4)
      return digits.map { String($0, radix: 16) }.joined()
    }
    let ended = try Program.run([TwoHostProgram.path, "decode"] + flipped)
    #expect(ended.status == 0)
    let lines = ended.output.split(separator: "\n").filter { $0.contains("Header Checksum") }
    #expect(lines.count == 160)
    #expect(lines.allSatisfy { $0.contains("incorrect: ") })
  }

  @Test("takes each packet of a capture file apart, with its interface")
  func captureFile() throws {
    let folder = try TestFolder()
    try folder.write(#"{ exchange: ["Hi"] }"#, to: "x.json5")
    #expect(try TwoHostProgram.run("run", "x.json5", "--capture", "all", in: folder.path).status == 0)
    let ended = try TwoHostProgram.run("decode", "twohost-artifacts/x/capture.pcapng", in: folder.path)
    #expect(ended.status == 0)
    #expect(ended.output.contains("packet 1, sender:eth0, 36 bytes"))
    #expect(ended.output.contains("packet 2, receiver:eth0, 36 bytes"))
    #expect(ended.output.contains("Ethernet II"))
  }

  @Test("a file that is no capture is an error that names it")
  func noCapture() throws {
    let folder = try TestFolder()
    try folder.write("not a capture", to: "notes.txt")
    let ended = try TwoHostProgram.run("decode", "notes.txt", in: folder.path)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("notes.txt: "))
  }
}
