// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("A new scenario")
struct NewCommandTests {
  private static let advice = "for completion in VS Code: twohost new --vscode\n"

  @Test("- prints the file, and x and x.json5 are the same file")
  func printed() throws {
    let folder = try TestFolder()
    let printed = try TwoHostProgram.run("new", "-", "--udp", in: folder.path)
    #expect(printed.status == 0 && folder.files.isEmpty)
    #expect(try TwoHostProgram.run("new", "x", "--udp", in: folder.path).status == 0)
    #expect(folder.files == ["x.json5"] && folder.read("x.json5") == printed.output)
    #expect(
      try TwoHostProgram.run("new", "x.json5", "--udp", in: folder.path).errors.contains(
        "x.json5 already exists"))
  }

  @Test("--vscode maps the schemas to the files that they are of, and overwrites nothing")
  func editor() throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run("new", "tests/udp/x", "--vscode", in: folder.path)
    #expect(ended.status == 0 && !ended.output.contains("new --vscode"), "\(ended)")
    let script = """
      import json, jsonschema
      maps = json.load(open(".vscode/settings.json"))["json5.schemas"]
      for entry in maps:
          schema = json.load(open(entry["url"]))
          jsonschema.Draft202012Validator.check_schema(schema)
          print(schema["$id"], *entry["fileMatch"])
      """
    let mapped = try Program.run(["python3", "-c", script], in: folder.path)
    #expect(
      mapped.output == """
        urn:twohost:scenario tests/**/*.json5 !**/netns/* !**/twohost.json5
        urn:twohost:network **/netns/*.json5
        urn:twohost:configuration **/twohost.json5

        """, "\(mapped)")
    try folder.write("{ \"mine\": 1 }", to: ".vscode/settings.json")
    let again = try TwoHostProgram.run("new", "--vscode", in: folder.path)
    #expect(again.status == 0 && folder.read(".vscode/settings.json") == "{ \"mine\": 1 }")
    #expect(
      again.output.contains(
        ".vscode/settings.json already exists, and nothing is overwritten; add to it:\n{"))
  }

  @Test("what is written is right, passes as it is, and says why in comments")
  func passes() throws {
    let folder = try TestFolder()
    let written = try TwoHostProgram.run("new", "scenarios/headers/my-case", in: folder.path)
    #expect(written.status == 0, "\(written.errors)")
    let path = "scenarios/headers/my-case.json5"
    #expect(written.output == "wrote \(path)\nrun it: sudo twohost run \(path)\n\(Self.advice)")
    #expect(folder.read(path).split(separator: "\n").count { $0.contains("//") } > 5)

    #expect(try TwoHostProgram.run("check", path, in: folder.path).output == "1 scenario file is valid\n")
    let ended = try TwoHostProgram.run("run", path, in: folder.path)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
    #expect(ended.output.contains("1 passed, 0 failed"))
  }

  @Test(
    "a file of each kind passes as it is written, and one that is changed fails",
    arguments: [
      ("--udp", "\"Udp.InCsumErrors\": 1", "\"Udp.InCsumErrors\": 2"),
      ("--tcp", "retransmissions: { min: 1 }", "retransmissions: 0"),
      ("--program", "\"QUESTION\"", "\"QUESTION ?\""),
    ])
  func kinds(option: String, right: String, wrong: String) throws {
    let folder = try TestFolder()
    #expect(try TwoHostProgram.run("new", option, "mine", in: folder.path).status == 0)
    let text = folder.read("mine.json5")
    #expect(text.split(separator: "\n").count { $0.contains("//") } > 5)
    let ended = try TwoHostProgram.run("run", "mine.json5", in: folder.path)
    #expect(ended.status == 0, "\(ended.output) \(ended.errors)")
    #expect(text.contains(right))
    try folder.write(text.replacing(right, with: wrong), to: "mine.json5")
    #expect(try TwoHostProgram.run("run", "mine.json5", in: folder.path).status == 1)
  }

  @Test("two kinds at once are refused, and nothing is written")
  func twoKinds() throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run("new", "--udp", "--tcp", "mine", in: folder.path)
    #expect(ended.status == 2)
    #expect(ended.errors.contains("--udp and --tcp cannot be combined"), "\(ended.errors)")
    #expect(folder.files.isEmpty)
  }

  @Test("it asserts something: one of its values changed is a failure")
  func fails() throws {
    let folder = try TestFolder()
    #expect(try TwoHostProgram.run("new", "x.json5", in: folder.path).status == 0)
    try folder.write(
      folder.read("x.json5").replacing("totalLength: 22", with: "totalLength: 23"), to: "x.json5")
    #expect(try TwoHostProgram.run("run", "x.json5", in: folder.path).status == 1)
  }

  @Test("nothing is overwritten: no file, no folder, no link that leads nowhere")
  func exclusive() throws {
    let folder = try TestFolder()
    try folder.write("mine", to: "file.json5")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/folder.json5", withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/link.json5", withDestinationPath: "nowhere")
    for name in ["file", "folder", "link", "file.json5"] {
      let ended = try TwoHostProgram.run("new", name, in: folder.path)
      #expect(ended.status == 2)
      #expect(ended.output.isEmpty)
      #expect(ended.errors.contains("already exists, and nothing is overwritten"), "\(ended.errors)")
    }
    #expect(folder.read("file.json5") == "mine")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/nowhere"))
  }

  @Test(
    "a name that no scenario can have is refused, and nothing is written",
    arguments: [
      ("", "names a folder"), ("a/", "names a folder"), (".hidden", "would be hidden"),
      ("a/..", "would be hidden"), ("a\nb", "cannot be printed"), ("\u{202e}a", "cannot be printed"),
      (String(repeating: "x", count: 300), "ENAMETOOLONG"), ("present/x", "ENOTDIR"),
    ])
  func refused(name: String, reason: String) throws {
    let folder = try TestFolder()
    try folder.write("a file", to: "present")
    let ended = try TwoHostProgram.run("new", name, in: folder.path)
    #expect(ended.status == 2)
    #expect(ended.errors.contains(reason), "\(ended.errors)")
    #expect(folder.files == ["present"])
  }

  @Test("a name that looks like an option is written behind two dashes, and the command that runs it holds")
  func dash() throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.run("new", "--", "-x y", in: folder.path)
    #expect(
      ended.output.hasSuffix("run it: sudo twohost run './-x y.json5'\n\(Self.advice)"), "\(ended.output)")
    #expect(try TwoHostProgram.run("check", "./-x y.json5", in: folder.path).status == 0)
  }

  @Test("a full disk is status 5, and leaves no half of a file")
  func fullDisk() throws {
    let folder = try TestFolder()
    let command = """
      mount -t tmpfs -o size=4k,nr_inodes=8 tmpfs . && cd . && head -c 4096 /dev/zero > filler
      '\(TwoHostProgram.path)' new x; status=$?; ls; exit $status
      """
    let ended = try Program.run(["unshare", "-m", "sh", "-c", "cd '\(folder.path)'; \(command)"])
    #expect(ended.status == 5, "\(ended.errors)")
    #expect(ended.errors.contains("ENOSPC"))
    #expect(!ended.output.contains("x.json5"))
  }
}
