// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What a host's kernel leaves to its network card: checksums of TCP and UDP, and cutting to the MTU.
public enum InterfaceOffload {
  /// The switches: without checksums there is no cutting either, which older kernels must be told.
  private static let switches = [
    ("ETHTOOL_STXCSUM", ETHTOOL_STXCSUM), ("ETHTOOL_STSO", ETHTOOL_STSO), ("ETHTOOL_SGSO", ETHTOOL_SGSO),
  ]

  /// Has the kernel do all of it itself on an interface of the namespace that a socket is in: any does (netdevice(7)).
  ///
  /// - Throws: `ENODEV` where there is no such interface, and the other errors of ioctl(2).
  public static func turnOff(on interface: String, by socket: borrowing NetlinkSocket) throws(SystemError) {
    for (name, command) in switches {
      try systemCall("ioctl(SIOCETHTOOL, \(name), \(interface))") {
        clinux_ethtool_set(socket.rawDescriptor, interface, UInt32(command), 0)
      }
    }
  }
}
