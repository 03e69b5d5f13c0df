// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the kernel tells of one namespace's network, kept open so that it can be read from anywhere (proc_net(5)).
public struct NetworkTables: ~Copyable {
  private let snmp: Descriptor
  private let netstat: Descriptor
  private let sockets: Descriptor
  private let neighbours: Descriptor
  /// The tables of IPv6; nil where nobody asks for it.
  private let snmp6: Descriptor?
  private let sockets6: Descriptor?

  /// What cases may leave behind in a host.
  public struct Residue: Equatable, Sendable {
    /// How many raw sockets are open.
    public var rawSockets: Int
    /// The lines that count fragments that wait for others.
    let fragments: [[UInt8]]
    /// The neighbours that are known.
    let neighbours: [UInt8]
  }

  /// Opens the tables of the calling thread's namespace, with those of IPv6 or without.
  ///
  /// - Throws: the errors of open(2), where /proc is not mounted for example.
  public init(withIPv6: Bool = false) throws(SystemError) {
    let others6 = withIPv6 ? try Self.open("snmp6") : nil
    let used6 = withIPv6 ? try Self.open("sockstat6") : nil
    let opened = try Self.open("snmp")
    let others = try Self.open("netstat")
    let used = try Self.open("sockstat")
    neighbours = try Self.open("arp")
    snmp6 = others6
    sockets6 = used6
    snmp = opened
    netstat = others
    sockets = used
  }

  /// What is there now of raw sockets, fragments and neighbours.
  ///
  /// - Throws: the errors of pread(2).
  public func residue() throws(SystemError) -> Residue {
    var text = try ProcFile.readAtOnce(sockets, "sockstat")
    switch sockets6 {
    case .some(let table): text += try ProcFile.readAtOnce(table, "sockstat6")
    case nil: break
    }
    let lines = text.split(separator: UInt8(ascii: "\n"))
    // The other lines tell of memory that all namespaces share, or of sockets that the kernel is yet to free.
    let line = { (start: String) in lines.first { $0.starts(with: start.utf8) } ?? [] }
    let number = { (start: String) in
      Int(String(decoding: line(start).dropFirst(start.utf8.count), as: UTF8.self))
    }
    guard let open = number("RAW: inuse ") else {
      throw SystemError("pread(sockstat)", .badMessage, detail: "it does not count raw sockets")
    }
    return Residue(
      rawSockets: open + (number("RAW6: inuse ") ?? 0),
      fragments: [Array(line("FRAG:")), Array(line("FRAG6:"))],
      neighbours: try ProcFile.readLines(neighbours, "arp"))
  }

  /// What the counters are at now, to be compared with later.
  ///
  /// - Throws: the errors of pread(2).
  public func counters() throws(SystemError) -> NetworkCounters.Reading {
    var ofIPv6: [UInt8] = []
    switch snmp6 {
    case .some(let table): ofIPv6 = try ProcFile.readAtOnce(table, "snmp6")
    case nil: break
    }
    return NetworkCounters.Reading(
      snmp: try ProcFile.readAtOnce(snmp, "snmp"), netstat: try ProcFile.readAtOnce(netstat, "netstat"),
      snmp6: ofIPv6)
  }

  private static func open(_ name: String) throws(SystemError) -> Descriptor {
    try Descriptor.open("/proc/thread-self/net/\(name)", O_RDONLY)
  }
}
