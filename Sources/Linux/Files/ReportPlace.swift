// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where a report goes, the same for every path that leads there.
public enum ReportPlace: Hashable, Sendable {
  /// Something that is there, by its device and its number on that.
  case there(device: UInt64, number: UInt64)
  /// A file that is yet to be made, by its path.
  case path(String)

  /// Follows a path; nil where it leads to /dev/null, where no two reports meet.
  public init?(_ path: String) {
    var status = stat()
    let isThere =
      if let number = ReportFile.descriptorNumber(in: path) {
        fstat(number, &status) == 0
      } else {
        stat(path, &status) == 0
      }
    guard isThere else {
      self = .path(ReportFile.target(of: path))
      return
    }
    self.init(status)
  }

  /// Where a file that still grows goes meanwhile.
  public static func part(of path: String) -> ReportPlace? {
    ReportFile.isStream(path) ? nil : ReportPlace(GrowingFile.part(of: ReportFile.target(of: path)))
  }

  /// Where standard output goes; nil where it is closed, or /dev/null.
  public static var standardOutput: ReportPlace? {
    var status = stat()
    return fstat(STDOUT_FILENO, &status) == 0 ? ReportPlace(status) : nil
  }

  private init?(_ status: stat) {
    // The null device (null(4)).
    let isNull = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0x103
    if isNull { return nil }
    self = .there(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }
}
