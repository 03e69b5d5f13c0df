// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of `golden/`: what is printed, byte for byte.
enum Golden {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "golden")

  /// What a file holds. Where it is missing it is written, for somebody to read before it is committed; the test fails.
  static func text(_ name: String, _ text: String) throws -> String {
    let file = folder.appending(path: name)
    guard let contents = FileManager.default.contents(atPath: file.path) else {
      try Data(text.utf8).write(to: file)
      return ""
    }
    return String(decoding: contents, as: UTF8.self)
  }
}
