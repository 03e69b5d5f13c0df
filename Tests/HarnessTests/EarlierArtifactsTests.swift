// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Harness

/// What earlier runs left of cases.
@Suite struct EarlierArtifactsTests {
  private func make(_ names: [String], in folder: String) throws {
    for name in names {
      let path = "\(folder)/out/\(name)"
      let around = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
      try FileManager.default.createDirectory(atPath: around, withIntermediateDirectories: true)
      #expect(FileManager.default.createFile(atPath: path, contents: Data([1])), "\(path)")
    }
  }

  /// What is left below the folder when what these cases and files left is removed.
  private func left(
    _ names: [String], of cases: [String], files: [String] = [], link: String? = nil
  ) throws -> [String] {
    var left: [String] = []
    try withFolder { folder in
      try make(names, in: folder)
      if let link {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/elsewhere", withIntermediateDirectories: true)
        try make(["../elsewhere/capture.pcapng"], in: folder)
        try FileManager.default.createSymbolicLink(
          atPath: "\(folder)/out/\(link)", withDestinationPath: "\(folder)/elsewhere")
      }
      try EarlierArtifacts(of: cases, files: files, in: "\(folder)/out").remove()
      if link != nil { #expect(FileManager.default.fileExists(atPath: "\(folder)/elsewhere/capture.pcapng")) }
      left = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/out").sorted()
    }
    return left
  }

  @Test("everything that runs leave of a case goes, with its folders, also repetitions and attempts")
  func all() throws {
    let names = [
      "a/x/capture.pcapng", "a/x/sender.stdout", "a/x/receiver.stderr", "a/x/attempt-2/capture.pcapng",
      "a/x/attempt-13/sender.stderr", "a/x/.capture.pcapng.123.part", "a/x#1/capture.pcapng",
      "a/x#20/attempt-2/receiver.stdout",
    ]
    #expect(try left(names, of: ["a/x"]) == [])
  }

  @Test("what is of other cases stays")
  func others() throws {
    let names = [
      "a/x[ttl=1]/capture.pcapng", "a/xx/capture.pcapng", "a/x/y/capture.pcapng", "a/x#b/capture.pcapng",
      "a/x#/capture.pcapng", "x/capture.pcapng", "a/x/%61ttempt-2/capture.pcapng", "b",
    ]
    let files = try left(names + ["a/x/sender.stdout"], of: ["a/x", "b"])
    #expect(files.filter { $0.contains(".") || $0 == "b" } == names.sorted())
    #expect(try left(["x/x/capture.pcapng"], of: ["x"]) == ["x", "x/x", "x/x/capture.pcapng"])
  }

  @Test("what somebody else has put into a case's folder stays, and nothing is removed through a link")
  func foreign() throws {
    let names = [
      "x/notes.txt", "x/capture.pcapng.old", "x/attempt-2/notes.txt", "x/attempt-b/capture.pcapng",
    ]
    let folders = ["x", "x/attempt-2", "x/attempt-b", "x/stray"]
    let found = try left(names + ["x/capture.pcapng"], of: ["x"], link: "x/stray")
    #expect(found == (names + folders).sorted())
    #expect(try left(["b"], of: ["x"], link: "x") == ["b", "x"])
    #expect(try left(["x/capture.pcapng/mine"], of: ["x"]).last == "x/capture.pcapng/mine")
  }

  @Test("of a file every case of its matrix goes")
  func files() throws {
    let names = ["a/x[ttl=1]#2/capture.pcapng", "a/x[b=2,c=3]/sender.stdout", "a/x/capture.pcapng"]
    #expect(try left(names + ["a/xx/capture.pcapng"], of: [], files: ["a/x"]).last == "a/xx/capture.pcapng")
    #expect(try left(names, of: [], files: ["a/x"]) == [])
  }

  @Test("where no run has left anything there is nothing to do")
  func none() throws {
    try withFolder { folder in
      try EarlierArtifacts(of: ["x", "a/x"], in: "\(folder)/out").remove()
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"))
    }
  }
}
