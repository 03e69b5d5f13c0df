// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Linux

@Suite("What is saved in a folder")
struct FolderWatchTests {
  private let folder: URL

  init() throws {
    let name = "twohost-watch-\(UUID().uuidString)"
    folder = URL(filePath: NSTemporaryDirectory()).resolvingSymlinksInPath().appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  @Test("is told when it is whole: written, renamed to, linked to, removed, made executable")
  func saved() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var watch = try FolderWatch()
    #expect(try watch.add(folder.path))
    #expect(try !watch.add(folder.path))
    #expect(try watch.changes().files.isEmpty)
    let descriptor = open(path("a"), O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    #expect(try watch.changes().files.isEmpty, "a file that is open is not whole")
    close(descriptor)
    #expect(try watch.changes().files == [path("a")])
    rename(path("a"), path("b"))
    #expect(try watch.changes().files == [path("a"), path("b")])
    symlink("b", path("l"))
    #expect(try watch.changes().files == [path("l")])
    link(path("b"), path("h"))
    // The other name's count of links has changed too.
    #expect(try watch.changes().files.contains(path("h")))
    chmod(path("b"), 0o700)
    #expect(try watch.changes().files == [path("b")])
    unlink(path("l"))
    #expect(try watch.changes().files == [path("l")])
    mkdir(path("d"), 0o700)
    let changes = try watch.changes()
    #expect(changes.files.isEmpty && changes.folders == [path("d")])
  }

  @Test("a folder that comes in the place of one that has gone is watched when it is asked for again")
  func replaced() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var watch = try FolderWatch()
    mkdir(path("d"), 0o700)
    #expect(try watch.add(path("d")))
    rmdir(path("d"))
    _ = try watch.changes()
    #expect(try !watch.add(path("d")), "there is none")
    mkdir(path("d"), 0o700)
    #expect(try watch.add(path("d")))
    try write("x", to: "d/x")
    #expect(try watch.changes().files.contains(path("d/x")))
  }

  @Test("where more is saved than the kernel keeps, that is told")
  func overflow() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
    let most = try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    var watch = try FolderWatch()
    _ = try watch.add(folder.path)
    try write("x", to: "a")
    try write("x", to: "b")
    #expect(try !watch.changes().isMoreThanKnown)
    // Events that are the same as the one before them are told of once (inotify(7)).
    for number in 0...most { chmod(path(number.isMultiple(of: 2) ? "a" : "b"), mode_t(0o600)) }
    #expect(try watch.changes().isMoreThanKnown)
  }
}
