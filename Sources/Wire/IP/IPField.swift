// SPDX-License-Identifier: Apache-2.0

/// The fields of an IPv4 header: the one table of their names, places and ranges.
///
/// The raw value is the field's key in the scenario language; the order is that of the wire.
public enum IPField: String, CaseIterable, Hashable, Sendable {
  /// 4 for IPv4.
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
  /// The source address.
  case source
  /// The destination address.
  case destination
  /// The options, none in most packets.
  case options

  /// All fields but the options: those whose value is a number.
  public static let numeric = allCases.filter { $0 != .options }

  /// The field's name as Wireshark writes it, "Header Length".
  public var wiresharkName: String { row.name }

  /// The field's name in running text and narrow tables, "header length", "DSCP".
  public var title: String { row.title ?? row.name.lowercased() }

  /// The name of Wireshark's display filter, "ip.hdr_len".
  public var filterName: String { row.filter }

  /// Which bits of the header the field is, where bit 0 is the top bit of the first byte.
  ///
  /// The options begin at bit 160 and are as long as they are in a header: see `bits(in:)`.
  public var bits: Range<Int> { row.bits }

  /// The unit of the value, "bytes", or nil where it has none.
  public var unit: String? { row.unit }

  /// The wire carries the value divided by this: 4 for the header length, 8 for the fragment offset, else 1.
  public var multiple: UInt32 { row.multiple }

  /// The values that the wire can carry, those that are a multiple of `multiple`; 0...0 for the options.
  public var range: ClosedRange<UInt32> {
    let largest = (UInt64(1) << UInt64(bits.count) - 1) * UInt64(multiple)
    return 0...UInt32(clamping: largest)
  }

  /// Which bits of `header` the field is; the options reach as far as they are there.
  public func bits(in header: IPv4Header) -> Range<Int> {
    guard self == .options else { return bits }
    return bits.lowerBound..<(bits.lowerBound + header.options.count * 8)
  }

  /// The field's value in `header`: flags are 0 or 1, addresses in host byte order, and the options, which
  /// are no number, 0.
  public func value(in header: IPv4Header) -> UInt32 {
    switch self {
    case .version: UInt32(header.version)
    case .headerLength: UInt32(header.headerLength)
    case .dscp: UInt32(header.dscp)
    case .ecn: UInt32(header.ecn)
    case .totalLength: UInt32(header.totalLength)
    case .identification: UInt32(header.identification)
    case .reserved: header.reserved ? 1 : 0
    case .dontFragment: header.dontFragment ? 1 : 0
    case .moreFragments: header.moreFragments ? 1 : 0
    case .fragmentOffset: UInt32(header.fragmentOffset)
    case .ttl: UInt32(header.ttl)
    case .protocol: UInt32(header.protocol)
    case .checksum: UInt32(header.checksum)
    case .source: header.source.rawValue
    case .destination: header.destination.rawValue
    case .options: 0
    }
  }

  /// Stores a value; bits that the header has no room for are lost, and the options stay as they are.
  public func set(_ value: UInt32, in header: inout IPv4Header) {
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
    case .source: header.source = IPv4Address(rawValue: value)
    case .destination: header.destination = IPv4Address(rawValue: value)
    case .options: break
    }
  }

  /// Hashes the field by its place: its raw value would be hashed as a text, letter by letter.
  public func hash(into hasher: inout Hasher) { hasher.combine(bits.lowerBound) }

  /// A value as people write it: four hexadecimal digits for the checksum, dotted addresses, flags "set" or
  /// "not set", everything else decimal and without its unit.
  public func format(_ value: UInt32) -> String {
    switch self {
    case .checksum: "0x\(UInt16(truncatingIfNeeded: value).hex)"
    case .source, .destination: IPv4Address(rawValue: value).description
    case .reserved, .dontFragment, .moreFragments: value == 0 ? "not set" : "set"
    default: String(value)
    }
  }
}

extension IPField {
  private struct Row {
    let name: String
    let filter: String
    let bits: Range<Int>
    var unit: String?
    var multiple: UInt32 = 1
    /// What the field is called where the whole name is too long.
    var title: String?
  }

  private var row: Row {
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
    }
  }
}
