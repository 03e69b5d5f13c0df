// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The sockets of one network namespace through which IPv4 packets can be sent or received whole, as
/// `/proc/net/raw` and `/proc/net/packet` list them (proc_net(5)), kept open so that they can be read from anywhere.
public struct SocketTable: ~Copyable {
  private let raw: Descriptor
  private let packet: Descriptor
  private let number: UInt8
  private let before: Set<String>
  private var last: Lists

  private static let ownHeader: UInt8 = 255

  /// What the kernel printed.
  private struct Lists: Equatable {
    let raw: [UInt8]
    let packet: [UInt8]
  }

  /// Notes which sockets of a protocol there are in the calling thread's namespace: raw ones of it or with a header of
  /// their own (`IPPROTO_RAW`), and packet sockets.
  ///
  /// - Throws: the errors of open(2), where /proc is not mounted for example, and pread(2).
  public init(protocol number: UInt8) throws(SystemError) {
    let rawTable = try Descriptor.open("/proc/thread-self/net/raw", O_RDONLY)
    let packetTable = try Descriptor.open("/proc/thread-self/net/packet", O_RDONLY)
    let lists = try Self.read(rawTable, packetTable)
    raw = rawTable
    packet = packetTable
    last = lists
    before = Self.inodes(lists, protocol: number)
    self.number = number
  }

  /// Whether there is a socket now that was not there at first.
  ///
  /// - Throws: the errors of pread(2).
  public mutating func hasGained() throws(SystemError) -> Bool {
    let now = try Self.read(raw, packet)
    guard now != last else { return false }
    last = now
    return !Self.inodes(now, protocol: number).isSubset(of: before)
  }

  private static func read(
    _ raw: borrowing Descriptor, _ packet: borrowing Descriptor
  ) throws(SystemError) -> Lists {
    Lists(raw: try ProcFile.readLines(raw, "raw"), packet: try ProcFile.readLines(packet, "packet"))
  }

  private static func inodes(_ lists: Lists, protocol number: UInt8) -> Set<String> {
    let ofProtocol = rows(of: lists.raw).filter { row in
      guard let address = row.dropFirst().first, let port = address.split(separator: ":").last else {
        return false
      }
      return [number, ownHeader].contains(UInt8(port, radix: 16) ?? 0)
    }
    let others = rows(of: lists.packet)
    return Set((ofProtocol.map { $0.dropFirst(9).first } + others.map(\.last)).compactMap { $0 })
  }

  /// The words of each line but the first.
  private static func rows(of list: [UInt8]) -> [[String]] {
    String(decoding: list, as: UTF8.self).split(separator: "\n").dropFirst().map {
      $0.split(separator: " ").map(String.init)
    }
  }
}
