// SPDX-License-Identifier: Apache-2.0

import Scenario

/// An option of a command.
struct CommandOption: Sendable {
  /// Its names as help shows them: `-j, --jobs`.
  var names: String { [short, name].compactMap { $0 }.joined(separator: ", ") }

  /// Its name with both dashes: `--filter`.
  let name: String
  /// Its name of one letter, `-j`; nil where it has none.
  var short: String?
  /// What its value is called, or nil for an option without one.
  var value: String?
  /// What it does, in one line.
  let help: String
  /// The only values it may have, where there are but a few.
  var choices: [String] = []
  /// Whether it may be given more than once.
  var isRepeatable = false

  static let help = CommandOption(name: "--help", short: "-h", help: "print this help and exit")
  static let version = CommandOption(name: "--version", help: "print the version and exit")
}

/// The words of a command line, told apart by what the command knows.
struct Arguments: Sendable {
  /// What is neither an option nor an option's value.
  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]
  /// What goes for options that are not given.
  private var defaults: [String: [String]] = [:]

  /// Reads the words behind a command's name; `--name value` and `--name=value` are the same, and behind `--`
  /// there are no options.
  ///
  /// - Throws: when an option is not known, lacks its value, has a wrong one, or is given twice.
  init(_ words: [String], options: [CommandOption]) throws(UsageError) {
    var rest = words[...]
    while !rest.isEmpty { try take(&rest, options) }
  }

  /// Reads of words what is right.
  init(ofWhatIsRightIn words: [String], options: [CommandOption]) {
    var rest = words[...]
    while !rest.isEmpty { try? take(&rest, options) }
  }

  /// Takes the next word, with the value that belongs to it.
  private mutating func take(_ rest: inout ArraySlice<String>, _ options: [CommandOption]) throws(UsageError)
  {
    guard let word = rest.popFirst() else { return }
    if word == "--" {
      operands += rest
      rest = []
      return
    }
    guard word.hasPrefix("-"), word != "-" else {
      operands.append(word)
      return
    }
    let parts = Self.parts(of: word, options)
    let option = try Self.option(parts[0], among: options)
    let inline = parts.count > 1 ? parts[1] : nil
    let value = try Self.value(of: option, inline: inline, rest: &rest)
    guard option.isRepeatable || values[option.name] == nil else {
      throw UsageError("\(option.name) is given twice")
    }
    values[option.name, default: []].append(value)
  }

  /// An option's name and the value that stands behind it: `--jobs=4`, `-j4`.
  private static func parts(of word: String, _ options: [CommandOption]) -> [String] {
    let hasValue = { (name: Substring) in options.contains { $0.short == String(name) && $0.value != nil } }
    if word.count > 2, hasValue(word.prefix(2)) {
      return [String(word.prefix(2)), String(word.dropFirst(2))]
    }
    return word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
  }

  /// Whether an option was given, or goes by default.
  func has(_ option: CommandOption) -> Bool { (values[option.name] ?? defaults[option.name]) != nil }

  /// The value of an option, or nil where it has none.
  func value(_ option: CommandOption) -> String? { all(option).last }

  /// All values of an option that may be repeated.
  func all(_ option: CommandOption) -> [String] { given(option) ?? byDefault(option) }

  /// The values of an option that was given; nil where it was not.
  func given(_ option: CommandOption) -> [String]? { values[option.name] }

  /// The values of an option for where it is not given.
  func byDefault(_ option: CommandOption) -> [String] { defaults[option.name] ?? [] }

  /// Sets what goes for an option where it is not given.
  mutating func setDefault(_ option: CommandOption, _ values: [String]) { defaults[option.name] = values }

  /// Forgets what goes where options are not given.
  mutating func removeDefaults() { defaults = [:] }

  /// The value of an option as a number of a range, or nil where it was not given.
  func number(_ option: CommandOption, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "\(option.name) must be a number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return number
  }

  private static func option(_ name: String, among options: [CommandOption]) throws(UsageError)
    -> CommandOption
  {
    if let option = options.first(where: { $0.name == name || $0.short == name }) { return option }
    let suggestion = ClosestMatch.suggestion(for: name, among: options.map(\.name))
    throw UsageError("unknown option \"\(name)\"", hint: suggestion.map { "did you mean \"\($0)\"?" })
  }

  private static func value(
    of option: CommandOption, inline: String?, rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let name = option.value else {
      if inline != nil { throw UsageError("\(option.name) takes no value") }
      return ""
    }
    guard let value = inline ?? rest.popFirst() else {
      throw UsageError("\(option.name) needs a value: \(name)")
    }
    guard option.choices.isEmpty || option.choices.contains(value) else {
      let choices = option.choices.joined(separator: ", ")
      throw UsageError("\(option.name) must be one of \(choices), not \"\(value)\"")
    }
    return value
  }
}

/// A command line that says nothing that can be done.
struct UsageError: Error {
  let message: String
  let hint: String?
  /// What is wrong, and marks below it, as lines that can be printed as they are.
  let marked: [String]
  /// The command whose help says more; nil where none is known.
  var command: String?

  init(_ message: String, hint: String? = nil, marked: [String] = []) {
    self.message = message
    self.hint = hint
    self.marked = marked
  }
}
