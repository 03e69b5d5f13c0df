// SPDX-License-Identifier: Apache-2.0

/// The Internet Control Message Protocol for IPv6 (RFC 4443), neighbour discovery (RFC 4861) and multicast listener
/// discovery (RFC 2710, RFC 9777).
struct ICMPv6Protocol: TransportProtocol {
  /// Its number in an IP header.
  static let number: UInt8 = 58
  /// The types of neighbour discovery (RFC 4861 §4).
  static let neighbourDiscovery: ClosedRange<UInt8> = 133...137

  let name = "Internet Control Message Protocol v6"
  let filterName = "icmpv6"
  let headerName = "ICMPv6 header"
  let title = "ICMPv6"
  let minimumLength = Self.headerLength
  let messageFields = Self.table + Self.echo + [Self.quotedLength, Self.mtu, Self.pointer]
  let carriers = [Carrier.ipProtocol(Self.number)]
  let fields = Self.table
  let otherFields =
    [Self.mtu, Self.pointer] + Self.echo + Self.listener + Self.listenerQuery2 + Self.routerAdvertisement + [
      Self.solicited
    ]
    + Self.neighbourAdvertisement + Self.redirect + Self.extendedEcho + [Self.records, Self.option]

  private static let table = [
    // 128 is an echo request.
    LayerField("type", "Type", "icmpv6.type", 0..<8, form: .named(types), leftOut: .value(128)),
    LayerField("code", "Code", "icmpv6.code", 8..<16),
    LayerField(
      "checksum", "Checksum", "icmpv6.checksum", 16..<32, form: .hexadecimal,
      leftOut: .checksum(withPseudoHeader: true)),
  ]
  /// Where the quoted packet ends, in words of 8 bytes; 0 where nothing follows it (RFC 4884 §4).
  private static let quotedLength = LayerField(
    "quotedLength", "Length", "icmpv6.length", 32..<40, unit: "words of 8 bytes")
  private static let mtu = LayerField("mtu", "MTU", "icmpv6.mtu", 32..<64, unit: "bytes")
  private static let pointer = LayerField("pointer", "Pointer", "icmpv6.pointer", 32..<64)
  private static let echo = [
    LayerField("identifier", "Identifier", "icmpv6.echo.identifier", 32..<48),
    LayerField("sequenceNumber", "Sequence", "icmpv6.echo.sequence_number", 48..<64),
  ]
  /// RFC 8335 §2 and §3.
  private static let extendedEcho = [
    echo[0], LayerField("sequenceNumber", "Sequence number", "icmpv6.ext.echo.seq", 48..<56),
    LayerField("local", "Local bit", "icmpv6.ext.echo.req.local", 63..<64, form: .flag),
  ]
  private static let listener = [
    LayerField(
      "maximumResponse", "Maximum Response Delay", "icmpv6.mld.maximum_response_delay", 32..<48, unit: "ms"),
    LayerField(
      "multicastAddress", "Multicast Address", "icmpv6.mld.multicast_address", 64..<192, form: .ipv6Address),
  ]
  private static let listenerQuery2 = [
    LayerField(
      "maximumResponse", "Maximum Response Code", "icmpv6.mld.maximum_response_code", 32..<48),
    listener[1],
  ]
  private static let routerAdvertisement = [
    LayerField("hopLimit", "Cur hop limit", "icmpv6.nd.ra.cur_hop_limit", 32..<40),
    LayerField("managed", "Managed address configuration", "icmpv6.nd.ra.flag.m", 40..<41, form: .flag),
    LayerField("other", "Other configuration", "icmpv6.nd.ra.flag.o", 41..<42, form: .flag),
    LayerField("lifetime", "Router lifetime", "icmpv6.nd.ra.router_lifetime", 48..<64, unit: "s"),
    LayerField("reachable", "Reachable time", "icmpv6.nd.ra.reachable_time", 64..<96, unit: "ms"),
    LayerField("retransmit", "Retrans timer", "icmpv6.nd.ra.retrans_timer", 96..<128, unit: "ms"),
  ]
  private static let solicited = LayerField(
    "target", "Target Address", "icmpv6.nd.ns.target_address", 64..<192, form: .ipv6Address)
  private static let neighbourAdvertisement = [
    LayerField("router", "Router", "icmpv6.nd.na.flag.r", 32..<33, form: .flag),
    LayerField("solicited", "Solicited", "icmpv6.nd.na.flag.s", 33..<34, form: .flag),
    LayerField("override", "Override", "icmpv6.nd.na.flag.o", 34..<35, form: .flag),
    LayerField("target", "Target Address", "icmpv6.nd.na.target_address", 64..<192, form: .ipv6Address),
  ]
  private static let redirect = [
    LayerField("target", "Target Address", "icmpv6.nd.rd.target_address", 64..<192, form: .ipv6Address),
    LayerField(
      "destination", "Destination Address", "icmpv6.rd.na.destination_address", 192..<320, form: .ipv6Address),
  ]
  private static let records = LayerField(
    "records", "Number of Multicast Address Records", "icmpv6.mldr.nb_mcast_records", 48..<64)
  private static let option = LayerField("option", "Option", "icmpv6.opt.type", 0..<8)

  /// The common types (IANA, ICMPv6 Parameters).
  static let types: NumberNames = [
    1: "Destination unreachable", 2: "Packet too big", 3: "Time exceeded", 4: "Parameter problem",
    128: "Echo request", 129: "Echo reply", 130: "Multicast listener query",
    131: "Multicast listener report", 132: "Multicast listener done", 133: "Router solicitation",
    134: "Router advertisement", 135: "Neighbour solicitation", 136: "Neighbour advertisement",
    137: "Redirect", 143: "Multicast listener report", 160: "Extended echo request",
    161: "Extended echo reply",
  ]

  /// The codes of the errors from 0 on (IANA, ICMPv6 Parameters).
  private static let codes: [UInt8: [String]] = [
    1: [
      "No route to destination", "Administratively prohibited", "Beyond scope of source address",
      "Address unreachable", "Port unreachable", "Source address failed policy",
      "Reject route to destination",
      "Error in source routing header", "Headers too long",
    ],
    3: ["Hop limit exceeded in transit", "Fragment reassembly time exceeded"],
    4: [
      "Erroneous header field", "Unrecognized next header", "Unrecognized IPv6 option",
      "Incomplete first fragment",
    ],
  ]

  private static let headerLength = 8

  /// The fields behind the checksum that a type has.
  private static func fields(ofType type: UInt8, in extent: Extent) -> [LayerField] {
    switch type {
    case 2: [mtu]
    case 4: [pointer]
    case 128, 129: echo
    // A query of the second version is longer (RFC 9777 §8.1).
    case 130: extent.length >= 28 ? listenerQuery2 : listener
    case 131, 132: listener
    case 134: routerAdvertisement
    case 135: [solicited]
    case 136: neighbourAdvertisement
    case 137: redirect
    case 143: [records]
    case 160: extendedEcho
    case 161: Array(extendedEcho.prefix(2))
    default: []
    }
  }

  let hasQuotations = true

  func quotes(_ header: [UInt8]) -> Bool { header.first.map(Self.isError) ?? false }

  /// Whether it is an error, which has a packet behind its header (RFC 4443 §2.1).
  private static func isError(_ type: UInt8) -> Bool { (1...4).contains(type) }

  func has(_ field: LayerField, in header: [UInt8]) -> Bool {
    guard field.bits.lowerBound >= 32, let type = header.first else { return true }
    switch type {
    case 1, 3: return field.key == Self.quotedLength.key
    case 2: return field.key == Self.mtu.key
    case 4: return field.key == Self.pointer.key
    case 128, 129: return Self.echo.contains { $0.key == field.key }
    default: return false
    }
  }

  func read(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes
    let whole = layer
    let type = bytes.first ?? 0
    let own = bytes.count < 4 ? [] : Self.fields(ofType: type, in: layer.extent)
    let isAllThere = layer.read(Self.table + own) { row, number in
      switch row.filterName {
      case "icmpv6.code": LayerReading.Note(name: Self.codeName(type, number))
      case "icmpv6.checksum":
        LayerReading.Note(whole.remark(onChecksum: number, of: Self.number, header: Self.headerLength))
      default: LayerReading.Note()
      }
    }
    guard isAllThere, layer.requires(Self.headerLength) else { return }
    let length = max(Self.headerLength, layer.length(of: own))
    switch type {
    // An error has as much of the packet as it has room for (RFC 4443 §2.4).
    case 1...4 where bytes.count == Self.headerLength:
      layer.requires(Self.headerLength + IPv6Header.length, "ICMPv6 error with the packet that it quotes")
    case 1...4 where !layer.context.isQuoted:
      // The first and the third tell how much is quoted, in words of 8 bytes (RFC 4884 §4).
      let words = type == 1 || type == 3 ? Int(bytes[bytes.startIndex + 4]) : nil
      layer.addQuoted(.etherType(EtherType.ipv6.rawValue), from: length, length: words.map { 8 * $0 })
    case Self.neighbourDiscovery: addOptions(&layer, from: length)
    // What the request asks about (RFC 8335 §2).
    case 160: layer.addExtensions(from: length)
    default: layer.addData(layer.extent.part(from: length))
    }
  }

  private static func codeName(_ type: UInt8, _ code: UInt64) -> String? {
    guard let names = codes[type], names.indices.contains(Int(code)) else { return nil }
    return names[Int(code)]
  }

  // MARK: - Options of neighbour discovery (RFC 4861 §4.6)

  private static let optionNames: NumberNames = [
    1: "source link-layer address", 2: "target link-layer address", 3: "prefix information",
    4: "redirected header", 5: "MTU", 14: "nonce", 24: "route information", 25: "recursive DNS servers",
    31: "DNS search list",
  ]

  private func addOptions(_ layer: inout LayerReading, from begin: Int) {
    var rest = layer.extent.bytes.dropFirst(begin)
    while let type = rest.first {
      let stated = rest.dropFirst().first.map { 8 * Int($0) }
      let isThere = stated.map { $0 > 0 && $0 <= rest.count } ?? false
      let bytes = isThere ? rest.prefix(stated ?? 0) : rest
      let isMalformed = layer.extent.isWhole || stated == 0
      let name = Self.optionNames[UInt64(type)] ?? "option \(type)"
      layer.add(
        Dissection.Field(
          Self.option.name, Self.option.filterName, "\(name): \(Self.text(type, bytes.dropFirst(2)))",
          bytes.indices,
          number: UInt64(type),
          remark: isThere ? .none : isMalformed ? .wrong("cannot be read") : layer.extent.lack))
      rest = rest.dropFirst(bytes.count)
    }
  }

  private static func text(_ type: UInt8, _ data: ArraySlice<UInt8>) -> String {
    (type == 1 || type == 2) && data.count == 6
      ? LayerField.text(data, .macAddress) : HexDump.hexString(data)
  }
}
