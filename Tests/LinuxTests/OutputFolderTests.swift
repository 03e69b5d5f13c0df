// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Testing

@testable import Linux

/// Runs a body with a folder of its own, which is gone afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/twohost-output-XXXXXX".utf8CString)
  let made = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer { try? FileManager.default.removeItem(atPath: made) }
  try body(made)
}

func contents(of path: String) -> [UInt8]? {
  FileManager.default.contents(atPath: path).map { Array($0) }
}

func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

@Suite("output folders")
struct OutputFolderTests {
  /// What new files may not be, which nothing but setting it tells (umask(2)); it is the same for all tests.
  private let mask: mode_t = {
    let text = (try? ProcFile.text("/proc/self/status")) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("Umask:") }
    return line.flatMap { mode_t($0.split(separator: "\t").last ?? "", radix: 8) } ?? 0o777
  }()

  @Test("a file holds the bytes, may be read by whom the umask lets, and its folders are made")
  func writes() throws {
    try withTemporaryFolder { folder in
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
      try OutputFolder("\(folder)/new/a").write(bytes, to: "file", in: ["b", "c"])
      let path = "\(folder)/new/a/b/c/file"
      #expect(contents(of: path) == bytes)
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o666 & ~mask)
      #expect(stat("\(folder)/new/a/b", &status) == 0 && status.st_mode & 0o777 == 0o777 & ~mask)
      #expect(try names(in: "\(folder)/new/a/b/c") == ["file"])
    }
  }

  @Test("a file that was there is replaced, and one that a link leads to is left alone")
  func replaces() throws {
    try withTemporaryFolder { folder in
      let output = try OutputFolder(folder)
      try output.write([1, 2, 3, 4], to: "file")
      try output.write([5], to: "file")
      #expect(contents(of: "\(folder)/file") == [5])
      #expect(symlink("\(folder)/file", "\(folder)/other") == 0)
      try output.write([], to: "other")
      #expect(contents(of: "\(folder)/file") == [5] && contents(of: "\(folder)/other") == [])
      #expect(try names(in: folder) == ["file", "other"])
    }
  }

  @Test("nothing is written through a link that stands in the place of a folder")
  func links() throws {
    try withTemporaryFolder { folder in
      #expect(mkdir("\(folder)/elsewhere", 0o700) == 0 && mkdir("\(folder)/output", 0o700) == 0)
      #expect(symlink("\(folder)/elsewhere", "\(folder)/output/case") == 0)
      #expect(symlink("\(folder)/elsewhere", "\(folder)/link") == 0)
      let output = try OutputFolder("\(folder)/output")
      let below = #expect(throws: SystemError.self) { try output.write([1], to: "file", in: ["case"]) }
      #expect(["ELOOP", "ENOTDIR"].contains(below?.errno.name))
      #expect(throws: SystemError.self) { _ = try OutputFolder("\(folder)/link") }
      #expect(try names(in: "\(folder)/elsewhere") == [])
      #expect(OutputFolder.obstacle(at: "\(folder)/link")?.contains("symbolic link") == true)
      #expect(OutputFolder.obstacle(at: "\(folder)/output") == nil)
      #expect(OutputFolder.obstacle(at: "\(folder)/none") == nil)
    }
  }

  @Test("where a file system has no unnamed files, a draft is filled")
  func named() throws {
    try withTemporaryFolder { folder in
      let place = try Descriptor.open(folder, O_DIRECTORY)
      try OutputFile([1, 2], isSynced: true).writeNamed("draft", "file", in: place)
      #expect(contents(of: "\(folder)/draft") == [1, 2])
    }
  }

  @Test("a draft that is left of a process that died is written over")
  func staleDraft() throws {
    try withTemporaryFolder { folder in
      let place = try Descriptor.open(folder, O_DIRECTORY)
      try OutputFile([1, 2, 3, 4, 5], isSynced: false).writeNamed("draft", "file", in: place)
      try OutputFile([9], isSynced: false).writeNamed("draft", "file", in: place)
      #expect(contents(of: "\(folder)/draft") == [9])
    }
  }

  @Test("no draft is written through a link that stands at its name, wherever it leads")
  func draftOfALink() throws {
    try withTemporaryFolder { folder in
      try OutputFolder(folder).write([1, 2, 3], to: "target")
      for target in ["target", "nowhere"] {
        #expect(symlink(target, "\(folder)/draft") == 0)
        let place = try Descriptor.open(folder, O_DIRECTORY)
        let error = #expect(throws: SystemError.self) {
          try OutputFile([9], isSynced: false).writeNamed("draft", "file", in: place)
        }
        #expect(error?.errno.name == "ELOOP")
        #expect(unlink("\(folder)/draft") == 0, "the link is there still")
      }
      #expect(contents(of: "\(folder)/target") == [1, 2, 3])
      #expect(try names(in: folder) == ["target"])
    }
  }

  @Test("a link at the name of the draft that a replaced file needs is taken away, and not followed")
  func replacedBesideALink() throws {
    try withTemporaryFolder { folder in
      let output = try OutputFolder(folder)
      try output.write([1], to: "target")
      try output.write([2], to: "file")
      #expect(symlink("target", "\(folder)/.file.\(getpid()).part") == 0)
      try output.write([3], to: "file")
      #expect(contents(of: "\(folder)/target") == [1] && contents(of: "\(folder)/file") == [3])
      #expect(try names(in: folder) == ["file", "target"])
    }
  }

  @Test("where a file cannot be, nothing is left and the error says why")
  func fails() throws {
    try withTemporaryFolder { folder in
      let output = try OutputFolder(folder)
      try output.write([1], to: "file")
      let below = #expect(throws: SystemError.self) { try output.write([2], to: "below", in: ["file"]) }
      #expect(below?.errno.name == "ENOTDIR")
      #expect(mkdir("\(folder)/folder", 0o700) == 0)
      let taken = #expect(throws: SystemError.self) { try output.write([2], to: "folder") }
      #expect(taken?.errno.name == "EISDIR")
      #expect(try names(in: folder) == ["file", "folder"])
      #expect(contents(of: "\(folder)/file") == [1])
    }
    #expect(throws: SystemError.self) { _ = try OutputFolder("/proc/nowhere") }
  }
}

@Suite("report files")
struct ReportFileTests {
  @Test("a report is written where a path leads, and replaces an earlier one")
  func writes() throws {
    try withTemporaryFolder { folder in
      #expect(mkdir("\(folder)/real", 0o700) == 0 && symlink("\(folder)/real", "\(folder)/link") == 0)
      try ReportFile.write([1], to: "\(folder)/link/report.xml")
      try ReportFile.write([2], to: "\(folder)/link/report.xml")
      #expect(contents(of: "\(folder)/real/report.xml") == [2])
      #expect(try names(in: "\(folder)/real") == ["report.xml"])
    }
  }

  @Test("a file that grows can be read from the first line on, and has its name when it is whole")
  func grows() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/lines.jsonl"
      try ReportFile.write([9], to: path)
      let file = try GrowingFile(path)
      try file.append([1, 2])
      #expect(contents(of: "\(path).part") == [1, 2] && contents(of: path) == nil)
      try file.append([3])
      try file.finish()
      #expect(contents(of: path) == [1, 2, 3])
      #expect(try names(in: folder) == ["lines.jsonl"])
      try GrowingFile(path).discard()
      #expect(try names(in: folder) == [])
    }
  }

  @Test("two runs do not write to one file at once, and the rest of one that died is written over")
  func once() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/lines.jsonl"
      do {
        let first = try GrowingFile(path)
        try first.append([1, 2, 3])
        let second = #expect(throws: SystemError.self) { _ = try GrowingFile(path) }
        #expect(second?.errno == .wouldBlock)
        #expect(contents(of: "\(path).part") == [1, 2, 3], "what is there is not harmed")
      }
      let next = try GrowingFile(path)
      try next.append([4])
      try next.finish()
      #expect(contents(of: path) == [4])
    }
  }

  @Test(
    "the file can be written again though somebody has a copy of the descriptor, as a child has for a moment")
  func copies() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/lines.jsonl"
      let descriptors = { try names(in: "/proc/self/fd").compactMap { Int32($0) } }
      let ours = { try descriptors().filter { descriptor(number: $0, leadsTo: "\(path).part") } }
      for isFinished in [false, true] {
        var copy: Int32 = -1
        do {
          let first = try GrowingFile(path)
          try first.append([1, 2, 3])
          copy = dup(try #require(try ours().first))
          let second = #expect(throws: SystemError.self) { _ = try GrowingFile(path) }
          #expect(second?.errno == .wouldBlock, "it is being written")
          if isFinished { try first.finish() }
        }
        let next = try GrowingFile(path)
        try next.append([4])
        try next.finish()
        #expect(contents(of: path) == [4])
        close(copy)
      }
    }
  }

  private func descriptor(number: Int32, leadsTo path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")) == path
  }

  @Test("no line is written through a link at the name that the file has while it grows")
  func linkedPart() throws {
    try withTemporaryFolder { folder in
      try ReportFile.write([1, 2, 3], to: "\(folder)/target")
      for target in ["target", "nowhere"] {
        #expect(symlink(target, "\(folder)/lines.jsonl.part") == 0)
        let error = #expect(throws: SystemError.self) { _ = try GrowingFile("\(folder)/lines.jsonl") }
        #expect(error?.errno.name == "ELOOP")
        unlink("\(folder)/lines.jsonl.part")
      }
      #expect(contents(of: "\(folder)/target") == [1, 2, 3])
      #expect(try names(in: folder) == ["target"])
    }
  }

  @Test("a full device is told of")
  func full() throws {
    let file = try GrowingFile("/dev/full")
    let error = #expect(throws: SystemError.self) { try file.append([1]) }
    #expect(error?.errno.name == "ENOSPC")
    #expect(throws: SystemError.self) { try ReportFile.write([1], to: "/dev/full") }
  }
}
