// SPDX-License-Identifier: Apache-2.0

/// The kernel's counters of one namespace's network, by table and name: `Ip.InHdrErrors` (proc_net(5)).
public enum NetworkCounters {
  /// What the counters of the calling thread's namespace are at now.
  ///
  /// - Throws: the errors of open(2) and pread(2), where /proc is not mounted for example.
  public static func read() throws(SystemError) -> [String: Int] {
    let snmp = parse(try ProcFile.text("/proc/thread-self/net/snmp"))
    let netstat = parse(try ProcFile.text("/proc/thread-self/net/netstat"))
    return snmp.merging(netstat) { first, _ in first }
  }

  /// By how much each counter rose from one reading to a later one.
  public static func rises(from before: [String: Int], to after: [String: Int]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: after.map { ($0.key, $0.value - (before[$0.key] ?? 0)) })
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
