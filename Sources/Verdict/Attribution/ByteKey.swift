// SPDX-License-Identifier: Apache-2.0

/// Bytes as a key: hashed as a whole, and not one by one as an array hashes its elements.
struct ByteKey: Hashable {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}
