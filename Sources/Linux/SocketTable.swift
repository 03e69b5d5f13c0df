// SPDX-License-Identifier: Apache-2.0

/// The sockets of the calling thread's network namespace through which IPv4 packets can be sent or received
/// whole, as `/proc/net/raw` and `/proc/net/packet` list them (proc_net(5)).
public struct SocketTable: Sendable {
  private let inodes: Set<String>

  private static let ownHeader: UInt8 = 255

  /// The raw sockets of a protocol or with a header of their own (`IPPROTO_RAW`), and the packet sockets.
  ///
  /// - Throws: the errors of open(2) and read(2).
  public init(protocol number: UInt8) throws(SystemError) {
    let raw = try Self.rows(of: "raw").filter { row in
      guard let address = row.dropFirst().first, let port = address.split(separator: ":").last else {
        return false
      }
      return [number, Self.ownHeader].contains(UInt8(port, radix: 16) ?? 0)
    }
    let packet = try Self.rows(of: "packet")
    inodes = Set((raw.map { $0.dropFirst(9).first } + packet.map(\.last)).compactMap { $0 })
  }

  /// Whether there is a socket that was not there before.
  public func hasMore(than before: SocketTable) -> Bool { !inodes.isSubset(of: before.inodes) }

  /// The words of each line but the first.
  private static func rows(of table: String) throws(SystemError) -> [[String]] {
    let text = try ProcFile.text("/proc/thread-self/net/\(table)")
    return text.split(separator: "\n").dropFirst().map { $0.split(separator: " ").map(String.init) }
  }
}
