// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Scenario
import Verdict

/// The program: finds the command, runs it, and turns what comes of it into an exit status.
@main
enum TwoHost {
  /// Every command, in the order in which help lists them.
  static let commands: [any Command.Type] = [
    RunCommand.self, CheckCommand.self, ListCommand.self, ExplainCommand.self, DecodeCommand.self,
    ImportCommand.self, LabCommand.self, NewCommand.self, SendCommand.self, ReceiveCommand.self,
    DoctorCommand.self, SchemaCommand.self,
    MergeCommand.self, HelpCommand.self,
  ]

  static func main() {
    // A reader that goes away is noticed where it is written to, not by being killed.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that may not become as long as it would.
    signal(SIGXFSZ, SIG_IGN)
    if isAskedForVersion { exit(status(of: writeVersion).rawValue) }
    Console.openClosedStreams()
    ProcessMemory.prepare(endingWith: ExitStatus.harnessFailed.rawValue)
    exit(status { try run(Array(ProcessArguments.words.dropFirst())) }.rawValue)
  }

  /// Whether the first word asks for the version, which is answered before anything else is begun.
  private static var isAskedForVersion: Bool { ProcessArguments.begin(with: "--version") }

  private static func writeVersion() throws -> ExitStatus {
    try Console.write(Version.line)
    return .passed
  }

  private static func status(of work: () throws -> ExitStatus) -> ExitStatus {
    do {
      return try work()
    } catch {
      return explain(error)
    }
  }

  /// Says what went wrong, and gives the status for it.
  static func explain(_ error: any Error) -> ExitStatus {
    switch error {
    case let error as UsageError:
      let hint = error.hint.map { ": \($0)" } ?? ""
      let lines =
        ["twohost: \(Printable.escape(error.message))\(hint)"] + error.marked + [
          "see: twohost \(error.command.map { "help \($0)" } ?? "--help")"
        ]
      Console.explain(lines.joined(separator: "\n"))
      return .usage
    case let wrong as WrongFiles:
      wrong.explain()
      return .usage
    case let nothing as NothingSelected:
      Console.explain(failures: nothing.reasons)
      return .nothingSelected
    case let obstruction as Obstruction:
      Console.explain("twohost: \(Printable.escape(obstruction.reason))")
      if let fix = obstruction.fix { Console.explain("fix: \(fix)") }
      return obstruction.status
    case let error as OutputError:
      if !error.isReaderGone {
        Console.explain("twohost: standard output cannot be written: \(error.reason)")
      }
      return .harnessFailed
    default:
      Console.explain("twohost: \(Printable.escape("\(error)"))")
      return .harnessFailed
    }
  }

  private static func run(_ words: [String]) throws -> ExitStatus {
    guard let first = words.first else {
      Console.explain(Overview.text)
      return .usage
    }
    switch first {
    case "--help", "-h":
      try Console.write(Overview.text + "\n")
      return .passed
    default:
      return try run(command(first), Array(words.dropFirst()))
    }
  }

  /// The command of a name.
  ///
  /// - Throws: when there is none, with the name that was perhaps meant.
  static func command(_ name: String) throws(UsageError) -> any Command.Type {
    if let command = commands.first(where: { $0.name == name }) { return command }
    let suggestion = ClosestMatch.suggestion(for: name, among: commands.map { $0.name })
    throw UsageError("unknown command \"\(name)\"", hint: suggestion.map { "did you mean \"\($0)\"?" })
  }

  private static func run(_ command: any Command.Type, _ words: [String]) throws -> ExitStatus {
    let options = command.options + [.help, .version]
    do {
      let arguments = try Arguments(words, options: options)
      if arguments.has(.help) {
        try Console.write(command.help)
        return .passed
      }
      if arguments.has(.version) { return try writeVersion() }
      return try command.run(try ConfigurationOptions.completed(arguments, command.configurable))
    } catch {
      if command.writesReports {
        Refusal.report(error, Arguments(ofWhatIsRightIn: words, options: options))
      }
      guard var usage = error as? UsageError else { throw error }
      usage.command = command.name
      throw usage
    }
  }
}
