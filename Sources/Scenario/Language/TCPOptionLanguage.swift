// SPDX-License-Identifier: Apache-2.0

import Wire

extension ValueType where Value == [TCPOption] {
  /// The options of a TCP header.
  static let tcpOptions = ValueType.list(of: .tcpOption, "a list of options such as [{ mss: 1460 }]")
}

extension ValueType where Value == TCPOption {
  /// One option: a word, or an object with the option's one key.
  static let tcpOption = choice(
    "\"sackPermitted\", \"nop\", \"end\" or an object such as { mss: 1460 }",
    text: .word([("sackPermitted", .sackPermitted), ("nop", .noOperation), ("end", .end)]),
    object: TCPOptionForm.type.map { $0.option ?? .noOperation })
}

/// A TCP option as a file writes it in its long form.
struct TCPOptionForm: Sendable {
  var said: [String] = []
  var option: TCPOption?

  /// The long form: exactly one option.
  static let type = ObjectType<TCPOptionForm>.tcpOption.value.exactlyOne(
    of: ["mss", "windowScale", "sack", "timestamps", "raw"].map { [$0] }, in: \.said,
    "an option is an object with exactly one key, such as { mss: 1460 }")
}

extension ObjectType where Object == TCPOptionForm {
  static let tcpOption = ObjectType(
    "a TCP option", { _ in TCPOptionForm() },
    keys: [
      key(
        "mss", ValueType<Int>.integer(0...65_535, unit: "bytes").map { .maximumSegmentSize(UInt16($0)) },
        "the largest segment that the sender accepts (RFC 9293 §3.7.1)"),
      key(
        "windowScale", ValueType<Int>.integer(0...255).map { .windowScale(UInt8($0)) },
        "by how many bits windows are shifted, at most 14 (RFC 7323 §2.2)"),
      key(
        "sack",
        ValueType<[[Int]]>.list(of: block, "a list of blocks such as [[1, 101]]").map { blocks in
          .sack(blocks.map { TCPOption.Block(left: UInt32($0[0]), right: UInt32($0[1])) })
        }, "blocks that were received, each with the sequence number after its last byte (RFC 2018 §3)"),
      key(
        "timestamps", TCPTimestampsForm.type,
        "the sender's clock, and the one that it last received (RFC 7323 §3.2)"),
      key("raw", ValueType<[UInt8]>.hex.map { .raw($0) }, "bytes in hexadecimal, valid or not"),
    ])

  private static let block = ValueType<[Int]>.list(
    of: .integer(0...Int(UInt32.max)), "a pair of sequence numbers such as [1, 101]", count: 2...2
  ).map { $0.count == 2 ? $0 : [0, 0] }

  private static func key(
    _ name: String, _ type: ValueType<TCPOption>, _ meaning: String
  ) -> Key<TCPOptionForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.option = $1
    }
  }
}

/// A timestamps option as a file writes it.
struct TCPTimestampsForm: Sendable {
  var value = 0
  var echo = 0

  static let type = ObjectType<TCPTimestampsForm>.timestamps.value.map { form in
    TCPOption.timestamps(value: UInt32(form.value), echo: UInt32(form.echo))
  }
}

extension ObjectType where Object == TCPTimestampsForm {
  static let timestamps = ObjectType(
    "a timestamps option such as { value: 1 }", { _ in TCPTimestampsForm() },
    keys: [
      Key("value", .integer(0...Int(UInt32.max)), \.value, "the sender's clock; default: 0"),
      Key("echo", .integer(0...Int(UInt32.max)), \.echo, "the clock that it last received; default: 0"),
    ])
}

extension TCPOption {
  /// The option as a file writes it.
  var tree: JSON5Tree {
    switch self {
    case .end: .string("end")
    case .noOperation: .string("nop")
    case .sackPermitted: .string("sackPermitted")
    case .maximumSegmentSize(let size): .object(["mss": .number(size)])
    case .windowScale(let shift): .object(["windowScale": .number(shift)])
    case .sack(let blocks):
      .object(["sack": .array(blocks.map { .array([.number($0.left), .number($0.right)]) })])
    case .timestamps(let value, let echo):
      .object([
        "timestamps": .object(["value": .number(value), "echo": echo == 0 ? nil : .number(echo)])
      ])
    case .raw(let bytes): .object(["raw": .string(HexDump.hexString(bytes))])
    }
  }
}
