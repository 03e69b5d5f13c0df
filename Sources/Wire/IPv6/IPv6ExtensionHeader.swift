// SPDX-License-Identifier: Apache-2.0

/// An extension header of IPv6 as it stands on the wire, right or wrong (RFC 8200 §4).
public struct IPv6ExtensionHeader: Hashable, Sendable {
  /// The number by which the header before it announces it (IANA, IPv6 Extension Header Types).
  public var number: UInt8
  /// All its bytes, of which the first says what follows.
  public var bytes: [UInt8]

  /// Makes a header of its bytes as they are, at least one.
  public init(number: UInt8, bytes: [UInt8]) {
    self.number = number
    self.bytes = bytes
  }

  /// What follows it, as it says.
  public var nextHeader: UInt8 {
    get { bytes.first ?? Self.noNextNumber }
    set { if !bytes.isEmpty { bytes[0] = newValue } }
  }

  /// The number of the hop-by-hop options.
  public static let hopByHopNumber: UInt8 = 0
  /// The number of the routing header.
  public static let routingNumber: UInt8 = 43
  /// The number of the fragment header.
  public static let fragmentNumber: UInt8 = 44
  /// The number of the authentication header (RFC 4302).
  static let authenticationNumber: UInt8 = 51
  /// The number that says that nothing follows (RFC 8200 §4.7).
  public static let noNextNumber: UInt8 = 59
  /// The number of the destination options.
  public static let destinationNumber: UInt8 = 60

  /// The shortest header, in bytes; all are a multiple of it, but that of authentication.
  public static let unit = 8

  // MARK: - Reading

  /// The headers that bytes begin with, as far as they are all there, where a number has announced the first.
  static func chain(in bytes: ArraySlice<UInt8>, after number: UInt8) -> [IPv6ExtensionHeader] {
    var chain: [IPv6ExtensionHeader] = []
    var (rest, next) = (bytes, number)
    while let length = length(of: next, in: rest), rest.count >= length {
      let header = IPv6ExtensionHeader(number: next, bytes: Array(rest.prefix(length)))
      chain.append(header)
      if header.isPiece { break }
      (rest, next) = (rest.dropFirst(length), header.nextHeader)
    }
    return chain
  }

  /// How long a header is by what it says; nil for a number that is no extension's, or where less than 8 bytes are there.
  private static func length(of number: UInt8, in bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= unit else { return nil }
    let stated = Int(bytes[bytes.startIndex + 1])
    switch number {
    case hopByHopNumber, routingNumber, destinationNumber: return unit * (stated + 1)
    case fragmentNumber: return unit
    // In words of 4 bytes, without the first two (RFC 4302 §2.2).
    case authenticationNumber: return 4 * (stated + 2)
    default: return nil
    }
  }

  // MARK: - The fragment header (RFC 8200 §4.5)

  private var isFragment: Bool { number == Self.fragmentNumber && bytes.count >= Self.unit }

  private var offsetAndFlags: UInt16 { isFragment ? UInt16(bytes[2]) << 8 | UInt16(bytes[3]) : 0 }

  /// Where in the fragmentable part the piece belongs, in bytes; 0 for any other header.
  public var fragmentOffset: UInt16 { offsetAndFlags & 0xFFF8 }

  /// Whether more pieces follow; false for any other header.
  public var moreFragments: Bool { offsetAndFlags & 1 != 0 }

  /// What the pieces of one packet have in common; 0 for any other header.
  public var identification: UInt32 { isFragment ? bytes[4..<8].reduce(0) { $0 << 8 | UInt32($1) } : 0 }

  /// Whether it says that its packet is a part of another; an atomic fragment is not (RFC 6946).
  public var isPiece: Bool { moreFragments || fragmentOffset > 0 }

  /// Makes the header of a fragment, whose offset is in bytes.
  public static func fragment(
    nextHeader: UInt8, offset: UInt16, moreFragments: Bool, identification: UInt32, reserved: UInt8 = 0
  ) -> IPv6ExtensionHeader {
    var bytes: [UInt8] = [nextHeader, reserved]
    bytes.append(bigEndian: offset & 0xFFF8 | (moreFragments ? 1 : 0))
    bytes.append(bigEndian: identification)
    return IPv6ExtensionHeader(number: fragmentNumber, bytes: bytes)
  }

  // MARK: - The routing header (RFC 8200 §4.4)

  /// The bytes of that address. A segment list is written the other way round (RFC 8754 §2).
  private var lastAddress: ArraySlice<UInt8>? {
    guard number == Self.routingNumber, bytes.count >= 24, bytes[3] > 0 else { return nil }
    switch bytes[2] {
    case 0, 2: return bytes.suffix((bytes.count - 8) / 16 * 16).suffix(16)
    case 4: return bytes[8..<24]
    default: return nil
    }
  }

  /// The last address of a routing header that is under way; nil for any other header.
  var lastDestination: IPv6Address? {
    lastAddress.map { octets in
      var reader = ByteReader(octets, order: .big)
      return reader.ipv6Address()
    }
  }
}
