// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Linux

/// What iperf3 measures between two hosts, by its own account (`--json`).
enum Iperf3 {
  private static let env = "/usr/bin/env"

  /// Bytes a second that one connection brought.
  static func bytesPerSecond(of bytes: Int, _ options: BenchOptions) throws -> Double {
    let report = try run(["--bytes", "\(bytes)"], options)
    return try number("bits_per_second", in: "sum_received", of: report) / 8
  }

  /// Datagrams a second that came.
  static func datagramsPerSecond(_ count: Int, _ length: Int, _ options: BenchOptions) throws -> Double {
    let report = try run(
      ["--udp", "--bitrate", "0", "--length", "\(length)", "--bytes", "\(count * length)"], options)
    let (packets, lost) = (
      try number("packets", in: "sum", of: report), try number("lost_packets", in: "sum", of: report)
    )
    return (packets - lost) / (try number("seconds", in: "sum", of: report))
  }

  private static func run(_ words: [String], _ options: BenchOptions) throws -> String {
    let hosts = try TwoHosts()
    let file = "\(options.folder)/iperf3.json"
    _ = try? FileManager.default.removeItem(atPath: file)
    let server = [env, "iperf3", "--server", "--one-off", "--forceflush"]
    let listening =
      try hosts.receiver.enter { () throws(SystemError) in
        Result { try BackgroundProcess(server, saying: "listening") }
      }.get()
    let client =
      [env, "iperf3", "--client", "\(TwoHosts.receiverAddress)", "--json", "--logfile", file] + words
    _ = try hosts.sender.enter { () throws(SystemError) in Result { try MeasuredProcess(client) } }.get()
    listening.end()
    return String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
  }

  /// A number in the last object of a name.
  private static func number(_ key: String, in object: String, of report: String) throws -> Double {
    let parts = report.split(separator: "\"\(object)\":", omittingEmptySubsequences: false)
    guard parts.count > 1, let part = parts.last?.split(separator: "}").first,
      let text = part.split(separator: "\"\(key)\":").last?.prefix(while: { $0 != "," && $0 != "\n" }),
      let value = Double(text.filter { !$0.isWhitespace })
    else { throw BenchError("iperf3 says no \(key) of \(object)") }
    return value
  }
}
