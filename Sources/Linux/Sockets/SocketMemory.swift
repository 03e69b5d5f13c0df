// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What a socket's memory is like (`SO_MEMINFO`).
public struct SocketMemory: Hashable, Sendable {
  /// How much what it was handed and nobody has read takes, in bytes.
  public let queued: Int
  /// How much it may take, in bytes.
  public let room: Int
  /// How many packets it dropped for want of room.
  public let dropped: Int

  /// How many numbers there are, and which of them these are (`SK_MEMINFO_…`).
  private static let count = 9
  private static let (queuedPlace, roomPlace, droppedPlace) = (0, 1, 8)

  /// Asks a socket.
  ///
  /// - Throws: the error of getsockopt(2).
  init(of descriptor: borrowing Descriptor) throws(SystemError) {
    var values = [UInt32](repeating: 0, count: Self.count)
    var length = socklen_t(MemoryLayout<UInt32>.size * values.count)
    let number = descriptor.rawValue
    try systemCall("getsockopt(SO_MEMINFO)") { getsockopt(number, SOL_SOCKET, SO_MEMINFO, &values, &length) }
    queued = Int(values[Self.queuedPlace])
    room = Int(values[Self.roomPlace])
    dropped = Int(values[Self.droppedPlace])
  }
}
