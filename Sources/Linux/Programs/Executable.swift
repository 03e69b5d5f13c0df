// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Programs that this user can run by name.
public enum Executable {
  /// A file by its path, as seen from a folder.
  public struct File {
    /// Whether there is such a file.
    public let isThere: Bool
    /// Whether it is a folder.
    public let isFolder: Bool
    /// Whether anybody may run it.
    public let isExecutable: Bool

    /// Looks at a file.
    public init(_ path: String, in folder: String) {
      var status = stat()
      let isFound = stat(path.hasPrefix("/") ? path : "\(folder)/\(path)", &status) == 0
      isThere = isFound && status.st_mode & S_IFMT == S_IFREG
      isFolder = isFound && status.st_mode & S_IFMT == S_IFDIR
      isExecutable = isFound && status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH) != 0
    }
  }

  /// Whether a folder of the PATH has a program of this name.
  public static func isOnPath(_ name: String) -> Bool { placeOnPath(name) != nil }

  /// The path of the program of this name that the PATH leads to; nil where there is none.
  public static func placeOnPath(_ name: String) -> String? {
    guard !name.isEmpty, !name.contains("/"), let path = getenv("PATH") else { return nil }
    return String(cString: path).split(separator: ":").map { "\($0)/\(name)" }.first { place in
      File(place, in: "").isThere && access(place, X_OK) == 0
    }
  }
}
