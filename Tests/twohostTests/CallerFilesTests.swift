// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a run writes for the user who called sudo: with that user's rights, so that nothing that the user, or a program
/// of the user's, has put in the way leads to a file of root's.
@Suite("Files of a run under sudo", .serialized)
struct CallerFilesTests {
  private static let caller: (user: UInt32, group: UInt32) = (1234, 5678)
  private static let secret = "root's own\n"
  private static let failing = "{ exchange: [{ payload: 'x', expect: { header: { ttl: 1 } } }] }"

  /// A folder of the caller's with a scenario that fails, beside one of root's.
  private func folder() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write(Self.failing, to: "caller/s/x.json5")
    try folder.write(Self.secret, to: "root/secret")
    let chown = try Program.run(
      ["chown", "-R", "\(Self.caller.user):\(Self.caller.group)", "\(folder.path)/caller"])
    #expect(chown.status == 0)
    return folder
  }

  private func run(
    _ options: String..., in folder: TestFolder, environment: [String: String] = [:]
  ) throws -> Ended {
    let sudo = ["SUDO_UID": "\(Self.caller.user)", "SUDO_GID": "\(Self.caller.group)"]
    return try Program.run(
      [TwoHostProgram.path, "run", "s"] + options, in: "\(folder.path)/caller",
      environment: environment.merging(sudo) { $1 })
  }

  private func owner(of name: String, in folder: TestFolder) throws -> [UInt32] {
    var status = stat()
    try #require(lstat("\(folder.path)/\(name)", &status) == 0, "\(name)")
    return [status.st_uid, status.st_gid]
  }

  @Test("every file and folder that is made belongs to the caller")
  func owners() throws {
    let folder = try folder()
    let ended = try run(
      "--junit", "a/j.xml", "--json", "b/l.jsonl", "--report", "github", in: folder,
      environment: ["GITHUB_STEP_SUMMARY": "\(folder.path)/caller/summary"])
    #expect(ended.status == 1, "\(ended)")
    let made = ["a", "a/j.xml", "b", "b/l.jsonl", "summary", "twohost-artifacts", "twohost-artifacts/x"]
    for name in made + ["twohost-artifacts/x/capture.pcapng"] {
      #expect(
        try owner(of: "caller/\(name)", in: folder) == [Self.caller.user, Self.caller.group], "\(name)")
    }
  }

  @Test(
    "a link or a hard link where a report goes leads to no file of root's",
    arguments: [
      (["--junit", "x"], "x", false), (["--junit", "x"], "x", true), (["--json", "x"], "x", false),
      (["--json", "x"], "x.part", false), (["--json", "x"], "x.part", true),
      (["--report", "github"], "x", false), (["--report", "github"], "x", true),
    ])
  func links(options: [String], name: String, isHard: Bool) throws {
    let folder = try folder()
    let planted = "\(folder.path)/caller/\(name)"
    let made = isHard ? link("\(folder.path)/root/secret", planted) : symlink("../root/secret", planted)
    #expect(made == 0)
    let ended = try Program.run(
      [TwoHostProgram.path, "run", "s"] + options, in: "\(folder.path)/caller",
      environment: [
        "SUDO_UID": "1234", "SUDO_GID": "5678", "GITHUB_STEP_SUMMARY": "\(folder.path)/caller/x",
      ])
    #expect(ended.status != 0)
    #expect(folder.read("root/secret") == Self.secret, "\(ended)")
    #expect(try owner(of: "root/secret", in: folder) == [0, 0])
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/root")
    #expect(names == ["secret"])
  }

  @Test(
    "a link on the way to reports and artifacts leads to no folder of root's, which is refused with the reason",
    arguments: [["--artifacts", "way/out"], ["--junit", "way/x"], ["--json", "way/x"]])
  func folders(options: [String]) throws {
    let folder = try folder()
    #expect(symlink("../root", "\(folder.path)/caller/way") == 0)
    let ended = try run(options[0], options[1], in: folder)
    #expect(ended.status == 5 || ended.status == 2, "\(ended)")
    let reason = "files are written with the rights of the user who called sudo, 1234"
    #expect((ended.output + ended.errors).contains(reason), "\(ended)")
    #expect(folder.files.filter { $0.hasPrefix("root") } == ["root/secret"])
  }

  @Test(
    "a pipe that nobody reads keeps no run from its end",
    arguments: [(["--junit", "x"], "x"), (["--json", "x"], "x"), (["--json", "x"], "x.part")])
  func pipes(options: [String], name: String) throws {
    let folder = try folder()
    #expect(mkfifo("\(folder.path)/caller/\(name)", 0o666) == 0)
    let ended = try Program.run(
      ["timeout", "20", TwoHostProgram.path, "run", "s"] + options, in: "\(folder.path)/caller")
    #expect(ended.status == 5 || ended.status == 2, "\(ended)")
    let reasons = ["nothing reads it", "No such device or address"]
    #expect(reasons.contains(where: (ended.output + ended.errors).contains), "\(ended)")
  }

  // MARK: - While the run is under way

  /// What a program of the caller's puts where the run writes, between the beginning of a report and its end.
  private static let swaps = [
    // The report itself, and the file in which it grows.
    (["--json", "out/x"], "rm out/x.part; ln -s ../../root/secret out/x.part"),
    (["--json", "out/x"], "rm out/x.part; ln ../root/secret out/x.part || :; ln -s ../../root/secret out/x"),
    (["--json", "out/x"], "rm out/x.part; mkfifo out/x.part; mkfifo out/x"),
    (["--junit", "out/x"], "ln -s ../../root/secret out/x; ln -s ../../root/secret out/x.part"),
    (["--junit", "out/x"], "mkfifo out/x"),
    // The folder that they are in, which is another's then.
    (["--json", "out/x"], "mv out old; ln -s ../root out"),
    (["--junit", "out/x"], "mv out old; ln -s ../root out"),
    // Where the capture goes.
    (["--artifacts", "out"], "mv out old; ln -s ../root out"),
    (["--artifacts", "out"], "ln -s ../../root out/x"),
    (["--artifacts", "out"], "mkdir out/x; ln -s ../../../root/secret out/x/capture.pcapng"),
    (["--artifacts", "out"], "mkdir out/x; ln ../root/secret out/x/capture.pcapng || :"),
    (["--artifacts", "out"], "mkdir out/x; mkfifo out/x/capture.pcapng out/x/sender.stdout"),
  ]

  /// Does something under each of the kernel's settings of a kind, where it may be set here, and sets it back.
  private func underEach(_ setting: String, _ body: () throws -> Void) throws {
    let path = "/proc/sys/fs/\(setting)"
    guard let before = try? String(contentsOfFile: path, encoding: .utf8), access(path, W_OK) == 0 else {
      return try body()
    }
    let set = { (value: String) in
      guard let file = fopen(path, "w") else { return }
      fputs(value, file)
      fclose(file)
    }
    defer { set(before) }
    for value in ["0", "1"] {
      set(value)
      try body()
    }
  }

  @Test(
    "what a program puts in the way while the run is under way leads to no file of root's",
    arguments: swaps.indices)
  func swapped(index: Int) throws {
    let (options, swap) = Self.swaps[index]
    // A hard link to what is another's can be made under one of the settings alone.
    let setting = swap.contains("|| :") ? "protected_hardlinks" : "protected_symlinks"
    try underEach(setting) {
      let folder = try folder()
      let planting = try Program.run(
        ["setpriv", "--reuid", "1234", "--regid", "5678", "--clear-groups", "mkdir", "out"],
        in: "\(folder.path)/caller")
      #expect(planting.status == 0, "\(planting)")
      // It fails, so that there is a capture to be written; that it came to its last word shows that all was swapped.
      let program = "cd ..; set -e; \(swap); echo swapped >&2; exit 3"
      try folder.write(
        "{ sender: { run: ['sh', '-c', '\(program)'] }, exchange: [{ expect: { sent: false } }] }",
        to: "caller/s/x.json5")
      let ended = try Program.run(
        ["timeout", "20", TwoHostProgram.path, "run", "s"] + options, in: "\(folder.path)/caller",
        environment: ["SUDO_UID": "1234", "SUDO_GID": "5678"])
      #expect([1, 2, 5].contains(ended.status), "\(ended)")
      #expect(ended.output.contains("sender! swapped"), "\(ended)")
      #expect(folder.read("root/secret") == Self.secret, "\(ended)")
      #expect(try owner(of: "root/secret", in: folder) == [0, 0])
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/root")
      #expect(names == ["secret"], "\(ended)")
    }
  }
}
