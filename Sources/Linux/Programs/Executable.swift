// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Programs that this user can run by name.
public enum Executable {
  /// Whether a folder of the PATH has a program of this name.
  public static func isOnPath(_ name: String) -> Bool {
    guard !name.isEmpty, !name.contains("/"), let path = getenv("PATH") else { return false }
    return String(cString: path).split(separator: ":").contains { folder in
      access("\(folder)/\(name)", X_OK) == 0
    }
  }
}
