// SPDX-License-Identifier: Apache-2.0

/// The Internet checksum: the one's complement of the one's complement sum of 16-bit words (RFC 1071).
public enum InternetChecksum {
  /// The checksum of `bytes`; an odd last byte counts as if a zero followed it (RFC 1071 §4.1).
  ///
  /// Over bytes that hold their own right checksum the result is zero.
  public static func checksum(of bytes: some Collection<UInt8>) -> UInt16 {
    let contiguous = bytes.withContiguousStorageIfAvailable { sum(of: UnsafeRawBufferPointer($0)) }
    return ~fold(contiguous ?? Array(bytes).withUnsafeBytes(sum))
  }

  /// The checksum after one 16-bit word that it covers has changed (RFC 1624 §3, equation 3).
  public static func updated(_ checksum: UInt16, replacing old: UInt16, with new: UInt16) -> UInt16 {
    ~fold(UInt64(~checksum) + UInt64(~old) + UInt64(new))
  }

  /// The checksum of two parts that each begin at an even place, by the checksum of each.
  static func joined(_ first: UInt16, _ second: UInt16) -> UInt16 {
    ~fold(UInt64(~first) + UInt64(~second))
  }

  /// Adds 32 bits at a time, which gives the same sum once folded (RFC 1071 §2 (C)).
  private static func sum(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    let evenEnd = bytes.count - bytes.count % 4
    var sum: UInt64 = 0
    for offset in stride(from: 0, to: evenEnd, by: 4) {
      sum &+= UInt64(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    for offset in evenEnd..<bytes.count {
      sum &+= UInt64(bytes[offset]) << (offset % 2 == 0 ? 8 : 0)
    }
    return sum
  }

  /// Adds the carries back in until 16 bits are left.
  private static func fold(_ sum: UInt64) -> UInt16 {
    var sum = sum
    while sum > 0xFFFF {
      sum = (sum & 0xFFFF) + (sum >> 16)
    }
    return UInt16(truncatingIfNeeded: sum)
  }
}
