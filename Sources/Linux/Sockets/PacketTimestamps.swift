// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Keeps the kernel stamping every packet with the time at which it saw it, for as long as this lives.
///
/// It begins to do so some time after the first socket asked for it (`SO_TIMESTAMPNS`, socket(7)), and until then
/// a packet has the time at which it was read. So this is to be made well before the first packet that counts.
public final class PacketTimestamps: Sendable {
  private let socket: Descriptor?

  /// Asks the kernel; where it has no socket for that, packets have the time at which they are read.
  public init() {
    socket = try? Self.open()
  }

  private static func open() throws(SystemError) -> Descriptor {
    let opened = try Descriptor.socket(
      "AF_INET", family: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
    let yes: Int32 = 1
    try opened.setOption("SO_TIMESTAMPNS", level: SOL_SOCKET, SO_TIMESTAMPNS, to: yes)
    return opened
  }
}
