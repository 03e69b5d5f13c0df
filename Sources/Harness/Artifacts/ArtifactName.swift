// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// Names of folders and files for the artifacts of cases, whatever a case is called.
enum ArtifactName {
  /// The capture of a case, or of one of its attempts.
  static let capture = "capture.pcapng"

  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+=,@#[]()".utf8)

  /// Most file systems take 255 bytes.
  private static let mostBytes = 200

  private static let streams = ["stdout", "stderr"]
  private static let files = Set(
    [capture] + HostName.allCases.flatMap { host in streams.map { output($0, of: host) } })

  /// What a host's program printed on a stream.
  static func output(_ stream: String, of host: HostName) -> String { "\(host.rawValue).\(stream)" }

  /// The folders, one in another, for a repetition of the case of an id, and for an attempt beside the first: of two
  /// cases never the same, and never a file's place.
  static func folders(of id: String, repetition: Int? = nil, attempt: Int = 1) -> [String] {
    var folders = id.split(separator: "/").map { name(of: $0) }
    if let repetition, let last = folders.popLast() { folders.append("\(last)#\(repetition)") }
    return folders + (attempt > 1 ? ["\(attemptPrefix)\(attempt)"] : [])
  }

  /// Whether a case has a file of this name, or had begun one that never got it.
  static func isFile(_ name: String) -> Bool {
    if files.contains(name) { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 3, parts[0].isEmpty, parts.last == "part", parts[parts.count - 2].isNumber else {
      return false
    }
    return files.contains(parts[1..<(parts.count - 2)].joined(separator: "."))
  }

  /// Whether this is the folder of one of a case's attempts.
  static func isAttempt(_ name: String) -> Bool {
    name.hasPrefix(attemptPrefix) && name.dropFirst(attemptPrefix.count).isNumber
  }

  /// The name of a case's folder, whichever its repetition.
  static func withoutRepetition(_ name: String) -> String {
    guard let mark = name.lastIndex(of: "#"), name[mark...].dropFirst().isNumber else { return name }
    return String(name[..<mark])
  }

  /// The name of the folder of a file's case, whichever of its matrix.
  static func withoutMatrix(_ name: String) -> String { String(name.prefix { $0 != "[" }) }

  private static let attemptPrefix = "attempt-"

  /// Other bytes are written as `%` and two hexadecimal digits, and what is too long is cut and told apart by a hash.
  private static func name(of part: Substring) -> String {
    guard part.contains(where: { $0 != "." }) else { return part.utf8.map(escape).joined() }
    var name = part.utf8.map { plain.contains($0) ? String(UnicodeScalar($0)) : escape($0) }.joined()
    // In the folder of a case around it this is a place of that one's own.
    if isFile(name) || isAttempt(name), let first = name.utf8.first {
      name = escape(first) + name.dropFirst()
    }
    guard name.utf8.count > mostBytes else { return name }
    return "\(name.prefix(mostBytes - 17))~\(String(StableHash.of(part), radix: 16))"
  }

  private static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count < 2 ? "%0\(digits)" : "%\(digits)"
  }
}

extension Substring {
  fileprivate var isNumber: Bool { !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
