// SPDX-License-Identifier: Apache-2.0

import Harness
import Linux
import Report
import Scenario
import Verdict
import Wire

/// `twohost receive`: the documented receiver, by hand.
enum ReceiveCommand: Command {
  static let name = "receive"
  static let operands = ""
  static let summary = "print raw IP packets as hex and text, until QUIT"
  static let details = [
    "Prints two lines per packet: all of it in hexadecimal, then its payload as text. Ends after a",
    "payload that contains QUIT, in any case. Needs the capability CAP_NET_RAW.",
  ]
  static let options = [bind, HandOptions.protocolNumber, HandOptions.until]

  private static let bind = CommandOption(
    name: "--bind", value: "ADDRESS",
    help: "only what is sent to this address of the host; over IPv6 if it is an IPv6 address, :: for any")

  private static let longestPacket = 65_535

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands.isEmpty else { throw UsageError("receive takes no operand") }
    let until = try HandOptions.endText(arguments)
    let address = try address(arguments)
    let socket = try HandOptions.openSocket(arguments, over: address?.version ?? .v4)
    do throws(SystemError) {
      if let address { try socket.bind(to: address) }
    } catch {
      throw Obstruction(.cannotRunHere, "\(error)", fix: "bind an address that this host has, or none")
    }
    let place = address.map { " at \($0)" } ?? ""
    Console.explain("receiving\(place); a payload with \(Printable.escape(until.text)) ends it")
    try receive(from: socket, until)
    return .passed
  }

  private static func address(_ arguments: Arguments) throws(UsageError) -> IPAddress? {
    guard let text = arguments.value(bind) else { return nil }
    guard let address = IPAddress(text) else {
      throw UsageError("--bind must be an IP address such as 1.1.1.1 or fd00::1, not \"\(text)\"")
    }
    return address
  }

  private static func receive(from socket: borrowing RawSocket, _ until: EndText) throws {
    let buffer = ReceiveBuffer(capacity: longestPacket)
    while true {
      _ = try Readiness.wait(toRead: [socket.rawDescriptor])
      while let packet = try socket.receive(into: buffer) {
        try Console.write(ReceivedPacketText.text(packet.bytes, over: socket.version))
        if until.isContained(in: ReceivedPacketText.payload(of: packet.bytes, over: socket.version)) {
          return
        }
      }
    }
  }
}
