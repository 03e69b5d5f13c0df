// SPDX-License-Identifier: Apache-2.0

extension ObjectType where Object == Configuration {
  /// The file `twohost.json5`: each key stands for the option of that name.
  static let configuration = ObjectType(
    "a configuration", { _ in Configuration() },
    keys: [
      number("jobs", 1...256, "how many cases are run at once"),
      number("retries", 0...100, "how many times a failing case is tried again"),
      flag("allowFlaky", "whether flaky cases let the run pass"),
      flag("failFast", "whether no more cases are started once one has failed"),
      Key("timeoutFactor", .factor, "multiplies each case's timeout, for slow machines") {
        $0.set("timeoutFactor", [$1])
      },
      Key("programs", ValueType.bool, "whether scenarios may run programs: `false` is `--no-programs`") {
        $0.set("noPrograms", $1 ? nil : [])
      },
      path("artifacts", "the folder for captures and outputs, relative to the file's own folder"),
      word("capture", ["all", "failed", "none"], "which cases' captures are kept"),
      word("report", ["terminal", "tap", "github"], "the report on standard output"),
      path("junit", "the file for JUnit XML, relative to the file's own folder"),
      path("json", "the file for JSON lines, relative to the file's own folder"),
      path("html", "the file for the page of the run, relative to the file's own folder"),
      flag("timing", "whether to print where each case's time went"),
      names("filter", "texts that ids are or contain, or patterns of ids; for `run` and `list`"),
      names("tag", "tags or patterns of them, `!` before one that must not be there; for `run` and `list`"),
      Key("set", .settings, "values for variables, in the scenarios that have them") { object, settings in
        object.set("set", settings.map { "\($0.name)=\($0.value)" })
      },
      path(
        "networks",
        "the folder in which networks are looked for first,"
          + " relative to the file's own folder"),
      .schema,
    ])

  private static func number(_ name: String, _ range: ClosedRange<Int>, _ meaning: String) -> Key<Object> {
    Key(name, .integer(range), meaning) { $0.set(name, ["\($1)"]) }
  }

  private static func flag(_ name: String, _ meaning: String) -> Key<Object> {
    Key(name, ValueType.bool, meaning) { $0.set(name, $1 ? [] : nil) }
  }

  private static func word(_ name: String, _ words: [String], _ meaning: String) -> Key<Object> {
    Key(name, ValueType<String>.word(words.map { ($0, $0) }), meaning) { $0.set(name, [$1]) }
  }

  private static func path(_ name: String, _ meaning: String) -> Key<Object> {
    Key(
      name, ValueType<String>.string.checked { $0.isEmpty ? "a path has at least one character" : nil },
      meaning
    ) {
      $0.set(name, [$1], isPath: true)
    }
  }

  private static func names(_ name: String, _ meaning: String) -> Key<Object> {
    let list = ValueType<[String]>.list(of: .string, "a string or a list of strings")
    let one = ValueType<String>.string.map { [$0] }
    return Key(name, ValueType.choice("a string or a list of strings", text: one, other: list), meaning) {
      $0.set(name, $1)
    }
  }
}

extension ValueType where Value == String {
  /// A number from a tenth to a thousand, as an option has it.
  fileprivate static let factor = ValueType(
    phrase: "a number from 0.1 to 1000", shape: .number(0.1...1000)
  ) { node, decoding in
    if case .number(let number) = node.value, (0.1...1000).contains(number.value) { return "\(number.value)" }
    decoding.reject(node, wanted: "a number from 0.1 to 1000")
    return nil
  }
}

extension JSON5Number {
  /// The nearest double.
  fileprivate var value: Double {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    }
  }
}

extension ValueType where Value == [(name: String, value: String)] {
  /// Values of variables by name.
  fileprivate static let settings = ValueType(
    phrase: "an object such as { port: 7777 }", shape: .variables
  ) { node, decoding in
    guard case .object(let members) = node.value else {
      decoding.reject(node, wanted: "an object such as { port: 7777 }")
      return nil
    }
    return members.compactMap { member in
      switch member.value.value {
      case .string(let text): return (member.key, text)
      case .bool(let value): return (member.key, "\(value)")
      case .number: return (member.key, JSON5Tree(member.value).text)
      case .null, .array, .object:
        decoding.subject = .key(member.key)
        decoding.reject(member.value, wanted: "a text, a number, true or false")
        return nil
      }
    }
  }
}
