// SPDX-License-Identifier: Apache-2.0

import Harness
import Linux
import Scenario
import Verdict
import Wire

/// What `send` and `receive` share.
enum HandOptions {
  static let protocolNumber = CommandOption(
    name: "--protocol", value: "N", help: "IP protocol, 1 to 254 (default: 253)")
  static let until = CommandOption(
    name: "--until", value: "TEXT",
    help: "the text that ends it (default: QUIT)")

  /// The text that ends the exchange.
  static func endText(_ arguments: Arguments) throws(UsageError) -> EndText {
    guard let text = EndText(arguments.value(until) ?? "QUIT") else {
      throw UsageError("--until needs at least one character")
    }
    return text
  }

  /// Opens a raw socket in this process's own network.
  ///
  /// - Throws: an `Obstruction` that says what is missing and how to get it.
  static func openSocket(_ arguments: Arguments, over version: IPVersion) throws -> RawSocket {
    let number = try arguments.number(protocolNumber, in: 1...254) ?? 253
    do throws(SystemError) {
      return try RawSocket(protocol: UInt8(number), over: version)
    } catch {
      throw Obstruction(rawSocket: error)
    }
  }
}
