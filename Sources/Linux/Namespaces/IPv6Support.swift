// SPDX-License-Identifier: Apache-2.0

import Glibc
import Wire

/// Whether the kernel has IPv6, and whether a namespace has it on (ip-sysctl, `ipv6.disable` and `disable_ipv6`).
public enum IPv6Support {
  /// Whether sockets of IPv6 can be had: not where it was turned off when the kernel was started.
  public static let isThere: Bool = {
    do throws(SystemError) {
      _ = try UDPSocket(over: .v6)
      return true
    } catch {
      return error.errno != .addressFamilyNotSupported
    }
  }()

  /// Turns it on for the interfaces that the calling thread's namespace, which is new, will get, where the machine's
  /// settings were copied with it off; what cannot be written shows when an address is refused.
  public static func turnOn() {
    for scope in ["all", "default"] {
      let path = "/proc/sys/net/ipv6/conf/\(scope)/disable_ipv6"
      guard let text = try? ProcFile.text(path), text.hasPrefix("1"),
        let file = try? Descriptor.open(path, O_WRONLY)
      else { continue }
      _ = write(file.rawValue, "0", 1)
    }
  }
}
