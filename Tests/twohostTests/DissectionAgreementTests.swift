// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Every packet of the whole library of scenarios, taken apart by `twohost decode` and by tshark.
@Suite("decode and tshark")
struct DissectionAgreementTests {
  private static let protocolNumber = "ip.proto"
  private static let fields =
    [
      "arp.dst.hw_mac", "arp.dst.proto_ipv4", "arp.hw.size", "arp.hw.type", "arp.opcode", "arp.proto.size",
      "arp.proto.type", "arp.src.hw_mac", "arp.src.proto_ipv4", "data.data", "eth.dst", "eth.padding",
      "eth.src",
      "eth.type", "icmp.checksum", "icmp.code", "icmp.ident", "icmp.seq", "icmp.type", "ip.checksum",
      "ip.dsfield.dscp",
      "ip.dsfield.ecn", "ip.dst", "ip.flags.df", "ip.flags.mf", "ip.flags.rb", "ip.frag_offset", "ip.hdr_len",
      "ip.id",
      "ip.len", "ip.opt.type", protocolNumber, "ip.src", "ip.ttl", "ip.version", "udp.checksum",
      "udp.dstport",
      "udp.length", "udp.srcport",
    ] + fieldsOfIPv6 + fieldsOfTCP + fieldsOfVLAN

  private static let fieldsOfIPv6 = [
    "icmpv6.checksum", "icmpv6.code", "icmpv6.echo.identifier", "icmpv6.echo.sequence_number",
    "icmpv6.nd.na.target_address", "icmpv6.nd.ns.target_address", "icmpv6.pointer", "icmpv6.type", "ipv6.dst",
    "ipv6.dstopts.len", "ipv6.dstopts.nxt", "ipv6.flow", "ipv6.fraghdr.ident", "ipv6.fraghdr.more",
    "ipv6.fraghdr.nxt", "ipv6.fraghdr.offset", "ipv6.hlim", "ipv6.hopopts.len", "ipv6.hopopts.nxt",
    "ipv6.nxt",
    "ipv6.opt.type", "ipv6.plen", "ipv6.routing.len", "ipv6.routing.nxt", "ipv6.routing.segleft",
    "ipv6.routing.type", "ipv6.src", "ipv6.tclass.dscp", "ipv6.tclass.ecn", "ipv6.version",
  ]
  private static let fieldsOfTCP = [
    "tcp.ack_raw", "tcp.checksum", "tcp.dstport", "tcp.flags.ack", "tcp.flags.ae", "tcp.flags.cwr",
    "tcp.flags.ece", "tcp.flags.fin", "tcp.flags.push", "tcp.flags.reset", "tcp.flags.syn", "tcp.flags.urg",
    "tcp.hdr_len", "tcp.option_kind", "tcp.options.mss_val", "tcp.options.timestamp.tsecr",
    "tcp.options.timestamp.tsval", "tcp.options.wscale.shift", "tcp.seq_raw", "tcp.srcport",
    "tcp.urgent_pointer", "tcp.window_size_value",
  ]
  private static let fieldsOfVLAN = [
    "ieee8021ad.dei", "ieee8021ad.id", "ieee8021ad.priority", "vlan.dei", "vlan.etype", "vlan.id",
    "vlan.priority",
  ]
  /// What tshark tells beside: whether checksums are right, the hop that a source route names, the padding of a
  /// frame that would be long enough without, and that it could not go on.
  private static let others = [
    "ip.checksum.status", "icmp.checksum.status", "ip.cur_rt", "eth.trailer", "_ws.malformed",
  ]

  /// The values of the fields of one packet, outermost first, as both tell them.
  private struct Packet {
    var values: [String: [String]] = [:]
    /// What `decode` says beside a value.
    var remarks: [String: [String]] = [:]

    /// Whether a header misstates version or lengths: there tshark stops.
    var isMisstated: Bool {
      ["ip.version", "ip.hdr_len", "ip.len"].contains { field in
        (remarks[field] ?? []).contains { $0.hasPrefix("wrong") }
      }
    }

    /// Whether a header of IPv6 or TCP is not as it should be: of what follows tshark shows nothing, or other bytes.
    var hasOddHeader: Bool {
      ["ipv6.version", "ipv6.plen", "ipv6.opt.type", "tcp.hdr_len"].contains { field in
        (remarks[field] ?? []).contains { $0.hasPrefix("wrong") }
      }
    }

    /// Whether `decode` says of its own header that it is a piece.
    var isPiece: Bool {
      values["ip.flags.mf"]?.first == "1" || values["ip.frag_offset", default: ["0"]].first != "0"
        || values["ipv6.fraghdr.offset"] != nil
    }

    /// Whether its payload is nobody's: other protocols have dissectors in tshark, and so have the times and masks
    /// of some types of ICMP.
    var isDataInBoth: Bool {
      let protocols = (values[protocolNumber] ?? values["ipv6.nxt"] ?? ["253"]).map {
        $0.prefix { $0 != " " }
      }
      let types = (values["icmp.type"] ?? []).compactMap { Int($0.prefix { $0 != " " }) }
      let hasData: Set<Int> = [0, 3, 5, 8, 11, 12]
      return !isPiece && protocols.allSatisfy { ["1", "253"].contains($0) }
        && types.allSatisfy(hasData.contains)
    }

    /// Whether a UDP length leaves bytes of the packet over, of which tshark shows nothing.
    var hasBytesBehindUDP: Bool {
      guard let length = values["udp.length"]?.first.flatMap({ Int($0) }),
        let total = values["ip.len"]?.first.flatMap({ Int($0) }),
        let header = values["ip.hdr_len"]?.first.flatMap({ Int($0) })
      else { return false }
      return length < total - header
    }

    /// Whether an ICMP error quotes what is misstated or not all there, or says where its quotation ends: of that tshark
    /// shows nothing, or takes the extensions behind it for a part of it (RFC 4884 §5.5 lets it, below 128 bytes).
    var quotesOddly: Bool {
      let isError = values["icmp.type"]?.first.map { ["3", "4", "5", "11", "12"].contains($0) } ?? false
      let hasLength = values["icmp.length"]?.contains { $0 != "0" } ?? false
      let isCut = ["_ws.short", "_ws.malformed"].contains { values[$0] != nil }
      let isWrong = remarks.contains { field, remarks in
        field.hasPrefix("ip.") && remarks.dropFirst().contains { $0.hasPrefix("wrong") }
      }
      return isError && (hasLength || isCut || isWrong)
    }
  }

  // MARK: - The captures

  /// One capture of all packets of all cases.
  private func capture(in folder: TestFolder) throws -> String {
    try ScenarioLibraryRunTests.play(in: folder, "--artifacts", "out", "--capture", "all")
    let captures = folder.files.filter { $0.hasSuffix("capture.pcapng") }.sorted()
    #expect(captures.count >= 1500)
    // mergecap has all of its files open at once.
    let chunks = stride(from: 0, to: captures.count, by: 400).map { captures[$0...].prefix(400) }
    for (number, chunk) in chunks.enumerated() {
      try merge(Array(chunk), into: "chunk\(number)", in: folder)
    }
    try merge(chunks.indices.map { "chunk\($0)" }, into: "all", in: folder)
    // Most packets arrive as they were sent: what both ends have seen is compared once.
    let distinct = try Program.run(["editcap", "-D", "1000", "all", "distinct"], in: folder.path)
    #expect(distinct.status == 0, "\(distinct.errors)")
    return "\(folder.path)/distinct"
  }

  private func merge(_ files: [String], into name: String, in folder: TestFolder) throws {
    let ended = try Program.run(["mergecap", "-a", "-w", name] + files, in: folder.path)
    #expect(ended.status == 0, "\(ended.errors)")
  }

  // MARK: - What both say

  private func tshark(_ file: String) throws -> [Packet] {
    let names = Self.fields + Self.others
    let words =
      [
        "tshark", "-n", "-r", file, "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o",
        "ip.check_checksum:TRUE", "-o",
        "eth.fcs:Never",
      ]
      + ["-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"]
      + names.flatMap { ["-e", $0] }
    let ended = try Program.run(words)
    #expect(ended.status == 0, "\(ended.errors)")
    return ended.output.split(separator: "\n").map { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map {
        $0.split(separator: "|").map(String.init)
      }
      return Packet(values: Dictionary(uniqueKeysWithValues: zip(names, cells)))
    }
  }

  /// Of each packet a line: its fields behind tabs, each with its value, its number where it has one, and the remark.
  private static let extract = """
    import json, sys
    for line in sys.stdin:
        fields = [field for layer in json.loads(line)["layers"] for field in layer["fields"]]
        row = [(f["filter"], str(f.get("number", f["value"])), f.get("remark", "")) for f in fields]
        print("\\t".join("\\x1f".join(cells) for cells in row))
    """

  private func decode(_ file: String) throws -> [Packet] {
    let command = "set -o pipefail; \"$1\" decode --json \"$2\" | python3 -c \"$3\""
    let ended = try Program.run(["bash", "-c", command, "bash", TwoHostProgram.path, file, Self.extract])
    #expect(ended.status == 0, "\(ended.errors)")
    return ended.output.split(separator: "\n").map { line in
      var packet = Packet()
      for field in line.split(separator: "\t") {
        let cells = field.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
        packet.values[cells[0], default: []].append(cells[1])
        packet.remarks[cells[0], default: []].append(cells[2])
      }
      return packet
    }
  }

  // MARK: - In the same terms

  private static let optionTypes: Set<String> = ["0", "1", "7", "68", "131", "137", "148"]

  /// A value of tshark, which writes some numbers in hexadecimal, and offsets in units of 8 bytes.
  private static func tsharkTerm(_ value: String, of field: String) -> String {
    switch field {
    case "ip.frag_offset", "ipv6.fraghdr.offset": return "\(number(value) * 8)"
    case "data.data", "eth.padding": return value
    default: return value.hasPrefix("0x") ? "\(number(value))" : value
    }
  }

  private static func number(_ text: String) -> Int {
    (text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)) ?? -1
  }

  /// The values of a field in the order of the layers, by both; where the two rightly tell different things, what
  /// both tell of it.
  private static func pair(_ field: String, _ ours: Packet, _ theirs: Packet) -> (
    ours: [String], theirs: [String]
  ) {
    let decoded = ours.values[field] ?? []
    var seen = (theirs.values[field] ?? []).map { tsharkTerm($0, of: field) }
    // It calls the version of an IPv6 header so too.
    if field == "ip.version" {
      guard theirs.values["ip.hdr_len"] != [], !decoded.isEmpty else { return ([], []) }
      seen.removeAll { $0 == "6" && !decoded.contains("6") }
    }
    // tshark stops at a header that misstates itself; a total length of 0 it takes for one that the NIC fills in.
    if ours.isMisstated {
      let isHeader =
        field.hasPrefix("eth.") ? field != "eth.padding" : field.hasPrefix("ip.") && field != "ip.opt.type"
      return isHeader && !seen.isEmpty && decoded.first != "0"
        ? (Array(decoded.prefix(1)), Array(seen.prefix(1))) : ([], [])
    }
    if ours.quotesOddly || theirs.values["_ws.malformed"] != [] {
      let isFirst = field.hasPrefix("ip.") && field != "ip.opt.type"
      return isFirst ? (Array(decoded.prefix(1)), Array(seen.prefix(1))) : ([], [])
    }
    switch field {
    // tshark looks for versions in the payloads of protocols that it knows.
    case "ip.version": return (decoded, Array(seen.prefix(decoded.count)))
    // It knows the last hop of a source route, and says that the address in the header is the current one.
    case "ip.dst":
      guard let current = theirs.values["ip.cur_rt"]?.first else { return (decoded, seen) }
      return (Array(decoded.prefix(1)), [current])
    case "eth.padding" where ours.hasBytesBehindUDP: return ([], [])
    case "eth.padding":
      let all = (seen + (theirs.values["eth.trailer"] ?? [])).joined()
      return (decoded, all.isEmpty ? [] : [all])
    // It has no type for options that it does not know, and reads no ends behind the first.
    case "ip.opt.type":
      let isReadable =
        decoded.allSatisfy(optionTypes.contains) && !ours.remarks[field, default: []].contains("wrong")
      return isReadable ? (decoded.withoutRepeatedEnds, seen) : ([], [])
    // It takes a piece for a whole message where it is the first, and shows nothing of what is cut.
    case _ where field.hasPrefix("icmp.") || field.hasPrefix("udp."):
      return ours.isPiece || theirs.values["_ws.malformed"] != [] ? ([], []) : (decoded, seen)
    // It stops at an option of a length that such an option cannot have.
    case "tcp.option_kind" where !ours.hasOddHeader:
      let kinds = seen.withoutRepeatedEnds
      let stops = ours.remarks[field, default: []].contains("wrong") || kinds.last == "5"
      return (stops ? Array(decoded.prefix(kinds.count)) : decoded, kinds)
    case _ where fieldsOfIPv6.contains(field) || fieldsOfTCP.contains(field):
      return ours.hasOddHeader || theirs.values["_ws.malformed"] != [] ? ([], []) : (decoded, seen)
    case "data.data":
      return ours.isDataInBoth && theirs.values["_ws.malformed"] == [] ? (decoded, seen) : ([], [])
    default: return (decoded, seen)
    }
  }

  @Test("every case of the library passes, and both agree on every field of every packet of it")
  func agree() throws {
    let folder = try TestFolder()
    let file = try capture(in: folder)
    let (ours, theirs) = (try decode(file), try tshark(file))
    #expect(ours.count == theirs.count)
    #expect(ours.count >= 5000)
    var compared: [String: Int] = [:]
    for (number, packets) in zip(ours, theirs).enumerated() {
      for field in Self.fields {
        let pair = Self.pair(field, packets.0, packets.1)
        // There are millions of pairs, and each #expect takes its time.
        if pair.ours != pair.theirs {
          Issue.record("\(field) of packet \(number + 1): \(pair.ours) is \(pair.theirs) in tshark")
        }
        compared[field, default: 0] += pair.ours.count
      }
      let isOdd = packets.0.quotesOddly || packets.1.values["_ws.malformed"] != []
      guard !packets.0.isMisstated, !isOdd else { continue }
      // What an error of IPv6 quotes is not verified either.
      let isWhole = !packets.0.isPiece && packets.0.values["icmpv6.type"] == nil
      for layer in ["ip", "icmp"] where layer == "ip" || isWhole {
        // Of a header that is not all there both say nothing, which tshark calls unverified.
        let remarks = (packets.0.remarks["\(layer).checksum"] ?? []).map {
          ["right": "1", "wrong": "0"][$0] ?? "2"
        }
        let statuses = packets.1.values["\(layer).checksum.status"] ?? []
        // A message that is quoted tshark does not verify, though all of it may be there.
        let isQuoting = layer == "icmp" && statuses.dropFirst().allSatisfy { $0 == "2" }
        let told = isQuoting ? Array(remarks.prefix(1)) : remarks
        #expect(
          told == (isQuoting ? Array(statuses.prefix(1)) : statuses),
          "\(layer) checksum of packet \(number + 1)")
      }
    }
    #expect(
      Self.fields.allSatisfy { (compared[$0] ?? 0) > 0 }, "no value of a field was compared: \(compared)")
  }
}

extension [String] {
  /// The types of options with one end where several stand.
  fileprivate var withoutRepeatedEnds: [String] {
    enumerated().filter { index, type in type != "0" || index == 0 || self[index - 1] != "0" }.map(\.element)
  }
}
