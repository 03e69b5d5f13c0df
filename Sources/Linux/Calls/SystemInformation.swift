// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the running kernel says of itself.
public enum SystemInformation {
  /// The kernel's release, such as `6.18.44` (uname(2)).
  public static var kernelRelease: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    return withUnsafeBytes(of: name.release) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
