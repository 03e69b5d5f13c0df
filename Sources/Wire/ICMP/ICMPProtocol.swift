// SPDX-License-Identifier: Apache-2.0

/// The Internet Control Message Protocol (RFC 792), with what each type has.
struct ICMPProtocol: TransportProtocol {
  let name = "Internet Control Message Protocol"
  let filterName = "icmp"
  let headerName = "ICMP header"
  let title = "ICMP"
  let minimumLength = ICMPMessage.headerLength
  let messageFields =
    Self.table + Self.identifiers + [Self.gateway, Self.pointer, Self.quotedLength, Self.mtu]
  let carriers = [Carrier.ipProtocol(ICMPMessage.protocolNumber)]
  let fields = Self.table
  let otherFields =
    Self.identifiers + [Self.quotedLength, Self.mtu, Self.gateway, Self.pointer] + Self.times
    + [Self.mask] + Self.advertisement + Self.extendedRequest + Self.extendedReply + ICMPExtensions().fields
    + ICMPExtensions().otherFields

  private static let table = [
    // 8 is an echo request.
    LayerField("type", "Type", "icmp.type", 0..<8, leftOut: .value(8)),
    LayerField("code", "Code", "icmp.code", 8..<16),
    LayerField(
      "checksum", "Checksum", "icmp.checksum", 16..<32, form: .hexadecimal,
      leftOut: .checksum(withPseudoHeader: false)),
  ]
  private static let identifiers = [
    LayerField("identifier", "Identifier", "icmp.ident", 32..<48),
    LayerField("sequenceNumber", "Sequence Number", "icmp.seq", 48..<64),
  ]
  /// Where the quoted packet ends, in words of 4 bytes; 0 where nothing follows it (RFC 4884 §4).
  private static let quotedLength = LayerField(
    "quotedLength", "Length", "icmp.length", 40..<48, unit: "words of 4 bytes")
  private static let mtu = LayerField("mtu", "MTU of next hop", "icmp.mtu", 48..<64, unit: "bytes")
  private static let gateway = LayerField(
    "gateway", "Gateway Address", "icmp.redir_gw", 32..<64, form: .ipv4Address)
  private static let pointer = LayerField("pointer", "Pointer", "icmp.pointer", 32..<40)
  private static let times = [
    LayerField("originate", "Originate Timestamp", "icmp.originate_timestamp", 64..<96, unit: "ms"),
    LayerField("receive", "Receive Timestamp", "icmp.receive_timestamp", 96..<128, unit: "ms"),
    LayerField("transmit", "Transmit Timestamp", "icmp.transmit_timestamp", 128..<160, unit: "ms"),
  ]
  private static let mask = LayerField(
    "mask", "Address Mask", "icmp.address_mask", 64..<96, form: .ipv4Address)
  private static let advertisement = [
    LayerField("addresses", "Number of addresses", "icmp.num_addrs", 32..<40),
    LayerField("entrySize", "Address entry size", "icmp.addr_entry_size", 40..<48, unit: "words of 4 bytes"),
    LayerField("lifetime", "Lifetime", "icmp.lifetime", 48..<64, unit: "s"),
  ]
  /// RFC 8335 §2 and §3.
  private static let extendedRequest = [
    identifiers[0], LayerField("sequenceNumber", "Sequence Number", "icmp.ext.echo.seq", 48..<56),
    LayerField("local", "Local bit", "icmp.ext.echo.req.local", 63..<64, form: .flag),
  ]
  private static let extendedReply =
    Array(extendedRequest.prefix(2)) + [
      LayerField("state", "State", "icmp.ext.echo.rsp.state", 56..<59),
      LayerField("active", "Active bit", "icmp.ext.echo.rsp.active", 61..<62, form: .flag),
      LayerField("ipv4", "IPv4 bit", "icmp.ext.echo.rsp.ipv4", 62..<63, form: .flag),
      LayerField("ipv6", "IPv6 bit", "icmp.ext.echo.rsp.ipv6", 63..<64, form: .flag),
    ]

  /// The fields behind the checksum that a type has.
  private static func fields(ofType type: UInt8, code: UInt8) -> [LayerField] {
    switch type {
    case 0, 8, 15, 16: identifiers
    case 3: code == 4 ? [quotedLength, mtu] : [quotedLength]
    case 5: [gateway]
    case 9: advertisement
    case 11: [quotedLength]
    case 12: [pointer, quotedLength]
    case 13, 14: identifiers + times
    case 17, 18: identifiers + [mask]
    case 42: extendedRequest
    case 43: extendedReply
    default: []
    }
  }

  let hasQuotations = true

  func quotes(_ header: [UInt8]) -> Bool {
    header.first.map { ICMPMessage(type: $0).isError } ?? false
  }

  func has(_ field: LayerField, in header: [UInt8]) -> Bool {
    guard field.bits.lowerBound >= 32, header.count >= 2 else { return true }
    return Self.fields(ofType: header[0], code: header[1]).contains { $0.key == field.key }
  }

  func read(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes
    let whole = layer
    let (type, code) = (bytes.first ?? 0, bytes.dropFirst().first ?? 0)
    let message = ICMPMessage(type: type, code: code)
    let own = bytes.count < 4 ? [] : Self.fields(ofType: type, code: code)
    let isAllThere = layer.read(Self.table + own) { row, number in
      switch row.filterName {
      case "icmp.type": LayerReading.Note(name: message.typeName)
      case "icmp.code": LayerReading.Note(name: message.codeName)
      case "icmp.checksum":
        LayerReading.Note(whole.remark(onChecksum: number, header: ICMPMessage.headerLength))
      default: LayerReading.Note()
      }
    }
    guard isAllThere, layer.requires(ICMPMessage.headerLength) else { return }
    let length = max(ICMPMessage.headerLength, layer.length(of: own))
    if message.isError, !layer.context.isQuoted, bytes.count > ICMPMessage.headerLength {
      let hasLength = own.contains { $0.filterName == Self.quotedLength.filterName }
      let words = hasLength ? Int(Self.quotedLength.number(in: bytes)) : 0
      layer.addQuoted(
        .etherType(EtherType.ipv4.rawValue), from: length, length: hasLength ? 4 * words : nil)
    } else if type == 42 {
      // What the request asks about (RFC 8335 §2).
      layer.addExtensions(from: length)
    } else {
      layer.addData(layer.extent.part(from: length))
    }
  }
}

extension LayerReading {
  /// Adds the packet that an error quotes, and the extensions behind it where it says how long the quotation is; of a
  /// message that has no such length it is nil.
  ///
  /// An error quotes no error (RFC 1122 §3.2.2): what is quoted in a quoted message is not taken apart. Where the length is
  /// 0, valid extensions may stand behind 128 bytes: some routers sent them before there was a length (RFC 4884 §5.5).
  mutating func addQuoted(_ carrier: Carrier, from begin: Int, length stated: Int?) {
    let rest = extent.part(from: begin)
    let hasOldExtensions = stated == 0 && ICMPExtensions.areValid(rest.part(from: Self.oldQuotation))
    let length = hasOldExtensions ? Self.oldQuotation : stated ?? 0
    let quoted = length > 0 ? rest.bytes.prefix(length) : rest.bytes
    var context = Context()
    context.isQuoted = true
    addNext(carrier, Extent(quoted, length: Extent.unknownLength, gap: .notQuoted), context)
    if length > 0, length < rest.bytes.count {
      add(next: ICMPExtensions(), extent.part(from: begin + length))
    }
  }

  private static let oldQuotation = 128

  /// Adds the extensions that a message has behind its header; data where they are none.
  mutating func addExtensions(from begin: Int) {
    let part = extent.part(from: begin)
    if ICMPExtensions.begin(part) { add(next: ICMPExtensions(), part) } else { addData(part) }
  }
}

/// What an error says beside the packet that it quotes (RFC 4884 §7).
struct ICMPExtensions: LayerProtocol {
  let name = "ICMP Multi-Part Extensions"
  let filterName = "icmp.ext"
  let headerName = "extension header"
  let carriers: [Carrier] = []
  let fields = [
    LayerField("version", "Version", "icmp.ext.version", 0..<4),
    LayerField("reserved", "Reserved", "icmp.ext.res", 4..<16),
    LayerField("checksum", "Checksum", "icmp.ext.checksum", 16..<32, form: .hexadecimal),
  ]
  let otherFields = Self.object + [Self.data]

  private static let object = [
    LayerField("length", "Length", "icmp.ext.length", 0..<16, unit: "bytes"),
    LayerField("class", "Class", "icmp.ext.class", 16..<24, form: .named(classes)),
    LayerField("type", "C-Type", "icmp.ext.ctype", 24..<32),
  ]
  private static let data = LayerField("data", "Data", "icmp.ext.data", 0..<8, form: .bytes)

  /// IANA, ICMP Extension Object Classes.
  private static let classes: NumberNames = [
    0: "unassigned", 1: "MPLS label stack", 2: "interface information", 3: "interface identification",
    4: "extended information",
  ]

  /// Whether bytes begin as extensions do: with version 2.
  static func begin(_ extent: Extent) -> Bool { extent.bytes.first.map { $0 >> 4 == 2 } ?? false }

  /// Whether all of them is there, with an object, and has a right checksum.
  static func areValid(_ extent: Extent) -> Bool {
    guard begin(extent), extent.isWhole, extent.bytes.count >= 8 else { return false }
    let hasChecksum = extent.bytes.dropFirst(2).prefix(2).contains { $0 != 0 }
    return hasChecksum && InternetChecksum.checksum(of: extent.bytes) == 0
  }

  func read(_ layer: inout LayerReading) {
    let whole = layer
    let isAllThere = layer.read(fields) { row, number in
      switch row.key {
      case "version": LayerReading.Note(number == 2 ? .right : .wrong("should be 2"))
      // Zero says that there is none.
      case "checksum":
        number == 0 ? LayerReading.Note(name: "none") : LayerReading.Note(whole.remark(onChecksum: number))
      default: LayerReading.Note()
      }
    }
    var begin = 4
    while isAllThere, begin < layer.extent.bytes.count {
      let rest = layer.extent.bytes.dropFirst(begin)
      let stated = rest.count < 4 ? 4 : Int(Self.object[0].number(in: rest))
      let isReadable = stated >= 4 && begin + stated <= layer.extent.length
      let isObject = layer.read(Self.object, at: begin) { row, _ in
        LayerReading.Note(
          row.key == "length" && !isReadable ? .wrong("is not a valid length for an object here") : .none)
      }
      guard isObject else { return }
      layer.add(Self.data, (isReadable ? rest.prefix(stated) : rest).dropFirst(4))
      guard isReadable else { return }
      begin += stated
    }
  }
}
