// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Report
import Scenario
import Verdict
import Wire

/// `twohost decode`: takes packets apart.
enum DecodeCommand: Command {
  static let name = "decode"
  static let operands = "HEX|FILE|-…"
  static let summary = "dissect a packet, or each packet of a pcapng or pcap file"
  static let details =
    [
      "HEX is a packet in hexadecimal, starting with its IP or Ethernet header; spaces are allowed. FILE is",
      "a capture, pcap or pcapng, which may be compressed with gzip, bzip2, xz or zstd; - is standard",
      "input. No privilege is needed.",
      "",
      "EXPRESSION uses the names of Wireshark's display filters: udp, ip.src == 1.1.1.1 and not",
      "tcp.port == 22, (icmp.type < 5 or arp) and frame.len > 60. A name alone tests for presence, and !=",
      "that no value is equal.",
      "",
      "Supported link types:",
    ] + linkTypes
  static let options = [PacketOptions.packet, PacketOptions.filter, json]

  private static let json = CommandOption(
    name: "--json", help: "print each packet as one line of JSON, with its layers and fields")

  /// The link types in lines of the width of the others.
  private static var linkTypes: [String] {
    var lines: [String] = []
    for word in LinkType.readable().split(separator: " ").map(String.init) {
      if let last = lines.last, last.count + word.count < 100 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append("  \(word)")
      }
    }
    return lines
  }

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard !arguments.operands.isEmpty else {
      throw UsageError("decode needs a packet in hexadecimal, or a file")
    }
    // All are looked at before any is printed, so that a wrong one changes nothing.
    let sources = try arguments.operands.map(source)
    var output = Output(
      hasSeveralSources: sources.count > 1, isJSON: arguments.has(json),
      numbers: try PacketOptions.numbers(arguments),
      filter: try PacketOptions.filter(arguments))
    var failed = false
    for source in sources {
      switch source {
      case .packet(let bytes): try output.write(bytes)
      case .file(let path):
        guard let failure = try decode(path, &output) else { continue }
        Console.explain(failures: ["\(path): \(failure)"])
        failed = true
      }
    }
    if failed { return .usage }
    if output.isEmpty { Console.explain("twohost: no packet matches") }
    return output.isEmpty ? .nothingSelected : .passed
  }

  // MARK: - Where packets come from

  private enum Source {
    case packet([UInt8])
    case file(String)
  }

  private static func source(_ operand: String) throws(UsageError) -> Source {
    guard !operand.isEmpty else { throw UsageError("a packet in hexadecimal has at least one byte") }
    if operand == InputFile.standardInput || access(operand, R_OK) == 0 { return .file(operand) }
    let isThere = access(operand, F_OK) == 0
    do throws(HexError) {
      return .packet(try HexDump.bytes(fromHex: operand))
    } catch {
      let isPath = operand.contains("/") || operand.contains(".")
      let reason =
        isThere
        ? "may not be read"
        : isPath ? "does not exist" : "is neither a readable file nor hexadecimal: \(error)"
      throw UsageError("\"\(operand)\" \(reason)")
    }
  }

  /// Prints the packets of a file as they come; says why not all of it could be read.
  private static func decode(_ path: String, _ output: inout Output) throws -> String? {
    var number = 0
    let failure = try PacketOptions.read(path, upTo: output.last) { packet in
      number += 1
      try output.write(packet, number: number, path: path)
    }
    return failure ?? (number == 0 ? "there are no packets in this capture" : nil)
  }

  // MARK: - Where they go

  private struct Output {
    let hasSeveralSources: Bool
    let isJSON: Bool
    let numbers: PacketNumbers?
    let filter: PacketFilter?
    private let text = DissectionText(palette: Console.palette(nil))
    /// Whether nothing has been written.
    private(set) var isEmpty = true

    init(hasSeveralSources: Bool, isJSON: Bool, numbers: PacketNumbers?, filter: PacketFilter?) {
      self.hasSeveralSources = hasSeveralSources
      self.isJSON = isJSON
      self.numbers = numbers
      self.filter = filter
    }

    /// The number of the last packet of a file that is asked for.
    var last: Int { numbers?.last ?? .max }

    /// Writes a packet that was given in hexadecimal.
    mutating func write(_ bytes: [UInt8]) throws {
      let (dissection, linkType) = DecodeCommand.dissect(bytes)
      let title = hasSeveralSources ? "packet of \(bytes.count) bytes\n" : ""
      try write(CaptureFile.Packet(bytes, linkType: linkType), dissection, number: 1, file: nil, title)
    }

    /// Writes a packet of a file.
    mutating func write(_ packet: CaptureFile.Packet, number: Int, path: String) throws {
      guard numbers?.contains(number) != false else { return }
      let file = hasSeveralSources ? path : nil
      let title = isJSON ? "" : text.title(packet, number: number, file: file)
      try write(packet, Dissection(packet), number: number, file: file, title)
    }

    private mutating func write(
      _ packet: CaptureFile.Packet, _ dissection: Dissection, number: Int, file: String?, _ title: String
    ) throws {
      guard filter?.matches(dissection, of: packet, number: number) != false else { return }
      if isJSON {
        try Console.write(DissectionJSON.line(packet, dissection, number: number, file: file))
      } else {
        try Console.write((isEmpty ? "" : "\n") + title + text.text(dissection, bytes: packet.bytes))
      }
      isEmpty = false
    }
  }

  /// A packet begins with its Ethernet header where the EtherType is one that we know, unless all of it is just as long
  /// as it says when read as IP.
  private static func dissect(_ bytes: [UInt8]) -> (Dissection, linkType: UInt16) {
    let known: [EtherType] = [.ipv4, .arp, .ipv6, .vlan, .serviceVLAN]
    let ipv4 = try? IPv4Header(parsing: bytes)
    let ipv6 = try? IPv6Header(parsing: bytes[...])
    if let ipv6, ipv6.version == 6, IPv6Header.length + Int(ipv6.payloadLength) == bytes.count {
      return (Dissection(packet: bytes, as: .v6), LinkType.ipv6.rawValue)
    }
    let isWhole = ipv4.map { Int($0.totalLength) == bytes.count } ?? false
    if !(isWhole && ipv4?.version == 4), let header = try? EthernetHeader(parsing: bytes),
      known.contains(header.etherType)
    {
      return (Dissection(ethernet: bytes), LinkType.ethernet.rawValue)
    }
    // Of the right length, an IPv4 packet is one even where its version is wrong.
    return bytes[0] >> 4 == 6 && !isWhole
      ? (Dissection(packet: bytes, as: .v6), LinkType.ipv6.rawValue)
      : (Dissection(packet: bytes, as: .v4), LinkType.ipv4.rawValue)
  }
}
