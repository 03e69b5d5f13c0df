// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The GitHub action and the workflow files")
struct ActionTests {
  private static let action = TwoHostProgram.checkout + "/ci/action"

  /// A folder with a program that prints its arguments, one a line, and ends with status 1.
  private static func folderWithStub() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write("#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 1\n", to: "stub")
    // Stands for sudo: says so, and does the rest as the same user.
    try folder.write("#!/bin/sh\nshift\necho \"as root: $1\"\nexec \"$@\"\n", to: "bin/sudo")
    for name in ["stub", "bin/sudo"] { #expect(chmod("\(folder.path)/\(name)", 0o755) == 0) }
    #expect(chmod(folder.path, 0o777) == 0)
    return folder
  }

  private static let wanted = [
    "run", "--report", "github", "--junit", "out/junit.xml", "--json", "out/results.jsonl", "--artifacts",
    "out/captures", "--tag", "!slow tests", "--", "one", "two words",
  ]

  private static func variables(_ folder: TestFolder) -> [String: String] {
    [
      "TWOHOST_PROGRAM": "./stub", "TWOHOST_FOLDER": "out", "TWOHOST_PATHS": "one\ntwo words\n\n",
      "TWOHOST_ARGUMENTS": "--tag\n!slow tests\n",
    ]
  }

  @Test("paths and arguments are handed over one a line, and the status is the run's")
  func arguments() throws {
    let folder = try Self.folderWithStub()
    let ended = try Program.run(["\(Self.action)/run"], in: folder.path, environment: Self.variables(folder))
    #expect(ended.status == 1)
    #expect(ended.output.split(separator: "\n").map(String.init) == Self.wanted, "\(ended)")
  }

  @Test("who is not root runs it by sudo, with the PATH, and has what it leaves")
  func sudo() throws {
    let folder = try Self.folderWithStub()
    try Program.copy("\(Self.action)/run", to: "\(folder.path)/run")
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    let path = "\(folder.path)/bin:/usr/local/bin:/usr/bin:/bin"
    let environment = Self.variables(folder).merging(["PATH": path]) { $1 }
    let script = "mkdir out && exec ./run"
    let ended = try Program.run(nobody + ["sh", "-c", script], in: folder.path, environment: environment)
    #expect(ended.status == 1, "\(ended)")
    let lines = ended.output.split(separator: "\n").map(String.init)
    #expect(lines == ["as root: true", "as root: env"] + Self.wanted + ["as root: chown"], "\(ended)")
  }

  @Test("the program is told as an output, with a folder that is there")
  func prepare() throws {
    let folder = try TestFolder()
    let ended = try Program.run(
      ["\(Self.action)/prepare"], in: folder.path,
      environment: [
        "TWOHOST_PROGRAM": TwoHostProgram.path, "RUNNER_TEMP": folder.path, "GITHUB_OUTPUT": "outputs",
      ])
    #expect(ended.status == 0, "\(ended)")
    let outputs = folder.read("outputs").split(separator: "\n").map { $0.split(separator: "=")[1] }
    try #require(outputs.count == 2)
    #expect(outputs[0] == TwoHostProgram.path)
    #expect(FileManager.default.fileExists(atPath: String(outputs[1])))
  }

  /// Runs what prepares a run, with releases in a folder.
  private static func prepare(_ folder: TestFolder, _ variables: [String: String]) throws -> Ended {
    let usual = [
      "RUNNER_TEMP": folder.path, "GITHUB_OUTPUT": "outputs", "TWOHOST_CACHE": "\(folder.path)/cache",
      "TWOHOST_PROGRAM": "", "TWOHOST_RELEASES": "file://\(folder.path)/releases", "TWOHOST_VERSION": "9.9",
    ]
    return try Program.run(
      ["\(action)/prepare"], in: folder.path, environment: usual.merging(variables) { $1 })
  }

  @Test("a released program is fetched once, and one that is not as its checksums say is not run")
  func released() throws {
    let folder = try TestFolder()
    let script = """
      name=twohost-9.9-linux-$(uname -m)
      mkdir -p $name/bin releases/v9.9
      printf '#!/bin/sh\necho the released\n' >$name/bin/twohost
      chmod +x $name/bin/twohost
      tar -czf releases/v9.9/$name.tar.gz $name
      cd releases/v9.9
      sha256sum -- * >SHA256SUMS
      """
    try #require(try Program.run(["sh", "-c", script], in: folder.path).status == 0)
    let wrong = try Self.prepare(folder, ["TWOHOST_SHA256": String(repeating: "0", count: 64)])
    #expect(wrong.status == 1 && wrong.errors.contains("FAILED"), "\(wrong)")
    let first = try Self.prepare(folder, [:])
    #expect(first.status == 0 && first.output == "the released\n", "\(first)")
    #expect(folder.read("outputs").contains("program=\(folder.path)/cache/twohost-9.9-linux-"))
    // What is in the cache needs no release.
    try #require(rename("\(folder.path)/releases", "\(folder.path)/gone") == 0)
    #expect(try Self.prepare(folder, [:]).status == 0)
    let none = try Self.prepare(folder, ["TWOHOST_CACHE": "\(folder.path)/other"])
    #expect(none.status == 1 && none.output.hasPrefix("::error title=twohost::"), "\(none)")
    try #require(rename("\(folder.path)/gone", "\(folder.path)/releases") == 0)
    let change = "for file in releases/v9.9/*.tar.gz; do echo >>$file; done"
    try #require(try Program.run(["sh", "-c", change], in: folder.path).status == 0)
    let changed = try Self.prepare(folder, ["TWOHOST_CACHE": "\(folder.path)/other"])
    #expect(changed.status == 1 && changed.errors.contains("FAILED"), "\(changed)")
  }

  @Test("the files of all architectures are published under one list of checksums, which holds")
  func collected() throws {
    let folder = try TestFolder()
    for architecture in ["x86_64", "aarch64"] {
      let name = "parts/\(architecture)/twohost-9.9-linux-\(architecture).tar.gz"
      try folder.write(architecture, to: name)
      let sum = try Program.run(
        ["sh", "-c", "sha256sum -- *.gz >SHA256SUMS"], in: "\(folder.path)/parts/\(architecture)")
      try #require(sum.status == 0)
    }
    func collect(_ tag: String, _ place: String) throws -> Ended {
      try Program.run(
        [
          "\(TwoHostProgram.checkout)/ci/publish", "collect", "\(folder.path)/parts",
          "\(folder.path)/\(place)",
        ],
        environment: ["GITHUB_REF_NAME": tag])
    }
    #expect(try collect("v9.9", "dist").status == 0)
    #expect(folder.read("dist/SHA256SUMS").split(separator: "\n").count == 2)
    #expect(folder.files.filter { $0.hasPrefix("dist/twohost-9.9-") }.count == 2)
    #expect(try collect("v9.8", "other").status != 0)
    try folder.write("changed", to: "parts/x86_64/twohost-9.9-linux-x86_64.tar.gz")
    #expect(try collect("v9.9", "changed").status != 0)
  }

  @Test(
    "the workflow files call the project's scripts, and nobody's actions but GitHub's own, by their commits")
  func workflows() throws {
    let script = """
      import re, sys, yaml
      for path in sys.argv[1:]:
          stack, steps = [yaml.safe_load(open(path))], []
          while stack:
              node = stack.pop()
              if isinstance(node, dict):
                  steps += [("uses", node["uses"])] if "uses" in node else []
                  steps += [("run", node["run"])] if "run" in node else []
                  steps += [("run", line) for line in node.get("script", [])]
                  stack += node.values()
              elif isinstance(node, list):
                  stack += node
          assert len(steps) >= 2, path
          for kind, text in steps:
              pattern = r'(ci/|"\\$GITHUB_ACTION_PATH/)[a-z-]+"?( [^;&|]*)?' if kind == "run" \\
                  else r"actions/(attest-build-provenance|cache|checkout|(up|down)load-artifact)@[0-9a-f]{40}"
              assert re.fullmatch(pattern, text), (path, text)
      """
    let files = [
      ".github/workflows/ci.yml", ".github/workflows/release.yml", ".gitlab-ci.yml", "ci/action/action.yml",
    ]
    let ended = try Program.run(["python3", "-c", script] + files, in: TwoHostProgram.checkout)
    #expect(ended.status == 0, "\(ended.errors)")
  }
}
