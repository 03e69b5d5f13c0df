// SPDX-License-Identifier: Apache-2.0

/// What the extension headers of IPv6 have in common (RFC 8200 §4, RFC 6564).
private enum IPv6Extension {
  static func nextHeader(_ filter: String) -> LayerField {
    LayerField("nextHeader", "Next Header", "\(filter).nxt", 0..<8, form: .named(IPProtocolNumbers.names))
  }

  /// The length without its first 8 bytes, which is why 8 are added.
  static func length(_ filter: String) -> LayerField {
    LayerField("length", "Length", "\(filter).len", 8..<16)
  }

  /// Adds what follows a header of this length by its first byte.
  static func addNext(_ layer: inout LayerReading, after length: Int, _ context: LayerReading.Context? = nil)
  {
    guard let next = layer.extent.bytes.first else { return }
    layer.addNext(.ipProtocol(next), layer.extent.part(from: length), context)
  }
}

/// Options for every router on the way.
struct HopByHopProtocol: LayerProtocol {
  static let number = IPv6ExtensionHeader.hopByHopNumber

  let name = "IPv6 Hop-by-Hop Option"
  let filterName = "ipv6.hopopts"
  let headerName = "hop-by-hop header"
  let carriers = [Carrier.ipProtocol(Self.number)]
  let fields = [IPv6Extension.nextHeader("ipv6.hopopts"), IPv6Extension.length("ipv6.hopopts")]
  let otherFields = [IPv6Options.row]

  func read(_ layer: inout LayerReading) { IPv6Options.read(fields, &layer) }

  /// Whether a header that bytes begin with is all there and has no length of a jumbo payload (RFC 2675 §2).
  static func lacksJumboPayload(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let length = bytes.dropFirst().first.map({ 8 * (Int($0) + 1) }), bytes.count >= length else {
      return false
    }
    var rest = bytes.prefix(length).dropFirst(2)
    while let type = rest.first {
      if type == 0xC2 { return false }
      rest = rest.dropFirst(type == 0 ? 1 : 2 + Int(rest.dropFirst().first ?? 0))
    }
    return true
  }
}

/// Options for the destination.
struct DestinationOptionsProtocol: LayerProtocol {
  let name = "Destination Options for IPv6"
  let filterName = "ipv6.dstopts"
  let headerName = "destination options header"
  let carriers = [Carrier.ipProtocol(60)]
  let fields = [IPv6Extension.nextHeader("ipv6.dstopts"), IPv6Extension.length("ipv6.dstopts")]

  func read(_ layer: inout LayerReading) { IPv6Options.read(fields, &layer) }
}

/// The options of both (RFC 8200 §4.2).
private enum IPv6Options {
  static let row = LayerField("type", "Option", "ipv6.opt.type", 0..<8)

  static func read(_ table: [LayerField], _ layer: inout LayerReading) {
    guard layer.read(table) else { return }
    let bytes = layer.extent.bytes
    let length = 8 * (Int(bytes[bytes.startIndex + 1]) + 1)
    var context = layer.context
    var rest = bytes.prefix(length).dropFirst(2)
    while let type = rest.first {
      let stated = type == 0 ? 1 : rest.dropFirst().first.map { Int($0) + 2 }
      let isCut = bytes.count < length && (stated ?? .max) > rest.count
      let count = min(stated ?? rest.count, rest.count)
      let data = rest.prefix(count).dropFirst(2)
      let name = names.text(UInt64(type), String(type))
      layer.add(
        Dissection.Field(
          row.name, row.filterName, data.isEmpty ? name : "\(name): \(HexDump.hexString(data))",
          rest.prefix(count).indices, number: UInt64(type),
          remark: stated.map { $0 <= rest.count } == true
            ? remark(on: data, of: type, in: layer.extent)
            : isCut ? layer.extent.lack : .wrong("reaches beyond the header")))
      // A home address stands in for the source in what is checked behind it (RFC 6275 §11.3.1).
      if type == 0xC9, data.count == 16 { context.pseudoHeader?.source = data }
      rest = rest.dropFirst(count)
    }
    if layer.requires(length) { IPv6Extension.addNext(&layer, after: length, context) }
  }

  /// The only length of the data of a type, where it has one (RFC 2473 §4.1.1, RFC 2711 §2.1, RFC 2675 §2, RFC 6275 §6.3).
  private static let lengths: [UInt8: Int] = [4: 1, 5: 2, 0xC2: 4, 0xC9: 16]

  private static let jumboPayload: UInt8 = 0xC2

  private static func remark(
    on data: ArraySlice<UInt8>, of type: UInt8, in extent: Extent
  ) -> Dissection.Remark {
    if let right = lengths[type], right != data.count {
      return .wrong("should have \(right) bytes of data, not \(data.count)")
    }
    guard type == jumboPayload else { return .none }
    // It counts from this header on, and is for what the field cannot say (RFC 2675 §2, §3).
    let length = data.reduce(0) { $0 << 8 | Int($1) }
    if length <= UInt16.max {
      return .wrong(
        "is \(length), which the payload length can express"
          + " (RFC 2675 §3)")
    }
    return length <= extent.length
      ? .none : .wrong("is \(length), beyond the packet: \(extent.length) bytes are there")
  }

  /// IANA, Destination Options and Hop-by-Hop Options.
  private static let names: NumberNames = [
    0: "Pad1", 1: "PadN", 4: "tunnel encapsulation limit", 5: "router alert", 7: "CALIPSO", 8: "SMF_DPD",
    15: "PDM", 38: "Quick-Start",
    0x23: "RPL", 0x63: "RPL", 0x6D: "MPL", 0xC2: "jumbo payload", 0xC9: "home address",
  ]
}

/// The way that a packet takes (RFC 8200 §4.4).
struct RoutingProtocol: LayerProtocol {
  let name = "Routing Header for IPv6"
  let filterName = "ipv6.routing"
  let headerName = "routing header"
  let carriers = [Carrier.ipProtocol(43)]
  let fields = Self.table
  let otherFields =
    Self.layouts.sorted { $0.key < $1.key }.flatMap { $0.value.header + [$0.value.address] } + [Self.other]

  private static let table = [
    IPv6Extension.nextHeader("ipv6.routing"), IPv6Extension.length("ipv6.routing"),
    LayerField("type", "Type", "ipv6.routing.type", 16..<24, form: .named(types)),
    LayerField("segmentsLeft", "Segments Left", "ipv6.routing.segleft", 24..<32),
  ]
  /// What a type has behind the common fields: 4 bytes, and addresses.
  private struct Layout {
    let header: [LayerField]
    let address: LayerField

    init(_ header: [LayerField], address filterName: String) {
      self.header = header
      address = LayerField("address", "Address", filterName, 0..<128, form: .ipv6Address)
    }

    init(reserved: String, address: String) {
      self.init([LayerField("reserved", "Reserved", reserved, 32..<64, form: .bytes)], address: address)
    }
  }

  /// RFC 2460 §4.4, RFC 6275 §6.4.1, RFC 8754 §2.
  private static let layouts: [UInt64: Layout] = [
    0: Layout(reserved: "ipv6.routing.src.reserved", address: "ipv6.routing.src.addr"),
    2: Layout(reserved: "ipv6.routing.mipv6.reserved", address: "ipv6.routing.mipv6.home_address"),
    4: Layout(
      [
        LayerField("lastEntry", "Last Entry", "ipv6.routing.srh.last_entry", 32..<40),
        LayerField("flags", "Flags", "ipv6.routing.srh.flags", 40..<48, form: .hexadecimal),
        LayerField("tag", "Tag", "ipv6.routing.srh.tag", 48..<64, form: .bytes),
      ], address: "ipv6.routing.srh.addr"),
  ]
  private static let other = LayerField(
    "data", "Type-Specific Data", "ipv6.routing.unknown_data", 0..<8, form: .bytes)

  /// IANA, IPv6 Routing Types.
  private static let types: NumberNames = [
    0: "source route, deprecated", 1: "Nimrod, deprecated", 2: "home address", 3: "RPL source route",
    4: "segment routing", 5: "CRH-16", 6: "CRH-32", 253: "experiment 1", 254: "experiment 2",
  ]

  func read(_ layer: inout LayerReading) {
    guard layer.read(Self.table) else { return }
    let bytes = layer.extent.bytes
    let numbers = Self.table.map { $0.number(in: bytes) }
    let length = 8 * (Int(numbers[1]) + 1)
    let data = bytes.prefix(length).dropFirst(4)
    var rest = data
    var addresses: [ArraySlice<UInt8>] = []
    if let layout = Self.layouts[numbers[2]], data.count >= 4 {
      layer.read(layout.header)
      rest = rest.dropFirst(4)
      // Behind the last entry of a segment list stand its options (RFC 8754 §2.1).
      let most = numbers[2] == 4 ? Int(layout.header[0].number(in: bytes)) + 1 : Int.max
      while rest.count >= 16, addresses.count < most {
        addresses.append(rest.prefix(16))
        layer.add(layout.address, rest.prefix(16))
        rest = rest.dropFirst(16)
      }
    }
    layer.add(Self.other, rest)
    guard layer.requires(length) else { return }
    var context = layer.context
    if numbers[3] > 0 {
      // A segment list is written the other way round (RFC 8754 §2).
      let last = numbers[2] == 4 ? addresses.first : addresses.last
      if let last { context.pseudoHeader?.destination = last }
      if last == nil { context.pseudoHeader?.isDestinationKnown = false }
    }
    IPv6Extension.addNext(&layer, after: length, context)
  }
}

/// Where a fragment belongs in its packet (RFC 8200 §4.5).
struct FragmentProtocol: LayerProtocol {
  let name = "Fragment Header for IPv6"
  let filterName = "ipv6.fraghdr"
  let headerName = "fragment header"
  let carriers = [Carrier.ipProtocol(44)]
  let fields = Self.table

  private static let table = [
    IPv6Extension.nextHeader("ipv6.fraghdr"),
    LayerField("reserved", "Reserved octet", "ipv6.fraghdr.reserved_octet", 8..<16),
    LayerField("fragmentOffset", "Offset", "ipv6.fraghdr.offset", 16..<29, unit: "bytes", multiple: 8),
    LayerField("reservedBits", "Reserved bits", "ipv6.fraghdr.reserved_bits", 29..<31),
    LayerField("moreFragments", "More Fragments", "ipv6.fraghdr.more", 31..<32, form: .flag),
    LayerField("identification", "Identification", "ipv6.fraghdr.ident", 32..<64, form: .hexadecimal),
  ]

  func read(_ layer: inout LayerReading) {
    guard layer.read(Self.table) else { return }
    let bytes = layer.extent.bytes
    let part = layer.extent.part(from: 8)
    guard Self.table[2].number(in: bytes) == 0 else {
      layer.addData(part)
      return
    }
    let isLast = Self.table[4].number(in: bytes) == 0
    layer.addNext(
      .ipProtocol(bytes[bytes.startIndex]),
      isLast ? part : Extent(part.bytes, length: Extent.unknownLength, gap: .otherFragments))
  }
}

/// The authentication header (RFC 4302).
struct AuthenticationProtocol: LayerProtocol {
  let name = "Authentication Header"
  let filterName = "ah"
  let headerName = "authentication header"
  let carriers = [Carrier.ipProtocol(51)]
  let fields = Self.table
  let otherFields = [Self.value]

  private static let table = [
    LayerField(
      "nextHeader", "Next header", "ah.next_header", 0..<8, form: .named(IPProtocolNumbers.names)),
    LayerField("length", "Length", "ah.length", 8..<16),
    LayerField("reserved", "Reserved", "ah.reserved", 16..<32, form: .bytes),
    LayerField("spi", "AH SPI", "ah.spi", 32..<64, form: .hexadecimal),
    LayerField("sequenceNumber", "AH Sequence", "ah.sequence", 64..<96),
  ]
  private static let value = LayerField("value", "AH ICV", "ah.icv", 0..<8, form: .bytes)

  func read(_ layer: inout LayerReading) {
    let isAllThere = layer.read(Self.table) { row, number in
      LayerReading.Note(row.key == "length" && number == 0 ? .wrong("is too short for the header") : .none)
    }
    guard isAllThere else { return }
    // In words of 4 bytes, without the first two (RFC 4302 §2.2).
    let length = 4 * (Int(Self.table[1].number(in: layer.extent.bytes)) + 2)
    layer.add(Self.value, layer.extent.bytes.prefix(length).dropFirst(12))
    if layer.requires(length) { IPv6Extension.addNext(&layer, after: length) }
  }
}
