// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the kernel tells of one namespace's network, kept open so that it can be read from anywhere (proc_net(5)).
public struct NetworkTables: ~Copyable {
  private let snmp: Descriptor
  private let netstat: Descriptor
  private let sockets: Descriptor
  private let neighbours: Descriptor

  /// What cases may leave behind in a host.
  public struct Residue: Equatable, Sendable {
    /// How many raw sockets are open.
    public var rawSockets: Int
    /// The line that counts fragments that wait for others.
    let fragments: [UInt8]
    /// The neighbours that are known.
    let neighbours: [UInt8]
  }

  /// Opens the tables of the calling thread's namespace.
  ///
  /// - Throws: the errors of open(2), where /proc is not mounted for example.
  public init() throws(SystemError) {
    let opened = try Self.open("snmp")
    let others = try Self.open("netstat")
    let used = try Self.open("sockstat")
    neighbours = try Self.open("arp")
    snmp = opened
    netstat = others
    sockets = used
  }

  /// What is there now of raw sockets, fragments and neighbours.
  ///
  /// - Throws: the errors of pread(2).
  public func residue() throws(SystemError) -> Residue {
    let lines = try ProcFile.readAtOnce(sockets, "sockstat").split(separator: UInt8(ascii: "\n"))
    // The other lines tell of memory that all namespaces share, or of sockets that the kernel is yet to free.
    let line = { (start: String) in lines.first { $0.starts(with: start.utf8) } ?? [] }
    let start = "RAW: inuse "
    guard let open = Int(String(decoding: line(start).dropFirst(start.utf8.count), as: UTF8.self)) else {
      throw SystemError("pread(sockstat)", .badMessage, detail: "it does not count raw sockets")
    }
    return Residue(
      rawSockets: open, fragments: Array(line("FRAG:")),
      neighbours: try ProcFile.readLines(neighbours, "arp"))
  }

  /// What the counters are at now, to be compared with later.
  ///
  /// - Throws: the errors of pread(2).
  public func counters() throws(SystemError) -> NetworkCounters.Reading {
    NetworkCounters.Reading(
      snmp: try ProcFile.readAtOnce(snmp, "snmp"), netstat: try ProcFile.readAtOnce(netstat, "netstat"))
  }

  private static func open(_ name: String) throws(SystemError) -> Descriptor {
    try Descriptor.open("/proc/thread-self/net/\(name)", O_RDONLY)
  }
}
