// SPDX-License-Identifier: Apache-2.0

/// Where files are, by their paths without links.
public enum FilePlaces {
  /// The path of a file in its folder without links, and where a link in its place leads: whoever saves the file changes
  /// one of them.
  public static func all(of path: String) -> Set<String> {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last.flatMap(String.init) ?? path
    let folder = FileReader.realPath(SourceFile.folder(of: path).unlessEmpty)
    let inFolder = folder.map { "\($0 == "/" ? "" : $0)/\(name)" }
    return Set([inFolder, FileReader.realPath(path)].compactMap { $0 })
  }

  /// The folder of such a path.
  public static func folder(of place: String) -> String { SourceFile.folder(of: place).unlessEmpty }
}

extension String {
  /// The path of a folder, of which nothing is left at the root.
  fileprivate var unlessEmpty: String { isEmpty ? "/" : self }
}
