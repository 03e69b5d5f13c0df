// SPDX-License-Identifier: Apache-2.0

extension ObjectType where Object == RoleForm {
  /// The keys of a role that runs a program, `run` first; they stand beside those of the other roles.
  static let programKeys: [Key<RoleForm>] = [
    Key("run", .arguments, "a program under test and its arguments, run in that host without a shell") {
      $0.said.append("run")
      $0.program.arguments = $1
    },
    programKey("stdin", .input, "\"exchange\" types each message of its host as a line; or a list of lines") {
      $0.input = $1
    },
    programKey("environment", .environment, "variables in addition to PATH, LANG, TERM and HOME") {
      $0.environment = $1
    },
    programKey(
      "ready", .ready,
      "what shows that it is ready; default: a socket that can receive the messages sent to it"
    ) { $0.ready = $1 },
    programKey(
      "stop", .word,
      "whether it ends by itself, or by SIGTERM when the exchange is over; default: \"exit\""
    ) { $0.stop = $1 },
    programKey(
      "capabilities", .list(of: .capability, "a list of capabilities"),
      "the capabilities it has, and no others; default: [\"net_raw\"]"
    ) { $0.capabilities = $1 },
    programKey("user", .word, "whose rights it has; \"invoker\", the default, is the user who called sudo") {
      $0.user = $1
    },
  ]

  /// A key that says more of the program that `run` names.
  private static func programKey<Value>(
    _ name: String, _ type: ValueType<Value>, _ meaning: String,
    store: @escaping @Sendable (inout RunRole, Value) -> Void
  ) -> Key<RoleForm> {
    Key(name, type, meaning) { form, value in
      form.ofProgram.append(name)
      store(&form.program, value)
    }
  }
}

extension ValueType where Value == Capability {
  /// A capability by its name.
  fileprivate static let capability = word(
    Capability.allCases.map { ($0.rawValue, $0) },
    phrase: "a capability such as \"net_raw\" (capabilities(7))")
}

extension ValueType where Value == [String] {
  /// A program and its arguments.
  static let arguments = ValueType.list(
    of: .argument, "a list of a program and its arguments", count: 1...(.max)
  ).checked { $0.first?.isEmpty == true ? "the program has no name" : nil }
}

extension ValueType where Value == String {
  /// A string as C can hold it.
  fileprivate static let argument = text.parsed(
    as: "a string without a NUL character, or a whole number", pattern: "[^\\u0000]*"
  ) { text in text.utf8.contains(0) ? nil : text }

  /// A line to be typed, which the line end that follows it ends.
  fileprivate static let inputLine = text.parsed(
    as: "a line of text without its line end, or a whole number", pattern: "[^\\n]*"
  ) { text in text.utf8.contains(UInt8(ascii: "\n")) ? nil : text }
}

extension ValueType where Value == Located<RunRole.Input> {
  /// The word, or lines.
  static let input = ValueType<RunRole.Input>.choice(
    "\"exchange\" or a list of lines",
    of: [.words(["exchange"]), ValueType<[String]>.list(of: .inputLine, "a list of lines").shape]
  ) { value in
    if case .string = value {
      .word([("exchange", .exchange)])
    } else if case .array = value {
      ValueType<[String]>.list(of: .inputLine, "a list of lines").map { .lines($0) }
    } else {
      nil
    }
  }.located
}

extension ValueType where Value == [(name: String, value: String)] {
  /// Variables by name.
  static let environment = ValueType(
    phrase: "an object such as { NAME: \"value\" }",
    shape: .dictionary(ValueType<String>.argument.shape, keyPattern: "[^=\\u0000]+")
  ) { node, decoding in
    guard case .object(let members) = node.value else {
      decoding.reject(node, wanted: "an object such as { NAME: \"value\" }")
      return nil
    }
    let subject = decoding.subject
    defer { decoding.subject = subject }
    return members.compactMap { member in
      decoding.subject = .key(member.key)
      if member.key.isEmpty || member.key.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") }) {
        decoding.diagnostics.report(
          "a variable's name must not be empty"
            + " or contain \"=\"", at: member.keySpan)
      }
      return ValueType<String>.argument.decode(member.value, &decoding).map { (member.key, $0) }
    }
  }
}

extension ValueType where Value == RunRole.Ready? {
  /// What shows that a program is ready: one thing.
  static let ready = ObjectType<ReadyForm>.ready.value.exactlyOne(
    of: [["stdout"], ["stderr"], ["listening"], ["descriptor"]], in: \.said,
    "what shows that a program is ready is exactly one of stdout, stderr, listening or descriptor"
  ).map(\.ready)
}

/// What shows that a program is ready, as a file writes it.
struct ReadyForm: Sendable {
  var said: [String] = []
  var ready: RunRole.Ready?
}

extension ObjectType where Object == ReadyForm {
  static let ready = ObjectType(
    "an object such as { stdout: \"listening\" }", { _ in ReadyForm() },
    keys: [
      key("stdout", .someText, "a text that it prints when it is ready") { .stdout($0) },
      key("stderr", .someText, "a text that it prints on its standard error when it is ready") {
        .stderr($0)
      },
      key(
        "listening", .integer(1...65_535),
        "the port on which it has a UDP socket or a listening TCP socket when it is ready"
      ) { .listening(port: $0) },
      key(
        "descriptor", .onlyTrue("descriptor"),
        "when it is ready, it writes a line to the descriptor"
          + " whose number is in its variable TWOHOST_READY_FD"
      ) { _ in .descriptor },
    ])

  private static func key<Value>(
    _ name: String, _ type: ValueType<Value>, _ meaning: String,
    _ ready: @escaping @Sendable (Value) -> RunRole.Ready
  ) -> Key<ReadyForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.ready = ready($1)
    }
  }
}

extension ValueType where Value == String {
  /// A string of at least one character.
  fileprivate static let someText = text.parsed(
    as: "a string of at least one character, or a whole number", pattern: "[\\s\\S]+"
  ) { $0.isEmpty ? nil : $0 }
}

extension ValueType where Value == ExitExpectation {
  /// An exit status, the name of the signal that ends it, or "any".
  static let exit = choice(
    "a status from 0 to 255, a signal's name such as \"SIGTERM\", or \"any\"",
    of: [.integer(0...255, multipleOf: 1), ValueType.signalOrAny.shape]
  ) { value -> ValueType? in
    if case .string = value {
      signalOrAny
    } else if case .number = value {
      ValueType<Int>.integer(0...255).map { .status($0) }
    } else {
      nil
    }
  }

  /// The name of a signal (signal(7)), or "any".
  private static let signalOrAny = ValueType<String>.string.parsed(
    as: "a signal's name such as \"SIGTERM\", or \"any\"", pattern: "any|SIG[A-Z0-9]+"
  ) { text -> ExitExpectation? in
    if text == "any" { return .any }
    let isName = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) }
    return text.hasPrefix("SIG") && text.count > 3 && isName ? .signal(text) : nil
  }
}

extension ValueType where Value == OutputMatcher {
  /// What a program must have printed.
  static let output = ObjectType<OutputForm>.output.value.exactlyOne(
    of: [["equals"], ["contains"], ["lines"]], in: \.said,
    "an output is matched by exactly one of equals, contains or lines"
  ).map { form in form.matcher ?? .equals("") }
}

/// What a program must have printed, as a file writes it.
struct OutputForm: Sendable {
  var said: [String] = []
  var matcher: OutputMatcher?
}

extension ObjectType where Object == OutputForm {
  static let output = ObjectType(
    "an object such as { contains: [\"ready\"] }", { _ in OutputForm() },
    keys: [
      key("equals", .text, "all of it, line ends included") { .equals($0) },
      key("contains", .list(of: .someText, "a list of texts"), "these texts, in this order") {
        .contains($0)
      },
      key("lines", .list(of: .inputLine, "a list of lines"), "these lines and no others") { .lines($0) },
    ])

  private static func key<Value>(
    _ name: String, _ type: ValueType<Value>, _ meaning: String,
    _ matcher: @escaping @Sendable (Value) -> OutputMatcher
  ) -> Key<OutputForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.matcher = matcher($1)
    }
  }
}
