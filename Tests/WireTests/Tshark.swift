// SPDX-License-Identifier: Apache-2.0

import Glibc

/// tshark as a judge of what this module writes.
enum Tshark {
  struct Failure: Error {
    let reason: String
  }

  /// The values of `fields` in each packet of a capture file, with the checksums of IP and `others` checked; fails where
  /// tshark is missing or complains.
  static func read(_ file: [UInt8], fields: [String], checking others: [String] = []) throws -> [[String]] {
    let path = try write(file)
    defer { unlink(path) }
    let columns = fields.map { "-e \($0)" }.joined(separator: " ")
    let checks = (["ip"] + others).map { "-o \($0).check_checksum:TRUE" }.joined(separator: " ")
    let command = "TZ=UTC tshark \(checks) -r \(path) -T fields \(columns) 2>&1"
    let output = try run(command)
    return output.split(separator: "\n", omittingEmptySubsequences: true)
      .filter { !$0.hasPrefix("Running as user") }
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
  }

  private static func write(_ bytes: [UInt8]) throws -> String {
    var template = Array("/tmp/wire-tests-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure(reason: "mkstemp: errno \(errno)") }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Failure(reason: "write: errno \(errno)")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func run(_ command: String) throws -> String {
    guard let stream = popen(command, "r") else { throw Failure(reason: "popen: errno \(errno)") }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
      output += buffer.prefix(count)
    }
    let status = pclose(stream)
    let text = String(decoding: output, as: UTF8.self)
    guard status == 0 else { throw Failure(reason: "\(command): status \(status): \(text)") }
    return text
  }
}
