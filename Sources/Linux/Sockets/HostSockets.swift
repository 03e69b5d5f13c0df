// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// The tables in which the kernel lists the sockets of a network namespace (proc_net(5)).
enum SocketTable: String, CaseIterable {
  case raw
  case raw6
  case packet
  case udp
  case udp6
  case icmp
  case icmp6

  /// The version of IP whose sockets stand in it; nil for packet sockets.
  var version: IPVersion? {
    switch self {
    case .raw, .udp, .icmp: .v4
    case .raw6, .udp6, .icmp6: .v6
    case .packet: nil
    }
  }
}

/// The sockets of one network namespace, whose lists are kept open so that they can be read from anywhere.
///
/// To read them wakes nobody.
public struct HostSockets: ~Copyable, Sendable {
  private let files: [SocketTable: ProcTable]
  private let opened: Choice
  /// Nil where only raw and packet sockets are listed.
  private let tcp: TCPDiagnostics?

  /// Which sockets are looked for: each costs something.
  public enum Choice: Sendable {
    /// Raw and packet sockets.
    case whole
    /// Those and UDP sockets, and TCP sockets that listen.
    case listening
    /// All that there are.
    case all

    fileprivate var tables: [SocketTable] { self == .whole ? [.raw, .raw6, .packet] : SocketTable.allCases }
  }

  /// Opens the lists of the calling thread's namespace in which the sockets of a choice stand: each costs something.
  ///
  /// - Throws: the errors of open(2), where /proc is not mounted for example, and of socket(2).
  public init(_ choice: Choice = .all) throws(SystemError) {
    let diagnostics = choice == .whole ? nil : try TCPDiagnostics()
    var tables: [SocketTable: ProcTable] = [:]
    for table in choice.tables {
      do throws(SystemError) {
        tables[table] = try ProcTable(table)
      } catch  where table.version == .v6 && error.errno == .noEntry {
        // A kernel without IPv6 has no sockets of it.
      }
    }
    files = tables
    opened = choice
    tcp = diagnostics
  }

  /// Whether the lists of a choice are open.
  public func has(_ choice: Choice) -> Bool { opened != .whole || choice == .whole }

  /// The sockets that there are now, of a choice whose lists are open.
  ///
  /// - Throws: the errors of pread(2), send(2) and recv(2).
  public func list(_ choice: Choice) throws(SystemError) -> [ListedSocket] {
    var sockets: [ListedSocket] = []
    for table in choice.tables { sockets += try files[table]?.sockets() ?? [] }
    switch choice {
    case .whole: return sockets
    case .listening: return try sockets + (tcp?.list(.listening) ?? [])
    case .all: return try sockets + (tcp?.list(.all) ?? [])
    }
  }
}

/// One of the tables, kept open.
private final class ProcTable: Sendable {
  private let name: SocketTable
  private let file: Descriptor

  init(_ name: SocketTable) throws(SystemError) {
    self.name = name
    file = try Descriptor.open("/proc/thread-self/net/\(name.rawValue)", O_RDONLY)
  }

  func sockets() throws(SystemError) -> [ListedSocket] {
    ListedSocket.parse(try ProcFile.readLines(file, name.rawValue), name)
  }
}

extension ListedSocket {
  /// The sockets of a table, whose first line is its head.
  static func parse(_ bytes: [UInt8], _ table: SocketTable) -> [ListedSocket] {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).dropFirst()
    return lines.compactMap { line in
      let words = line.split(separator: UInt8(ascii: " "))
      return table == .packet ? ListedSocket(packet: words) : ListedSocket(words, in: table)
    }
  }
}
