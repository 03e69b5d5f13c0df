// SPDX-License-Identifier: Apache-2.0

import Verdict

/// Names of folders for the artifacts of cases, whatever a case is called.
enum ArtifactName {
  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+=,@#[]()".utf8)

  /// Most file systems take 255 bytes.
  private static let mostBytes = 200

  /// The folders, one in another, for a case of this id: of two ids never the same.
  static func folders(of id: String) -> [String] {
    id.split(separator: "/").map { name(of: $0) }
  }

  /// Other bytes are written as `%` and two hexadecimal digits, and what is too long is cut and told apart by a hash.
  private static func name(of part: Substring) -> String {
    guard part.contains(where: { $0 != "." }) else { return part.utf8.map { _ in "%2E" }.joined() }
    let name = part.utf8.map { plain.contains($0) ? String(UnicodeScalar($0)) : escape($0) }.joined()
    guard name.utf8.count > mostBytes else { return name }
    return "\(name.prefix(mostBytes - 17))~\(String(StableHash.of(part), radix: 16))"
  }

  private static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count < 2 ? "%0\(digits)" : "%\(digits)"
  }
}
