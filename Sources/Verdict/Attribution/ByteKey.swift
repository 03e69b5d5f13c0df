// SPDX-License-Identifier: Apache-2.0

/// Bytes as a key: hashed once, and eight at a time, not one by one as an array hashes its elements.
struct ByteKey: Hashable {
  private let bytes: [UInt8]
  private let digest: UInt64

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    digest = bytes.withUnsafeBytes(Self.digest)
  }

  static func == (one: ByteKey, other: ByteKey) -> Bool {
    one.digest == other.digest && one.bytes == other.bytes
  }

  func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  /// Another in each run: who does not know it cannot make bytes that have one digest.
  private static let seed = UInt64.random(in: .min ... .max)

  /// Mixes words of 64 bits by multiplication, each with all before it.
  private static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var digest = seed ^ UInt64(bytes.count)
    for start in stride(from: 0, to: bytes.count - 7, by: 8) {
      digest = mix(digest, bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    for byte in bytes.suffix(bytes.count % 8) { digest = mix(digest, UInt64(byte)) }
    return digest
  }

  private static func mix(_ digest: UInt64, _ word: UInt64) -> UInt64 {
    let (high, low) = (digest ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return (high ^ low) &+ 0x2545_f491_4f6c_dd1d
  }
}
