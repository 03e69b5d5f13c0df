// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Help, manual page and completions")
struct HelpTests {
  /// The commands that help lists.
  private static func commands() throws -> [String] {
    let lines = try TwoHostProgram.run("help").output.split(separator: "\n")
    return lines.compactMap { line in
      guard line.hasPrefix("  "), let name = line.split(separator: " ").first, name.allSatisfy(\.isLetter)
      else { return nil }
      return String(name)
    }
  }

  @Test("help is what --help prints, of the whole and of each command")
  func help() throws {
    let overview = try TwoHostProgram.run("help")
    #expect(overview.status == 0)
    #expect(try overview.output == TwoHostProgram.run("--help").output)
    let commands = try Self.commands()
    #expect(Set(["run", "new", "doctor", "help", "explain"]).isSubset(of: commands), "\(commands)")
    for command in commands {
      let page = try TwoHostProgram.run("help", command)
      #expect(page.status == 0)
      #expect(page.output.hasPrefix("usage: twohost \(command) "))
      #expect(try page.output == TwoHostProgram.run(command, "--help").output)
    }
  }

  @Test(
    "a command that is not there, or two things at once, are status 2",
    arguments: [
      (["help", "rum"], #"did you mean "run"?"#), (["help", "run", "list"], "takes one command"),
      (["help", "--man", "run"], "takes one command"), (["help", "--completions", "ksh"], "bash, fish, zsh"),
      (["help", "--man", "--completions", "zsh"], "takes one command"),
    ])
  func usage(words: [String], remedy: String) throws {
    let ended = try Program.run([TwoHostProgram.path] + words)
    #expect(ended.status == 2)
    #expect(ended.errors.contains(remedy), "\(ended.errors)")
  }

  @Test("mandoc and groff have no complaint about the manual page, which has every command and option")
  func man() throws {
    let folder = try TestFolder()
    let page = try TwoHostProgram.run("help", "--man", environment: ["SOURCE_DATE_EPOCH": "1767225600"])
    #expect(page.output.hasPrefix(#".TH TWOHOST 1 "2026-01-01" "twohost 0.1.0""#))
    try folder.write(page.output, to: "twohost.1")
    let lint = try Program.run(["mandoc", "-Tlint", "twohost.1"], in: folder.path)
    #expect(lint.status == 0 && lint.output.isEmpty && lint.errors.isEmpty, "\(lint)")
    let shown = try Program.run(["mandoc", "-Tutf8", "-Owidth=200", "twohost.1"], in: folder.path)
    let text = shown.output.replacing(/.\u{8}/, with: "")
    var seen = 0
    for command in try Self.commands() {
      #expect(text.contains("twohost \(command) [options]"), "\(command)")
      let options = try TwoHostProgram.run("help", command).output.matches(
        of: /^ {2}(--[a-z-]+)/.anchorsMatchLineEndings())
      for option in options where !["--help", "--version"].contains(option.1) {
        #expect(text.contains("\(option.1)"), "\(command) \(option.1)")
        seen += 1
      }
    }
    #expect(seen > 20, "the options are found where help lists them")
    #expect(!text.contains(#"\"#))
  }

  @Test("the shells have no complaint about their completions", arguments: ["bash", "fish", "zsh"])
  func syntax(shell: String) throws {
    let folder = try TestFolder()
    try folder.write(try TwoHostProgram.run("help", "--completions", shell).output, to: "completions")
    let ended = try Program.run([shell, "-n", "completions"], in: folder.path)
    #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
  }

  @Test("shellcheck has none about those for bash")
  func shellcheck() throws {
    let folder = try TestFolder()
    try folder.write(try TwoHostProgram.run("help", "--completions", "bash").output, to: "completions")
    let ended = try Program.run(["shellcheck", "-s", "bash", "completions"], in: folder.path)
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test(
    "bash completes commands, options, values and paths",
    arguments: [
      (["twohost", "ru"], "run"), (["twohost", "help", "doc"], "doctor"),
      (["twohost", "run", "--filt"], "--filter"), (["twohost", "run", "--capture", "f"], "failed"),
      (["twohost", "run", "--capture", "="], "all failed none"),
      (["twohost", "run", "--capture", "=", "n"], "none"),
      (["twohost", "run", "--artifacts", ""], "folder"), (["twohost", "run", "sc"], "scenario.json5"),
      (["twohost", "new", ""], "folder"), (["twohost", "run", "--tag", ""], ""),
      (["twohost", "send", ""], ""),
      (["twohost", "unheard-of", ""], ""),
    ])
  func bash(words: [String], offered: String) throws {
    let folder = try TestFolder()
    try folder.write("", to: "work/folder/.keep")
    try folder.write("", to: "work/scenario.json5")
    try folder.write(try TwoHostProgram.run("help", "--completions", "bash").output, to: "completions")
    let script = """
      source ../completions
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
      _twohost && echo "${COMPREPLY[*]}"
      """
    let ended = try Program.run(["bash", "-c", script, "bash"] + words, in: folder.path + "/work")
    #expect(ended.output == "\(offered)\n", "\(ended)")
    #expect(ended.errors.isEmpty)
  }

  @Test(
    "fish completes them too",
    arguments: [
      ("twohost ru", "run"), ("twohost run --capture f", "failed"), ("twohost help doc", "doctor"),
      ("twohost run --filt", "--filter"),
    ])
  func fish(line: String, offered: String) throws {
    let folder = try TestFolder()
    try folder.write(try TwoHostProgram.run("help", "--completions", "fish").output, to: "completions")
    let ended = try Program.run(
      ["fish", "--no-config", "-c", "source completions; complete -C '\(line)'"], in: folder.path,
      environment: ["HOME": folder.path])
    let words = ended.output.split(separator: "\n").map { String($0.split(separator: "\t")[0]) }
    #expect(words == [offered], "\(ended)")
  }
}
