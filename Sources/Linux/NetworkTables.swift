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
    /// The lines that count raw sockets, and fragments that wait for others.
    let counts: [String]
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
    let lines = String(decoding: try ProcFile.readAtOnce(sockets, "sockstat"), as: UTF8.self).split(
      separator: "\n")
    // The other lines tell of memory that all namespaces share, or of sockets that the kernel is yet to free.
    let own = lines.filter { line in ["RAW:", "FRAG:"].contains { line.hasPrefix($0) } }
    return Residue(counts: own.map(String.init), neighbours: try ProcFile.read(neighbours, "arp"))
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
