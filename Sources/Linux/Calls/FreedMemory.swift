// SPDX-License-Identifier: Apache-2.0

import CLinux

/// What becomes of memory that was given back (mallopt(3)).
public enum FreedMemory {
  private static let mostKept: Int32 = 16 << 20
  private static let leastMapped: Int32 = 4 << 20

  /// Keeps up to 16 MiB of it a thread for what is asked for next, where the kernel would else take the same pages back
  /// and give them anew, each filled with zeros, for every array that comes and goes.
  public static func keep() {
    mallopt(M_TRIM_THRESHOLD, mostKept)
    mallopt(M_MMAP_THRESHOLD, leastMapped)
  }
}
