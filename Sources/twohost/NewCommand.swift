// SPDX-License-Identifier: Apache-2.0

import Linux
import Report
import Scenario
import Verdict

/// `twohost new`: writes a scenario file to begin with.
enum NewCommand: Command {
  static let name = "new"
  static let operands = "[NAME]"
  static let summary = "write a commented scenario file that passes as it is"
  static let details = [
    "NAME is a path, such as scenarios/headers/my-case; .json5 is added if it is missing. Missing folders",
    "are made, and nothing is ever overwritten; - prints the file. No privilege is needed.",
  ]
  static let options = kinds.map(\.option) + [vscode]

  private static let vscode = CommandOption(
    name: "--vscode",
    help: "write .vscode/settings.json too, or only that: schemas for the extension better-json5")

  private static let kinds: [(option: CommandOption, template: ScenarioTemplate)] = [
    (
      CommandOption(
        name: "--udp",
        help: "a file with datagrams: a question, its answer, and one that is dropped"),
      .udp
    ),
    (CommandOption(name: "--tcp", help: "a file with streams on a connection that loses a segment"), .tcp),
    (
      CommandOption(name: "--program", help: "a file that contains a server under test, in Python"),
      .program
    ),
  ]

  private static let fileExtension = ".json5"

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let name = arguments.operands.first
    guard arguments.operands.count <= 1, name != nil || arguments.has(vscode) else {
      throw UsageError("new needs one name for the file")
    }
    let template = try template(arguments)
    if name == "-", !arguments.has(vscode) {
      try Console.write(template.text)
    } else if let name {
      let path = try path(name)
      try write(template.text, to: path)
      try Console.write(NewScenarioText.text(path: path, advisesEditor: !arguments.has(vscode)))
    }
    if arguments.has(vscode) { try writeSettings(name ?? "scenarios/") }
    return .passed
  }

  /// Writes what tells an editor of the language; of settings that are there already it says what is to be added.
  private static func writeSettings(_ path: String) throws {
    for file in EditorSettings.visualStudioCode(scenarios: path) {
      do throws(SystemError) {
        try NewFile.write(file.text, to: file.path)
      } catch  where error.errno == .alreadyThere {
        let addition =
          file.path == EditorSettings.path ? ", and nothing is overwritten; add to it:\n\(file.text)" : "\n"
        try Console.write("\(file.path) already exists\(addition)")
        continue
      } catch {
        throw refusal(error, file.path)
      }
      try Console.write("wrote \(file.path)\n")
    }
  }

  private static func write(_ text: String, to path: String) throws(Obstruction) {
    do throws(SystemError) {
      try NewFile.write(text, to: path)
    } catch {
      throw refusal(error, path)
    }
  }

  private static func template(_ arguments: Arguments) throws(UsageError) -> ScenarioTemplate {
    let chosen = kinds.filter { arguments.has($0.option) }
    guard chosen.count <= 1 else {
      throw UsageError("\(chosen[0].option.name) and \(chosen[1].option.name) cannot be combined")
    }
    return chosen.first?.template ?? .packets
  }

  /// The path that a name stands for.
  private static func path(_ name: String) throws(UsageError) -> String {
    let last = name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard !last.isEmpty else { throw UsageError("\"\(name)\" names a folder, not a file") }
    guard Printable.escape(name) == name else {
      throw UsageError("\"\(name)\" has characters that cannot be printed")
    }
    guard !last.hasPrefix(".") else {
      throw UsageError("\"\(name)\" would be hidden, and hidden files are not run")
    }
    return name.hasSuffix(fileExtension) ? name : name + fileExtension
  }

  private static func refusal(_ error: SystemError, _ path: String) -> Obstruction {
    if error.errno == .alreadyThere {
      return Obstruction(
        .usage, "\(path) already exists, and nothing is overwritten", fix: "choose another name")
    }
    // A name that cannot be had is the caller's; a disk that is full is not.
    let status: ExitStatus = error.call.hasPrefix("write(") ? .harnessFailed : .usage
    return Obstruction(status, "\(path) cannot be written: \(error)")
  }
}
