// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A folder in which `name.json5` stands beside `name.err`: what is printed about it, byte for byte.
struct GoldenFolder {
  private let folder: URL

  /// The folder of a name below `golden`.
  init(_ name: String) {
    folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "golden/\(name)")
  }

  /// The folder's path.
  var path: String { folder.path }

  /// The names of the files with an extension, without it.
  func names(withExtension pathExtension: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return files.filter { $0.hasSuffix(pathExtension) }
      .map { String($0.dropLast(pathExtension.count)) }
      .sorted()
  }

  /// The bytes of a source.
  func source(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: "\(name).json5")))
  }

  /// What must be printed about it.
  func expected(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appending(path: "\(name).err")), as: UTF8.self)
  }
}
