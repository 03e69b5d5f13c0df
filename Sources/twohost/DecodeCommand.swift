// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Report
import Scenario
import Verdict
import Wire

/// `twohost decode`: takes packets apart.
enum DecodeCommand: Command {
  static let name = "decode"
  static let operands = "HEX|FILE…"
  static let summary = "dissect a packet, or each packet of a pcapng or pcap file"
  static let details = [
    "HEX is a packet in hexadecimal, from its IPv4 or its Ethernet header on; spaces are allowed. No privilege",
    "is needed.",
  ]
  static let options: [CommandOption] = []

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard !arguments.operands.isEmpty else {
      throw UsageError("decode needs a packet in hexadecimal, or a file")
    }
    // All are read before any is printed, so that a wrong one changes nothing.
    let packets = try arguments.operands.flatMap(packets)
    let text = DissectionText(palette: Console.palette(nil))
    for (index, packet) in packets.enumerated() {
      if packets.count > 1 { try Console.write("\(index > 0 ? "\n" : "")\(packet.title)\n") }
      try Console.write(text.text(packet.dissection, bytes: packet.bytes))
    }
    return .passed
  }

  private struct Packet {
    let title: String
    let bytes: [UInt8]
    let dissection: Dissection
  }

  private static func packets(_ operand: String) throws -> [Packet] {
    guard !operand.isEmpty else { throw UsageError("a packet in hexadecimal has at least one byte") }
    if let contents = FileManager.default.contents(atPath: operand) {
      return try packets(inFile: operand, Array(contents))
    }
    do throws(HexError) {
      let bytes = try HexDump.bytes(fromHex: operand)
      return [Packet(title: "packet of \(bytes.count) bytes", bytes: bytes, dissection: dissect(bytes))]
    } catch {
      throw UsageError("\"\(operand)\" is neither a file that can be read nor hexadecimal: \(error)")
    }
  }

  /// A packet begins with its Ethernet header where the EtherType is one that we know, unless all of it is
  /// just as long as it says when read as IPv4.
  private static func dissect(_ bytes: [UInt8]) -> Dissection {
    let known: [EtherType] = [.ipv4, .arp, .ipv6]
    let isIPv4 = (try? IPv4Header(parsing: bytes[...])).map { header in
      header.version == 4 && Int(header.totalLength) == bytes.count
    }
    guard isIPv4 != true, let ethernet = try? EthernetHeader(parsing: bytes[...]),
      known.contains(ethernet.etherType)
    else { return Dissection(ipv4: bytes) }
    return Dissection(ethernet: bytes)
  }

  private static func packets(inFile path: String, _ bytes: [UInt8]) throws(UsageError) -> [Packet] {
    let file: CaptureFile
    do throws(CaptureFileError) {
      file = try CaptureFile.parse(bytes)
    } catch {
      throw UsageError("\(path): \(error)")
    }
    guard !file.packets.isEmpty else { throw UsageError("\(path): there are no packets in this capture") }
    return file.packets.enumerated().map { index, packet in
      let interface = packet.interfaceName.map { ", \(Printable.escape($0))" } ?? ""
      let isEthernet = packet.linkType == CaptureFile.ethernet
      return Packet(
        title: "packet \(index + 1)\(interface), \(packet.originalLength) bytes", bytes: packet.bytes,
        dissection: isEthernet ? Dissection(ethernet: packet.bytes) : Dissection(ipv4: packet.bytes))
    }
  }
}
