// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Testing

@testable import Linux

@Suite("output files")
struct OutputFileTests {
  /// Runs a body with a folder of its own, which is gone afterwards.
  private func withFolder(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/output-file-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { try? FileManager.default.removeItem(atPath: made) }
    try body(made)
  }

  private func contents(of path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { Array($0) }
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("a file holds the bytes, is its owner's alone, and its folders are made")
  func writes() throws {
    try withFolder { folder in
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
      let path = "\(folder)/a/b/file"
      try OutputFile.write(bytes, to: path)
      #expect(contents(of: path) == bytes)
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(try names(in: "\(folder)/a/b") == ["file"])
    }
  }

  @Test("a file that was there is replaced, and one that a link leads to is left alone")
  func replaces() throws {
    try withFolder { folder in
      let path = "\(folder)/file"
      let other = "\(folder)/other"
      try OutputFile.write([1, 2, 3, 4], to: path)
      try OutputFile.write([5], to: path)
      #expect(contents(of: path) == [5])
      #expect(symlink(path, other) == 0)
      try OutputFile.write([], to: other)
      #expect(contents(of: path) == [5] && contents(of: other) == [])
      #expect(try names(in: folder) == ["file", "other"])
    }
  }

  @Test("where a file system has no unnamed files, a draft is renamed, and none is left when that fails")
  func beside() throws {
    try withFolder { folder in
      try OutputFile.writeBeside([1, 2], to: "\(folder)/file")
      try OutputFile.writeBeside([3], to: "\(folder)/file")
      #expect(contents(of: "\(folder)/file") == [3])
      #expect(mkdir("\(folder)/folder", 0o700) == 0)
      #expect(throws: SystemError.self) { try OutputFile.writeBeside([4], to: "\(folder)/folder") }
      #expect(try names(in: folder) == ["file", "folder"])
    }
  }

  @Test("where a file cannot be, nothing is left and the error says why")
  func fails() throws {
    try withFolder { folder in
      try OutputFile.write([1], to: "\(folder)/file")
      let below = #expect(throws: SystemError.self) { try OutputFile.write([2], to: "\(folder)/file/below") }
      #expect(below?.errno.name == "ENOTDIR")
      #expect(mkdir("\(folder)/folder", 0o700) == 0)
      let taken = #expect(throws: SystemError.self) { try OutputFile.write([2], to: "\(folder)/folder") }
      #expect(taken?.errno.name == "EISDIR")
      #expect(try names(in: folder) == ["file", "folder"])
      #expect(contents(of: "\(folder)/file") == [1])
    }
    #expect(throws: SystemError.self) { try OutputFile.write([1], to: "/proc/nowhere/file") }
  }
}
