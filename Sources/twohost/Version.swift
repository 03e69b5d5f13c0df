// SPDX-License-Identifier: Apache-2.0

import CVersion

/// What the program calls itself.
enum Version {
  static let text = "twohost 0.1.0"
  static let number = String(text.dropFirst("twohost ".count))

  /// What `--version` prints: the version, and of which commit this is.
  static var line: String {
    let commit = String(cString: cversion_commit())
    return commit.isEmpty ? "\(text) (no commit known: not built by ci/build)\n" : "\(text) (\(commit))\n"
  }
}
