// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// The words that this process was called with, also where nothing is mounted at /proc.
public enum ProcessArguments {
  /// All of them, the program's name first; bytes that are no part of UTF-8 stand as in paths (`PathText`).
  public static var words: [String] {
    let kept = clinux_arguments()
    return (0..<Int(kept.count)).compactMap { index in
      kept.words[index].map { PathText.text(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
  }

  /// Whether the first word behind the program's name is this one.
  public static func begin(with word: String) -> Bool {
    let kept = clinux_arguments()
    return kept.count > 1 && kept.words[1].map { strcmp($0, word) == 0 } ?? false
  }
}
