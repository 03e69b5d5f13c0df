// SPDX-License-Identifier: Apache-2.0

/// The kernel's counters of one namespace's network, by table and name: `Ip.InHdrErrors` (proc_net(5)).
public enum NetworkCounters {
  /// The counters at some moment, as the kernel printed them: most are never looked at.
  public struct Reading: Sendable {
    private let snmp: [UInt8]
    private let netstat: [UInt8]
    private let snmp6: [UInt8]

    init(snmp: [UInt8], netstat: [UInt8], snmp6: [UInt8]) {
      self.snmp = snmp
      self.netstat = netstat
      self.snmp6 = snmp6
    }

    /// The values by table and name.
    public var values: [String: Int] {
      let parse = { (bytes: [UInt8]) in NetworkCounters.parse(String(decoding: bytes, as: UTF8.self)) }
      let ofIPv6 = NetworkCounters.parse(ofIPv6: String(decoding: snmp6, as: UTF8.self))
      return parse(snmp).merging(parse(netstat)) { first, _ in first }.merging(ofIPv6) { first, _ in first }
    }
  }

  /// What the counters of the calling thread's namespace are at now.
  ///
  /// Those of IPv6 are not there where the kernel has none.
  /// - Throws: the errors of open(2) and pread(2), where /proc is not mounted for example.
  public static func read() throws(SystemError) -> Reading {
    Reading(
      snmp: try ProcFile.read("/proc/thread-self/net/snmp"),
      netstat: try ProcFile.read("/proc/thread-self/net/netstat"),
      snmp6: (try? ProcFile.read("/proc/thread-self/net/snmp6")) ?? [])
  }

  /// How many packets that came in an interface of the calling thread's namespace has dropped (proc_net(5), `dev`).
  ///
  /// - Throws: the errors of open(2) and pread(2), where /proc is not mounted for example.
  public static func drops(by interface: String) throws(SystemError) -> Int {
    drops(by: interface, in: try ProcFile.text("/proc/thread-self/net/dev"))
  }

  /// Reads the line of an interface: its name, then bytes, packets, errors and drops of what came in.
  static func drops(by interface: String, in text: String) -> Int {
    let line = text.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix("\(interface):") }
    let numbers = line?.split(separator: ":").last?.split(separator: " ").compactMap { Int($0) } ?? []
    return numbers.count > 3 ? numbers[3] : 0
  }

  /// By how much each counter rose from one reading, or from nothing, to a later one.
  public static func rises(from before: Reading?, to after: Reading) -> [String: Int] {
    let start = before?.values ?? [:]
    return Dictionary(uniqueKeysWithValues: after.values.map { ($0.key, $0.value - (start[$0.key] ?? 0)) })
  }

  /// The tables of IPv6, whose names the kernel writes together with those of their counters; the longer first.
  private static let tablesOfIPv6 = ["UdpLite6", "Icmp6", "Udp6", "Ip6"]

  /// Reads lines of a name and a value each: `Ip6InReceives 4` is `Ip6.InReceives`.
  static func parse(ofIPv6 text: String) -> [String: Int] {
    var counters: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count == 2, let value = Int(words[1]),
        let table = tablesOfIPv6.first(where: words[0].hasPrefix)
      else { continue }
      counters["\(table).\(words[0].dropFirst(table.count))"] = value
    }
    return counters
  }

  /// Reads pairs of lines: a table's name and its counters' names, then the same name and the values.
  static func parse(_ text: String) -> [String: Int] {
    var counters: [String: Int] = [:]
    var names: [Substring] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let table = words.first?.dropLast(), names.first == words.first, names.count == words.count else {
        names = words
        continue
      }
      for (name, value) in zip(names, words).dropFirst() { counters["\(table).\(name)"] = Int(value) }
      names = []
    }
    return counters
  }
}
