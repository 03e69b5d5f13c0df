// SPDX-License-Identifier: Apache-2.0

/// What every packet of a flow is like, so that each can be made and checked at the pace at which they come.
///
/// The payload begins with 32 bytes, each number in network byte order: the magic number and the number of the flow
/// (4 bytes each), the packet's sequence number and the monotonic time of its sending in nanoseconds (8 each), and
/// 8 bytes that the three together make. A pattern that the sequence number makes fills the rest. So a change of any
/// bit is seen.
public struct FlowFormat: Hashable, Sendable {
  /// Who sends it.
  public let source: IPAddress
  /// Who receives it: an address of the same version.
  public let destination: IPAddress
  /// The IP protocol.
  public let `protocol`: UInt8
  /// The flow's number.
  public let number: UInt32
  /// How many packets it has: their sequence numbers begin at 1.
  public let packets: Int
  /// The bytes of payload in each.
  public let size: Int
  /// Whether IPv4's identification is the sequence number's lower half; otherwise it is the sending kernel's.
  public let isIdentified: Bool

  /// The time to live, or the hop limit.
  public static let ttl: UInt8 = 64
  /// The least payload.
  public static let headerSize = 32

  private static let magic: UInt32 = 0x3268_666c  // 2hfl

  /// Describes a flow; there is room for the header in each of its packets.
  public init(
    from source: IPAddress, to destination: IPAddress, protocol: UInt8, number: UInt32, packets: Int,
    size: Int, isIdentified: Bool
  ) {
    self.source = source
    self.destination = destination
    self.protocol = `protocol`
    self.number = number
    self.packets = packets
    self.size = max(size, Self.headerSize)
    self.isIdentified = isIdentified
  }

  /// The version of IP that it goes under.
  public var version: IPVersion { destination.version }

  /// The bytes of a packet's IP header.
  public var headerLength: Int { version.minimumHeaderLength }

  /// The bytes of a packet, header included.
  public var length: Int { headerLength + size }

  /// The IP header of the packet with a sequence number, for those who write it themselves; of IPv6 all have the same,
  /// without a flow label.
  public func header(of sequence: UInt64) -> IPHeader {
    switch IPHeader(source: source, destination: destination, protocol: `protocol`) {
    case .v4(var header):
      header.totalLength = UInt16(truncatingIfNeeded: length)
      header.identification = isIdentified ? UInt16(truncatingIfNeeded: sequence) : 0
      header.checksum = header.rightChecksum()
      return .v4(header)
    case .v6(var header):
      header.payloadLength = UInt16(truncatingIfNeeded: size)
      header.hopLimit = Self.ttl
      return .v6(header)
    }
  }

  // MARK: - Making packets

  /// Writes the payload of the packet with a sequence number, sent at this time, into room for just that.
  public func write(_ sequence: UInt64, at time: UInt64, into room: UnsafeMutableRawBufferPointer) {
    room.storeBytes(of: Self.magic.bigEndian, as: UInt32.self)
    room.storeBytes(of: number.bigEndian, toByteOffset: 4, as: UInt32.self)
    room.storeBytes(of: sequence.bigEndian, toByteOffset: 8, as: UInt64.self)
    room.storeBytes(of: time.bigEndian, toByteOffset: 16, as: UInt64.self)
    room.storeBytes(of: seal(sequence, time).bigEndian, toByteOffset: 24, as: UInt64.self)
    var word = Self.mix(sequence)
    var offset = Self.headerSize
    while offset &+ 8 <= size {
      room.storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt64.self)
      word &+= Self.step
      offset &+= 8
    }
    while offset < size {
      room[offset] = UInt8(truncatingIfNeeded: word >> 56)
      word <<= 8
      offset &+= 1
    }
  }

  /// Changes an IP header of this flow to that of the packet with a sequence number (RFC 1624 §3).
  public func renumber(_ header: UnsafeMutableRawBufferPointer, to sequence: UInt64) {
    guard version == .v4 else { return }
    let old = UInt16(bigEndian: header.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
    let new = UInt16(truncatingIfNeeded: sequence)
    let checksum = UInt16(bigEndian: header.loadUnaligned(fromByteOffset: 10, as: UInt16.self))
    let updated = InternetChecksum.updated(checksum, replacing: old, with: new)
    header.storeBytes(of: new.bigEndian, toByteOffset: 4, as: UInt16.self)
    header.storeBytes(of: updated.bigEndian, toByteOffset: 10, as: UInt16.self)
  }

  // MARK: - Checking packets

  /// A packet that came as it was sent.
  public struct Packet: Hashable, Sendable {
    /// Its sequence number.
    public let sequence: UInt64
    /// When it was sent.
    public let time: UInt64
  }

  /// Looks at every bit of a packet, in one pass; nil where one is not as it was sent.
  public func check(_ packet: UnsafeRawBufferPointer) -> Packet? {
    guard packet.count == length else { return nil }
    let payload = UnsafeRawBufferPointer(rebasing: packet[headerLength...])
    let sequence = UInt64(bigEndian: payload.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    let time = UInt64(bigEndian: payload.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    guard hasRightHeader(packet, sequence),
      payload.loadUnaligned(as: UInt32.self) == Self.magic.bigEndian,
      payload.loadUnaligned(fromByteOffset: 4, as: UInt32.self) == number.bigEndian,
      sequence &- 1 < UInt64(packets),
      payload.loadUnaligned(fromByteOffset: 24, as: UInt64.self) == seal(sequence, time).bigEndian,
      hasRightPattern(payload, sequence)
    else { return nil }
    return Packet(sequence: sequence, time: time)
  }

  private func hasRightHeader(_ packet: UnsafeRawBufferPointer, _ sequence: UInt64) -> Bool {
    let first = UInt32(bigEndian: packet.loadUnaligned(as: UInt32.self))
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)):
      return first == 0x4500_0000 | UInt32(truncatingIfNeeded: length) && Self.isRight(packet)
        && hasRightRest(packet, sequence, from: source, to: destination)
    case (.v6(let source), .v6(let destination)):
      let second = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      return first == 0x6000_0000
        && second == UInt32(size) << 16 | UInt32(`protocol`) << 8 | UInt32(Self.ttl)
        && packet.loadUnaligned(fromByteOffset: 8, as: UInt128.self) == source.number.bigEndian
        && packet.loadUnaligned(fromByteOffset: 24, as: UInt128.self) == destination.number.bigEndian
    default: return false
    }
  }

  /// Whether the header checksum is right: the words' sum is all ones (RFC 1071).
  private static func isRight(_ packet: UnsafeRawBufferPointer) -> Bool {
    var sum: UInt64 = 0
    for offset in stride(from: 0, to: IPv4Header.minimumLength, by: 4) {
      sum &+= UInt64(packet.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    sum = (sum & 0xffff_ffff) &+ (sum >> 32)
    sum = (sum & 0xffff) &+ (sum >> 16)
    sum = (sum & 0xffff) &+ (sum >> 16)
    sum = (sum & 0xffff) &+ (sum >> 16)
    return sum == 0xffff
  }

  /// Whether identification, flags, time to live, protocol and addresses are right; DF may be the kernel's choice.
  private func hasRightRest(
    _ packet: UnsafeRawBufferPointer, _ sequence: UInt64, from source: IPv4Address,
    to destination: IPv4Address
  ) -> Bool {
    let word = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    let isPieceRight =
      isIdentified ? word == UInt32(truncatingIfNeeded: sequence & 0xffff) << 16 : word & 0xbfff == 0
    return isPieceRight && packet[8] == Self.ttl && packet[9] == `protocol`
      && packet.loadUnaligned(fromByteOffset: 12, as: UInt32.self) == source.rawValue.bigEndian
      && packet.loadUnaligned(fromByteOffset: 16, as: UInt32.self) == destination.rawValue.bigEndian
  }

  private func hasRightPattern(_ payload: UnsafeRawBufferPointer, _ sequence: UInt64) -> Bool {
    var word = Self.mix(sequence)
    var offset = Self.headerSize
    var difference: UInt64 = 0
    while offset &+ 8 <= size {
      difference |= payload.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ word.bigEndian
      word &+= Self.step
      offset &+= 8
    }
    while offset < size {
      difference |= UInt64(payload[offset]) ^ (word >> 56)
      word <<= 8
      offset &+= 1
    }
    return difference == 0
  }

  // MARK: - Numbers that look random (SplitMix64)

  private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  private static func mix(_ number: UInt64) -> UInt64 {
    var mixed = number &+ step
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  private func seal(_ sequence: UInt64, _ time: UInt64) -> UInt64 {
    Self.mix(Self.mix(sequence ^ UInt64(number) << 32) ^ time)
  }
}
