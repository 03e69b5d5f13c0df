// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario

/// The defaults of options that stand in a file beside the scenarios.
enum ConfigurationOptions {
  static let noConfig = CommandOption(
    name: "--no-config", help: "ignore \(Configuration.fileName), which sets defaults for options")

  /// What help says of the file.
  static let details = [
    "A file \(Configuration.fileName) in the folder of the scenarios, or above it up to the working folder, sets defaults for",
    "options: { jobs: 4, retries: 1 }. The command line wins.",
  ]

  /// The command line with the defaults for some options that the file has, if there is one.
  ///
  /// - Throws: `WrongFiles` where the file is wrong, and `UsageError` where the paths lead to more than one.
  static func completed(_ arguments: Arguments, _ options: [CommandOption]) throws -> Arguments {
    var completed = arguments
    completed.removeDefaults()
    guard !options.isEmpty, !arguments.has(noConfig), let path = try place(ScenarioOptions.paths(arguments))
    else {
      return completed
    }
    let configuration = try read(path)
    for option in options {
      guard let values = configuration.options[option.key] else { continue }
      completed.setDefault(option, values)
    }
    return completed
  }

  /// Every path at which a file would be heeded.
  static func places(_ arguments: Arguments) -> Set<String> {
    arguments.has(noConfig) ? [] : Set(ScenarioOptions.paths(arguments).flatMap(Configuration.places))
  }

  private static func place(_ paths: [String]) throws(UsageError) -> String? {
    let places = paths.map { Configuration.place(for: $0) }
    guard let first = places.first, let other = places.firstIndex(where: { $0 != first }) else {
      return places.first ?? nil
    }
    let words = [(paths[0], first), (paths[other], places[other])].map { path, place in
      "\"\(path)\" \(place.map { "uses \($0)" } ?? "uses no \(Configuration.fileName)")"
    }
    throw UsageError(words.joined(separator: ", and "), hint: "run them one at a time, or give --no-config")
  }

  private static func read(_ path: String) throws -> Configuration {
    var diagnostics = Diagnostics()
    do throws(FileProblem) {
      if let configuration = try Configuration.read(path, into: &diagnostics) { return configuration }
    } catch {
      throw WrongFiles(problems: [error], diagnostics: Diagnostics())
    }
    throw WrongFiles(problems: [], diagnostics: diagnostics)
  }
}

extension CommandOption {
  /// The key that stands for it in a file: `allowFlaky` for `--allow-flaky`.
  var key: String {
    let words = name.dropFirst(2).split(separator: "-")
    return words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }
}
