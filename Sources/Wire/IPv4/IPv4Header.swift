// SPDX-License-Identifier: Apache-2.0

/// An IPv4 header with every field as on the wire, right or wrong (RFC 791 §3.1, RFC 2474, RFC 3168).
public struct IPv4Header: WireValue {
  /// How long a header without options is, in bytes.
  public static let minimumLength = 20

  /// The version, 0...15; 4 is right.
  public var version: UInt8
  /// The stated header length in bytes, a multiple of 4, 0...60; 20 and the options is right.
  public var headerLength: UInt8
  /// The differentiated services codepoint, 0...63.
  public var dscp: UInt8
  /// The explicit congestion notification, 0...3.
  public var ecn: UInt8
  /// The stated length of header and payload, in bytes.
  public var totalLength: UInt16
  /// What the fragments of one datagram have in common.
  public var identification: UInt16
  /// The reserved flag, which ought to be clear.
  public var reserved: Bool
  /// The flag that forbids fragmentation.
  public var dontFragment: Bool
  /// The flag that says that this is not the last fragment.
  public var moreFragments: Bool
  /// Where in the datagram's payload this fragment belongs, in bytes, a multiple of 8, 0...65528.
  public var fragmentOffset: UInt16
  /// The time to live, in hops.
  public var ttl: UInt8
  /// What the payload is (IANA, Protocol Numbers).
  public var `protocol`: UInt8
  /// The header checksum as on the wire.
  public var checksum: UInt16
  /// The address of the sender.
  public var source: IPv4Address
  /// The address of the receiver.
  public var destination: IPv4Address
  /// The options as on the wire; well-formed when a multiple of 4 bytes and at most 40.
  public var options: [UInt8]

  /// Makes a header of version 4 without options, whose total length and checksum are still zero.
  public init(
    source: IPv4Address, destination: IPv4Address, protocol: UInt8, version: UInt8 = 4,
    headerLength: UInt8 = 20, dscp: UInt8 = 0, ecn: UInt8 = 0, totalLength: UInt16 = 0,
    identification: UInt16 = 0, reserved: Bool = false, dontFragment: Bool = false,
    moreFragments: Bool = false, fragmentOffset: UInt16 = 0, ttl: UInt8 = 64, checksum: UInt16 = 0,
    options: [UInt8] = []
  ) {
    self.version = version
    self.headerLength = headerLength
    self.dscp = dscp
    self.ecn = ecn
    self.totalLength = totalLength
    self.identification = identification
    self.reserved = reserved
    self.dontFragment = dontFragment
    self.moreFragments = moreFragments
    self.fragmentOffset = fragmentOffset
    self.ttl = ttl
    self.protocol = `protocol`
    self.checksum = checksum
    self.source = source
    self.destination = destination
    self.options = options
  }

  /// Reads a header; throws `TruncatedError` below 20 bytes.
  ///
  /// The options are the bytes from 20 up to the stated header length, as far as they are there: none when
  /// it is below 20, and fewer than stated when the bytes end before.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError) {
    var reader = try ByteReader(bytes, layer: .ipv4, needing: Self.minimumLength)
    let versionAndLength = reader.uint8()
    version = versionAndLength >> 4
    headerLength = (versionAndLength & 0x0F) * 4
    let differentiatedServices = reader.uint8()
    dscp = differentiatedServices >> 2
    ecn = differentiatedServices & 0b11
    totalLength = reader.uint16()
    identification = reader.uint16()
    let flagsAndOffset = reader.uint16()
    reserved = flagsAndOffset & Flag.reserved != 0
    dontFragment = flagsAndOffset & Flag.dontFragment != 0
    moreFragments = flagsAndOffset & Flag.moreFragments != 0
    fragmentOffset = (flagsAndOffset & Flag.offsetMask) * 8
    ttl = reader.uint8()
    `protocol` = reader.uint8()
    checksum = reader.uint16()
    source = reader.address()
    destination = reader.address()
    options = Array(reader.bytes(Int(headerLength) - Self.minimumLength))
  }

  /// The header as it stands: 20 bytes and the options, whatever its lengths and checksum say.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.minimumLength + options.count)
    // Shifting to the left drops the bits that there is no room for.
    bytes.append(version << 4 | (headerLength / 4 & 0x0F))
    bytes.append(dscp << 2 | (ecn & 0b11))
    bytes.append(bigEndian: totalLength)
    bytes.append(bigEndian: identification)
    bytes.append(bigEndian: flagsAndOffset)
    bytes.append(ttl)
    bytes.append(`protocol`)
    bytes.append(bigEndian: checksum)
    bytes.append(bigEndian: source.rawValue)
    bytes.append(bigEndian: destination.rawValue)
    return bytes + options
  }

  /// The checksum that the header as it stands ought to have (RFC 791 §3.1).
  public func rightChecksum() -> UInt16 {
    var header = self
    header.checksum = 0
    return InternetChecksum.checksum(of: header.bytes)
  }

  /// Whether a receiver accepts the checksum: with it, the whole header sums up to zero (RFC 1071 §1).
  public var isChecksumRight: Bool { InternetChecksum.checksum(of: bytes) == 0 }

  private var flagsAndOffset: UInt16 {
    (reserved ? Flag.reserved : 0) | (dontFragment ? Flag.dontFragment : 0)
      | (moreFragments ? Flag.moreFragments : 0) | fragmentOffset / 8
  }

  /// The 16 bits that flags and fragment offset share.
  private enum Flag {
    static let reserved: UInt16 = 0x8000
    static let dontFragment: UInt16 = 0x4000
    static let moreFragments: UInt16 = 0x2000
    static let offsetMask: UInt16 = 0x1FFF
  }
}
