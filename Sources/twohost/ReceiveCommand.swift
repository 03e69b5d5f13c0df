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
    "Prints two lines per packet: all of it in hexadecimal, of IPv6 what follows its headers, then its",
    "payload as text. Ends after a payload that contains QUIT, in any case. Needs the capability CAP_NET_RAW.",
  ]
  static let options = [bind, HandOptions.protocolNumber, HandOptions.until]

  private static let bind = CommandOption(
    name: "--bind", value: "ADDRESS",
    help: "only what is sent to this address of the host (default: any, over IPv4 and IPv6)")

  private static let longestPacket = 65_535

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands.isEmpty else { throw UsageError("receive takes no operand") }
    let until = try HandOptions.endText(arguments)
    let address = try address(arguments)
    let everywhere = IPv6Support.isThere ? IPVersion.allCases : [.v4]
    let listeners = try (address.map { [$0.address.version] } ?? everywhere).map { version in
      try Listener(HandOptions.openSocket(arguments, over: version), at: address)
    }
    let place = address.map { " at \($0)" } ?? ""
    Console.explain("receiving\(place); a payload with \(Printable.escape(until.text)) ends it")
    try receive(from: listeners, until)
    return .passed
  }

  /// A socket, which may stand beside others.
  private final class Listener {
    let socket: RawSocket

    init(_ socket: consuming RawSocket, at place: HandAddress?) throws {
      self.socket = socket
      guard let place else { return }
      try place.chooseInterface(of: self.socket)
      do throws(SystemError) {
        try self.socket.bind(to: place.address)
      } catch {
        throw Obstruction(.cannotRunHere, "\(error)", fix: "bind an address that this host has, or none")
      }
    }
  }

  private static func address(_ arguments: Arguments) throws(UsageError) -> HandAddress? {
    guard let text = arguments.value(bind) else { return nil }
    guard let address = HandAddress(text) else {
      throw UsageError("--bind must be an IP address such as 1.1.1.1 or fd00::1, not \"\(text)\"")
    }
    return address
  }

  private static func receive(from listeners: [Listener], _ until: EndText) throws {
    let buffer = ReceiveBuffer(capacity: longestPacket)
    while true {
      _ = try Readiness.wait(toRead: listeners.map { $0.socket.rawDescriptor })
      for listener in listeners {
        while let packet = try listener.socket.receive(into: buffer) {
          let version = listener.socket.version
          try Console.write(ReceivedPacketText.text(packet.bytes, over: version))
          if until.isContained(in: ReceivedPacketText.payload(of: packet.bytes, over: version)) { return }
        }
      }
    }
  }
}
