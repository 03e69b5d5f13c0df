// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The programs that this user can run by name, each looked for until it is found.
public final class InstalledPrograms: Sendable {
  private let found = Mutex<Set<String>>([])

  /// Knows of no program yet.
  public init() {}

  /// Whether a folder of the PATH has, or had, a program of this name.
  public func has(_ name: String) -> Bool {
    found.withLock { found in
      guard !found.contains(name) else { return true }
      guard Executable.isOnPath(name) else { return false }
      found.insert(name)
      return true
    }
  }
}
