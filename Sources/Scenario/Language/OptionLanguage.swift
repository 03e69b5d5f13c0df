// SPDX-License-Identifier: Apache-2.0

import Wire

extension ValueType where Value == Located<[IPv4Option]> {
  /// The options of a header, which has room for 40 bytes of them.
  static let options = ValueType<[IPv4Option]>.list(of: .option, "a list of options").checked { options in
    let length = IPv4Option.paddedBytes(of: options).count
    return length <= 40 ? nil : "these options take \(length) bytes, but a header has room for 40"
  }.located
}

extension ValueType where Value == IPv4Option {
  /// One option: a word, or an object with the option's one key.
  static let option = choice(
    "\"nop\", \"end\" or an object such as { recordRoute: 3 }",
    text: .word([("nop", .noOperation), ("end", .end)]),
    object: OptionForm.type.map { $0.option ?? .noOperation })
}

/// An option as a file writes it in its long form.
struct OptionForm: Sendable {
  var said: [String] = []
  var option: IPv4Option?

  /// The long form: exactly one option.
  static let type = ObjectType<OptionForm>.optionForm.value.exactlyOne(
    of: ["recordRoute", "timestamp", "routerAlert", "looseSourceRoute", "strictSourceRoute", "raw"].map {
      [$0]
    },
    in: \.said, "an option is an object with exactly one key, such as { recordRoute: 3 }")
}

extension ObjectType where Object == OptionForm {
  static let optionForm = ObjectType(
    "an option", { _ in OptionForm() },
    keys: [
      key("recordRoute", ValueType<Int>.integer(0...9).map { .recordRoute(slots: UInt8($0)) }, "empty slots"),
      key("timestamp", TimestampForm.type, "empty slots, and the flag: 0 times, 1 or 3 addresses too"),
      key(
        "routerAlert", ValueType<Int>.integer(0...65_535).map { .routerAlert(UInt16($0)) },
        "0 asks routers to look closer (RFC 2113)"),
      key("looseSourceRoute", route { .looseSourceRoute($0) }, "addresses on the way"),
      key("strictSourceRoute", route { .strictSourceRoute($0) }, "addresses on the way, with none between"),
      key("raw", ValueType<[UInt8]>.hex.map { .malformed($0) }, "bytes in hexadecimal, valid or not"),
    ])

  private static func key(
    _ name: String, _ type: ValueType<IPv4Option>, _ meaning: String
  ) -> Key<OptionForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.option = $1
    }
  }

  private static func route(
    _ make: @escaping @Sendable ([IPv4Address]) -> IPv4Option
  ) -> ValueType<IPv4Option> {
    ValueType<[IPv4Address]>.list(of: .address, "a list of IPv4 addresses").map(make)
  }
}

/// A timestamp option as a file writes it.
struct TimestampForm: Sendable {
  var slots = 0
  var flag = 0

  static let type = ObjectType<TimestampForm>.timestampForm.value.map { form in
    IPv4Option.timestamp(slots: UInt8(form.slots), flag: UInt8(form.flag))
  }
}

extension ObjectType where Object == TimestampForm {
  static let timestampForm = ObjectType(
    "a timestamp option such as { slots: 2, flag: 1 }", { _ in TimestampForm() },
    keys: [
      Key("slots", .integer(0...9), \.slots, isRequired: true, "how many times fit"),
      Key("flag", .integer(0...15), \.flag, "0: only times, 1: addresses too, 3: addresses asked for"),
    ])
}

extension IPv4Option {
  /// The option as a file writes it: what holds more than an empty one does is written as its bytes.
  var tree: JSON5Tree {
    switch self {
    case .end: .string("end")
    case .noOperation: .string("nop")
    case .routerAlert(let value): .object(["routerAlert": .number(value)])
    default: .object(["raw": .string(HexDump.hexString(bytes))])
    }
  }
}
