// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The ports that every user of a namespace may have (ip(7), `ip_unprivileged_port_start`).
public enum UnprivilegedPorts {
  private static let reserved: UInt16 = 1024

  /// Lets every user of the calling thread's namespace have every port, where that may be written and one such is asked for.
  public static func free(_ port: UInt16) {
    guard port < reserved,
      let file = try? Descriptor.open("/proc/sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY)
    else { return }
    _ = write(file.rawValue, "0", 1)
  }
}
