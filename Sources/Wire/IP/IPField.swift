// SPDX-License-Identifier: Apache-2.0

/// The fields of an IP header of either version: the one table of their names, places and ranges.
///
/// The raw value is the field's key in the scenario language; the order is that of the wire. What both versions have under
/// one name is one field.
public enum IPField: String, CaseIterable, Hashable, Sendable {
  /// 4 for IPv4, 6 for IPv6.
  case version
  /// The length of header and options, in bytes.
  case headerLength
  /// Differentiated Services Codepoint (RFC 2474).
  case dscp
  /// Explicit Congestion Notification (RFC 3168).
  case ecn
  /// The length of header and payload, in bytes.
  case totalLength
  /// What fragments of one datagram have in common.
  case identification
  /// The flag that must be zero.
  case reserved
  /// The DF flag.
  case dontFragment
  /// The MF flag: set in all fragments but the last.
  case moreFragments
  /// Where a fragment belongs in its datagram, in bytes.
  case fragmentOffset
  /// Time to live, in hops.
  case ttl
  /// The payload's protocol.
  case `protocol`
  /// The checksum of the header (RFC 1071).
  case checksum
  /// What tells packets of one flow (RFC 6437).
  case flowLabel
  /// The length of extension headers and payload, in bytes.
  case payloadLength
  /// What follows the IPv6 header.
  case nextHeader
  /// How many hops the packet may take.
  case hopLimit
  /// The source address.
  case source
  /// The destination address.
  case destination
  /// The options of IPv4, none in most packets.
  case options
  /// The extension headers of IPv6, none in most packets.
  case extensions

  private static let ofIPv4 = allCases.filter { $0.has(.v4) }
  private static let ofIPv6 = allCases.filter { $0.has(.v6) }
  private static let numericOfIPv4 = ofIPv4.filter(\.isNumeric)
  private static let numericOfIPv6 = ofIPv6.filter(\.isNumeric)

  /// The fields of a version, in the order of the wire.
  public static func all(of version: IPVersion) -> [IPField] { version == .v4 ? ofIPv4 : ofIPv6 }

  /// The fields of a version whose value is a number.
  public static func numeric(of version: IPVersion) -> [IPField] {
    version == .v4 ? numericOfIPv4 : numericOfIPv6
  }

  /// All fields of either version whose value is a number.
  public static let numeric = allCases.filter(\.isNumeric)

  /// The field of a version that stands behind the fixed ones: options, or extensions.
  public static func variablePart(of version: IPVersion) -> IPField {
    version == .v4 ? .options : .extensions
  }

  /// The field of a version that says how many hops a packet may take.
  public static func hops(of version: IPVersion) -> IPField { version == .v4 ? .ttl : .hopLimit }

  /// The field of a version that says how long a packet is.
  public static func length(of version: IPVersion) -> IPField {
    version == .v4 ? .totalLength : .payloadLength
  }

  /// The field of a version that says what follows.
  public static func next(of version: IPVersion) -> IPField { version == .v4 ? .protocol : .nextHeader }

  /// Whether its value is a number.
  public var isNumeric: Bool { self != .options && self != .extensions }

  /// Whether headers of a version have it.
  public func has(_ version: IPVersion) -> Bool { row(of: version) != nil }

  /// The version whose headers alone have it; nil where both do.
  public var onlyVersion: IPVersion? {
    switch (has(.v4), has(.v6)) {
    case (true, false): .v4
    case (false, true): .v6
    default: nil
    }
  }

  /// What a header of the other version has in its place; nil where it has nothing of the kind.
  public var counterpart: IPField? {
    switch self {
    case .ttl: .hopLimit
    case .hopLimit: .ttl
    case .protocol: .nextHeader
    case .nextHeader: .protocol
    case .totalLength: .payloadLength
    case .payloadLength: .totalLength
    case .options: .extensions
    case .extensions: .options
    default: nil
    }
  }

  /// The field's name in running text and narrow tables, "header length", "DSCP".
  public var title: String {
    guard let row = row(of: .v4) ?? row(of: .v6) else { return rawValue }
    return row.title?.description ?? row.name.description.lowercased()
  }

  /// The field's name as Wireshark writes it, "Header Length".
  public var wiresharkName: String { (row(of: .v4) ?? row(of: .v6))?.name.description ?? rawValue }

  /// The name of Wireshark's display filter, "ip.hdr_len", "ipv6.hlim".
  public func filterName(of version: IPVersion) -> String { row(of: version)?.filter.description ?? rawValue }

  /// Which bits of a version's header the field is, where bit 0 is the top bit of the first byte; none where it has none.
  ///
  /// Options and extensions begin behind the fixed fields and are as long as they are in a header: see `bits(in:)`.
  public func bits(of version: IPVersion) -> Range<Int> { row(of: version)?.bits ?? 0..<0 }

  /// The unit of the value, "bytes", or nil where it has none.
  public var unit: String? { (row(of: .v4) ?? row(of: .v6))?.unit?.description }

  /// The wire carries the value divided by this: 4 for the header length, 8 for the fragment offset, else 1.
  public var multiple: UInt32 { row(of: .v4)?.multiple ?? 1 }

  /// The numbers that the wire can carry, those that are a multiple of `multiple`; 0...0 for what is no number, and for
  /// addresses, which have a form of their own.
  public var range: ClosedRange<UInt32> {
    guard self != .source, self != .destination, let row = row(of: .v4) ?? row(of: .v6) else { return 0...0 }
    return 0...UInt32(clamping: (UInt64(1) << UInt64(row.bits.count) - 1) * UInt64(row.multiple))
  }

  /// Which bits of `header` the field is; options and extensions reach as far as they are there.
  public func bits(in header: IPHeader) -> Range<Int> {
    let bits = bits(of: header.version)
    return isNumeric || !has(header.version) ? bits : bits.lowerBound..<header.byteCount * 8
  }

  /// The field's value in `header`: flags are 0 or 1, addresses numbers of 128 bits (`IPAddress.number`), and what is no
  /// number 0; nil where the version has no such field.
  public func value(in header: IPHeader) -> UInt128? {
    switch header {
    case .v4(let header): value(in: header)
    case .v6(let header): value(in: header)
    }
  }

  private func value(in header: IPv4Header) -> UInt128? {
    switch self {
    case .version: UInt128(header.version)
    case .headerLength: UInt128(header.headerLength)
    case .dscp: UInt128(header.dscp)
    case .ecn: UInt128(header.ecn)
    case .totalLength: UInt128(header.totalLength)
    case .identification: UInt128(header.identification)
    case .reserved: header.reserved ? 1 : 0
    case .dontFragment: header.dontFragment ? 1 : 0
    case .moreFragments: header.moreFragments ? 1 : 0
    case .fragmentOffset: UInt128(header.fragmentOffset)
    case .ttl: UInt128(header.ttl)
    case .protocol: UInt128(header.protocol)
    case .checksum: UInt128(header.checksum)
    case .source: IPAddress.v4(header.source).number
    case .destination: IPAddress.v4(header.destination).number
    case .options: 0
    case .flowLabel, .payloadLength, .nextHeader, .hopLimit, .extensions: nil
    }
  }

  private func value(in header: IPv6Header) -> UInt128? {
    switch self {
    case .version: UInt128(header.version)
    case .dscp: UInt128(header.dscp)
    case .ecn: UInt128(header.ecn)
    case .flowLabel: UInt128(header.flowLabel)
    case .payloadLength: UInt128(header.payloadLength)
    case .nextHeader: UInt128(header.nextHeader)
    case .hopLimit: UInt128(header.hopLimit)
    case .source: header.source.number
    case .destination: header.destination.number
    case .extensions: 0
    default: nil
    }
  }

  /// Stores a value; bits that the header has no room for are lost, and what is no number, or no field of the version,
  /// stays as it is.
  public func set(_ value: UInt128, in header: inout IPHeader) {
    switch header {
    case .v4(var changed):
      set(value, in: &changed)
      header = .v4(changed)
    case .v6(var changed):
      set(value, in: &changed)
      header = .v6(changed)
    }
  }

  private func set(_ value: UInt128, in header: inout IPv4Header) {
    switch self {
    case .version: header.version = UInt8(truncatingIfNeeded: value)
    case .headerLength: header.headerLength = UInt8(truncatingIfNeeded: value)
    case .dscp: header.dscp = UInt8(truncatingIfNeeded: value)
    case .ecn: header.ecn = UInt8(truncatingIfNeeded: value)
    case .totalLength: header.totalLength = UInt16(truncatingIfNeeded: value)
    case .identification: header.identification = UInt16(truncatingIfNeeded: value)
    case .reserved: header.reserved = value != 0
    case .dontFragment: header.dontFragment = value != 0
    case .moreFragments: header.moreFragments = value != 0
    case .fragmentOffset: header.fragmentOffset = UInt16(truncatingIfNeeded: value)
    case .ttl: header.ttl = UInt8(truncatingIfNeeded: value)
    case .protocol: header.protocol = UInt8(truncatingIfNeeded: value)
    case .checksum: header.checksum = UInt16(truncatingIfNeeded: value)
    case .source: header.source = IPv4Address(rawValue: UInt32(truncatingIfNeeded: value))
    case .destination: header.destination = IPv4Address(rawValue: UInt32(truncatingIfNeeded: value))
    case .options, .flowLabel, .payloadLength, .nextHeader, .hopLimit, .extensions: break
    }
  }

  private func set(_ value: UInt128, in header: inout IPv6Header) {
    switch self {
    case .version: header.version = UInt8(truncatingIfNeeded: value)
    case .dscp: header.dscp = UInt8(truncatingIfNeeded: value)
    case .ecn: header.ecn = UInt8(truncatingIfNeeded: value)
    case .flowLabel: header.flowLabel = UInt32(truncatingIfNeeded: value)
    case .payloadLength: header.payloadLength = UInt16(truncatingIfNeeded: value)
    case .nextHeader: header.nextHeader = UInt8(truncatingIfNeeded: value)
    case .hopLimit: header.hopLimit = UInt8(truncatingIfNeeded: value)
    case .source: header.source = IPv6Address(value)
    case .destination: header.destination = IPv6Address(value)
    default: break
    }
  }

  /// Hashes the field by its place: its raw value would be hashed as a text, letter by letter.
  public func hash(into hasher: inout Hasher) { hasher.combine(ordinal) }

  private var ordinal: Int {
    switch self {
    case .flowLabel: 400
    case .payloadLength: 401
    case .nextHeader: 402
    case .hopLimit: 403
    case .extensions: 404
    default: row(of: .v4)?.bits.lowerBound ?? 0
    }
  }

  /// A value as people write it: hexadecimal digits for checksum and flow label, addresses as they are written, flags "set"
  /// or "not set", everything else decimal and without its unit.
  public func format(_ value: UInt128) -> String {
    switch self {
    case .checksum: "0x\(UInt16(truncatingIfNeeded: value).hex)"
    case .flowLabel: "0x\(UInt32(truncatingIfNeeded: value).hex(digits: 5))"
    case .source, .destination: IPAddress(number: value).description
    case .reserved, .dontFragment, .moreFragments: value == 0 ? "not set" : "set"
    default: String(value)
    }
  }

  /// The field's value in a header as people write it; nil where the version has no such field.
  public func text(in header: IPHeader) -> String? {
    switch self {
    case .source: header.source.description
    case .destination: header.destination.description
    default: value(in: header).map(format)
    }
  }
}

extension IPField {
  /// Its texts are static: rows are made anew for each look at them.
  private struct Row {
    let name: StaticString
    let filter: StaticString
    let bits: Range<Int>
    var unit: StaticString?
    var multiple: UInt32 = 1
    /// What the field is called where the whole name is too long.
    var title: StaticString?
  }

  private func row(of version: IPVersion) -> Row? { version == .v4 ? ipv4Row : ipv6Row }

  private var ipv4Row: Row? {
    switch self {
    case .version: Row(name: "Version", filter: "ip.version", bits: 0..<4)
    case .headerLength:
      Row(name: "Header Length", filter: "ip.hdr_len", bits: 4..<8, unit: "bytes", multiple: 4)
    case .dscp:
      Row(name: "Differentiated Services Codepoint", filter: "ip.dsfield.dscp", bits: 8..<14, title: "DSCP")
    case .ecn:
      Row(name: "Explicit Congestion Notification", filter: "ip.dsfield.ecn", bits: 14..<16, title: "ECN")
    case .totalLength: Row(name: "Total Length", filter: "ip.len", bits: 16..<32, unit: "bytes")
    case .identification: Row(name: "Identification", filter: "ip.id", bits: 32..<48)
    case .reserved: Row(name: "Reserved bit", filter: "ip.flags.rb", bits: 48..<49)
    case .dontFragment: Row(name: "Don't fragment", filter: "ip.flags.df", bits: 49..<50)
    case .moreFragments: Row(name: "More fragments", filter: "ip.flags.mf", bits: 50..<51)
    case .fragmentOffset:
      Row(name: "Fragment Offset", filter: "ip.frag_offset", bits: 51..<64, unit: "bytes", multiple: 8)
    case .ttl: Row(name: "Time to Live", filter: "ip.ttl", bits: 64..<72)
    case .protocol: Row(name: "Protocol", filter: "ip.proto", bits: 72..<80)
    case .checksum: Row(name: "Header Checksum", filter: "ip.checksum", bits: 80..<96, title: "checksum")
    case .source: Row(name: "Source Address", filter: "ip.src", bits: 96..<128, title: "source")
    case .destination:
      Row(name: "Destination Address", filter: "ip.dst", bits: 128..<160, title: "destination")
    case .options: Row(name: "Options", filter: "ip.opt.type", bits: 160..<160)
    case .flowLabel, .payloadLength, .nextHeader, .hopLimit, .extensions: nil
    }
  }

  private var ipv6Row: Row? {
    switch self {
    case .version: Row(name: "Version", filter: "ipv6.version", bits: 0..<4)
    case .dscp:
      Row(name: "Differentiated Services Codepoint", filter: "ipv6.tclass.dscp", bits: 4..<10, title: "DSCP")
    case .ecn:
      Row(name: "Explicit Congestion Notification", filter: "ipv6.tclass.ecn", bits: 10..<12, title: "ECN")
    case .flowLabel: Row(name: "Flow Label", filter: "ipv6.flow", bits: 12..<32)
    case .payloadLength: Row(name: "Payload Length", filter: "ipv6.plen", bits: 32..<48, unit: "bytes")
    case .nextHeader: Row(name: "Next Header", filter: "ipv6.nxt", bits: 48..<56)
    case .hopLimit: Row(name: "Hop Limit", filter: "ipv6.hlim", bits: 56..<64)
    case .source: Row(name: "Source Address", filter: "ipv6.src", bits: 64..<192, title: "source")
    case .destination:
      Row(name: "Destination Address", filter: "ipv6.dst", bits: 192..<320, title: "destination")
    case .extensions: Row(name: "Extension Headers", filter: "ipv6.ext", bits: 320..<320)
    default: nil
    }
  }
}

extension LayerField {
  /// The row of a field of a version's header.
  init(_ field: IPField, of version: IPVersion) {
    let form: Form =
      switch field {
      case .protocol, .nextHeader: .named(IPProtocolNumbers.names)
      case .checksum, .flowLabel: .hexadecimal
      case .reserved, .dontFragment, .moreFragments: .flag
      case .source, .destination: version == .v4 ? .ipv4Address : .ipv6Address
      default: .decimal
      }
    self.init(
      field.rawValue, field.wiresharkName, field.filterName(of: version), field.bits(of: version),
      unit: field.unit, multiple: UInt64(field.multiple), form: form)
  }
}
