// SPDX-License-Identifier: Apache-2.0

import Glibc
import Harness
import Linux
import Scenario
import Verdict
import Wire

/// `twohost send`: the documented sender, by hand.
enum SendCommand: Command {
  static let name = "send"
  static let operands = "ADDRESS"
  static let summary = "send lines as raw IP packets, until QUIT"
  static let details = [
    "Each line of standard input is the payload of one packet. The line QUIT, in any case, is sent too and",
    "ends it; so does the end of the input. Needs the capability CAP_NET_RAW.",
  ]
  static let options = [message, HandOptions.protocolNumber, HandOptions.until]

  private static let message = CommandOption(
    name: "--message", value: "TEXT", help: "send this instead of lines of standard input", isRepeatable: true
  )

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands.count == 1, let place = HandAddress(arguments.operands[0]) else {
      throw UsageError(
        "send needs one IP address to send to, such as 1.1.1.1, fd00::1 or fe80::1%eth0")
    }
    let destination = place.address
    let until = try HandOptions.endText(arguments)
    let socket = try HandOptions.openSocket(arguments, over: destination.version)
    try place.chooseInterface(of: socket)
    var payloads = Payloads(messages: arguments.all(message))
    while let payload = try payloads.next() {
      do throws(SystemError) {
        try socket.send(payload, to: destination)
      } catch {
        throw refusal(error)
      }
      if until.isWhole(payload) { break }
    }
    return .passed
  }

  /// What the kernel's refusal means: a message that no packet can carry, or a network without a way.
  private static func refusal(_ error: SystemError) -> Obstruction {
    let reason = "this message was not sent: \(error)"
    guard error.errno == .messageTooLong else {
      return Obstruction(
        .cannotRunHere, reason, fix: "check the address and the route to it: ip route get ADDRESS")
    }
    return Obstruction(.usage, reason, fix: "send at most 65515 bytes in one message")
  }

  /// The payloads to send: those of the command line, else the lines that come.
  private struct Payloads {
    private var messages: ArraySlice<String>
    /// Standard input as a stream of its own, or nil where the messages are given.
    private let input: UnsafeMutablePointer<FILE>?

    init(messages: [String]) {
      self.messages = messages[...]
      input = messages.isEmpty ? fdopen(STDIN_FILENO, "r") : nil
    }

    /// The next payload, or nil when there is none.
    ///
    /// - Throws: when standard input cannot be read.
    mutating func next() throws -> [UInt8]? {
      guard let input else { return messages.popFirst().map { Array($0.utf8) } }
      return try nextLine(of: input)
    }

    /// The next line, byte for byte and without its end.
    private func nextLine(of input: UnsafeMutablePointer<FILE>) throws -> [UInt8]? {
      if Console.isInteractive { try? Console.write("Message to send: ") }
      var line: UnsafeMutablePointer<CChar>?
      var capacity = 0
      defer { free(line) }
      let count = getline(&line, &capacity, input)
      guard ferror(input) == 0 else {
        throw Obstruction(
          .harnessFailed, "standard input cannot be read: \(String(cString: strerror(errno)))")
      }
      guard count >= 0, let line else { return nil }
      var bytes = UnsafeRawBufferPointer(start: line, count: count)[...]
      if bytes.last == UInt8(ascii: "\n") { bytes = bytes.dropLast() }
      if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
      return Array(bytes)
    }
  }
}
