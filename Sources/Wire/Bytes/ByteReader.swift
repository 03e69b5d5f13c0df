// SPDX-License-Identifier: Apache-2.0

/// The order in which the bytes of a number are stored.
enum ByteOrder {
  case big
  case little
}

/// Reads numbers one after another, so that no offset is computed by hand.
///
/// Lengths are checked before the fields are read; past the end every byte reads as zero.
struct ByteReader {
  private var rest: ArraySlice<UInt8>
  let order: ByteOrder

  /// Reads fields in `order`, without a check.
  init(_ bytes: ArraySlice<UInt8>, order: ByteOrder) {
    rest = bytes
    self.order = order
  }

  /// Reads a layer in network byte order that needs at least `needed` bytes.
  init(_ bytes: ArraySlice<UInt8>, layer: TruncatedError.Layer, needing needed: Int) throws(TruncatedError) {
    guard bytes.count >= needed else {
      throw TruncatedError(layer: layer, offset: bytes.startIndex, needed: needed, available: bytes.count)
    }
    self.init(bytes, order: .big)
  }

  /// How many bytes have not been read.
  var remaining: Int { rest.count }

  /// Where the next byte lies in the array that is read.
  var offset: Int { rest.startIndex }

  mutating func uint8() -> UInt8 { rest.popFirst() ?? 0 }
  mutating func uint16() -> UInt16 { integer() }
  mutating func uint32() -> UInt32 { integer() }
  mutating func uint64() -> UInt64 { integer() }

  /// The next `count` bytes, or as many as are there.
  mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
    let taken = rest.prefix(max(0, count))
    rest = rest.dropFirst(taken.count)
    return taken
  }

  mutating func address() -> IPv4Address { IPv4Address(rawValue: uint32()) }

  mutating func ipv6Address() -> IPv6Address { IPv6Address(high: uint64(), low: uint64()) }

  mutating func macAddress() -> MACAddress {
    MACAddress(uint8(), uint8(), uint8(), uint8(), uint8(), uint8())
  }

  private mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>() -> Integer {
    var value: Integer = 0
    for _ in 0..<(Integer.bitWidth / 8) {
      value = value << 8 | Integer(uint8())
    }
    return order == .big ? value : value.byteSwapped
  }
}

extension [UInt8] {
  /// Appends a number, most significant byte first.
  mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  /// Appends a number, least significant byte first.
  mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
