// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A scenario before it is run: its network, and every packet as it would be sent.
public struct ExplainText: Sendable {
  private let palette: Palette

  /// Makes text with these colours.
  public init(palette: Palette) {
    self.palette = palette
  }

  /// The network, then each message with its way out, its fields and its bytes; line ends included.
  public func text(_ scenario: Scenario) -> String {
    let heading = Printable.escape("\(scenario.id): \(scenario.title)")
    let messages = scenario.exchange.indices.map { message($0, of: scenario) }
    let hosts = [lines([heading, ""] + network(of: scenario) + programs(scenario))]
    return (hosts + messages).joined(separator: "\n")
  }

  // MARK: - The programs

  private func programs(_ scenario: Scenario) -> [String] {
    let rows = HostName.allCases.compactMap { host in scenario.program(in: host).map { row(host, $0) } }
    let remarks = HostName.allCases.flatMap { host in
      scenario.program(in: host).map { self.remarks(host, $0, scenario.expectation(of: host)) } ?? []
    }
    return rows.isEmpty ? [] : [""] + TextTable.lines(rows) + remarks
  }

  /// What the file says of how a program begins and ends, in lines.
  private func remarks(_ host: HostName, _ program: RunRole, _ expectation: RoleExpectation) -> [String] {
    let ready: String? =
      switch program.ready {
      case .stdout(let text): "is ready when it has printed \(ShellWord.quote(text))"
      case .stderr(let text): "is ready when it has printed \(ShellWord.quote(text)) on its standard error"
      case .listening(let port): "is ready when it has a socket on port \(port)"
      case .descriptor: "is ready when it has written a line to the descriptor TWOHOST_READY_FD"
      case nil: nil
      }
    let stop = program.stop == .terminate ? "is ended by SIGTERM after the exchange" : nil
    let unread = expectation.unread.value == .anything ? "may leave unread what it is sent" : nil
    return [ready, stop, unread].compactMap { $0 }.map { Printable.escape("  the \(host.rawValue) \($0)") }
  }

  private func row(_ host: HostName, _ program: RunRole) -> [String] {
    let capabilities = program.capabilities.map(\.rawValue).joined(separator: ", ")
    let words = program.arguments.map(ShellWord.quote).joined(separator: " ")
    return [
      host.rawValue, "runs \(Printable.escape(words))", "as \(program.user.rawValue)",
      capabilities.isEmpty ? "without capabilities" : "with \(capabilities)",
    ]
  }

  // MARK: - The network

  private func network(of scenario: Scenario) -> [String] {
    let network = scenario.network
    let hosts = HostName.allCases.map { name in
      let host = network[name]
      let mac = host.mac?.value.description ?? "MAC address chosen by the kernel"
      return [name.rawValue, scenario.interfaces(of: name).map(\.description).joined(separator: ", "), mac]
    }
    return TextTable.lines(
      hosts + [["mtu", "\(network.mtu) bytes"], ["arp", network.arp.rawValue]]
        + HostName.allCases.filter { network[$0].leavesToCard }.map {
          ["offload", "the \($0.rawValue) leaves checksums and segmentation to a network card"]
        }
        + HostName.allCases.filter { network[$0].isMute }.map {
          ["mute", "the \($0.rawValue)'s kernel has no address and answers nothing"]
        } + CableText.rows(of: network.cable?.value))
  }

  // MARK: - A message

  private func message(_ index: Int, of scenario: Scenario) -> String {
    let message = scenario.exchange[index]
    let flow = message.flow.map { ", \($0.value.text)" } ?? ""
    let times = message.repetitions > 1 ? ", \(message.repetitions) times" : ""
    let isByProgram = scenario.program(in: message.from.value) != nil
    let heading =
      "message \(index + 1), line \(message.span.position.line): from the \(message.from.value.rawValue)"
      + " by \(isByProgram ? "its program" : message.stream == nil ? message.wayOut.rawValue : "TCP")\(flow)\(times)"
    if let stream = message.stream?.value {
      return lines([heading, "  " + self.text(stream, of: scenario), ""])
    }
    let packet = SentPacket(message, in: scenario)
    let remarks =
      ((isByProgram ? ["how it leaves is up to the program"] : message.reasons) + packet.remarks).map {
        "  " + Printable.escape($0)
      }
    return lines([heading] + remarks + [""])
      + DissectionText(palette: palette).text(packet.dissection, bytes: packet.bytes)
  }

  private func text(_ stream: StreamContent, of scenario: Scenario) -> String {
    let bytes =
      stream.count.map { $0 == 1 ? "1 byte" : "\($0) bytes" } ?? "whatever it sends until it stops sending"
    guard let connection = scenario.connection else { return bytes }
    return
      "\(bytes) on the connection that the \(connection.client.rawValue) opens to port \(connection.serverPort)"
      + " of the \(connection.server.rawValue)"
  }

  private func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}

/// What a message hands to the kernel, and what the kernel will make of it.
private struct SentPacket {
  private let message: Message
  private let network: Network
  private let packet: IPPacket
  private let isOfBuiltIn: Bool

  init(_ message: Message, in scenario: Scenario) {
    isOfBuiltIn = scenario.program(in: message.from.value) == nil
    self.message = message
    network = scenario.network
    packet = message.packet(in: scenario)
  }

  /// The packet, or the whole frame where one is sent.
  var bytes: [UInt8] {
    guard message.wayOut == .frame else { return packet.bytes }
    return message.frame.frame(carrying: packet, from: mac(of: near), to: mac(of: near.other))
  }

  var dissection: Dissection {
    message.wayOut == .frame ? Dissection(ethernet: bytes) : Dissection(packet: bytes, as: packet.version)
  }

  /// What is not yet known of the bytes.
  var remarks: [String] {
    let error = message.expect.error.map { "the send call must fail with \($0.value): nothing leaves" }
    let first = message.flow.map { _ in
      "the first packet, sent at time 0: each has its own number, time and pattern"
    }
    let acknowledged =
      message.acknowledgesWhatArrived
      ? "acknowledgment number 0 stands for the one that acknowledges what has arrived by then" : nil
    let chosen = [chosenAddress, chosenIdentification, chosenFlag]
    return ([first, acknowledged, quoted, answered] + chosen + [fragmentation, error]).compactMap { $0 }
  }

  private var quoted: String? {
    message.quoted.map {
      "message \($0.value) is quoted as it has arrived by then; here it is quoted as the file asks for it"
    }
  }

  private var answered: String? {
    guard isOfBuiltIn, message.answersQuestion else { return nil }
    return "destination port 0 stands for the port that its question comes from"
  }

  private var near: HostName { message.from.value }

  private func mac(of host: HostName) -> MACAddress {
    network[host].mac?.value ?? MACAddress(0, 0, 0, 0, 0, 0)
  }

  /// An address of the frame that neither the message nor the network says.
  private var chosenAddress: String? {
    guard message.wayOut == .frame else { return nil }
    let isSourceKnown = message.frame.source != nil || network[near].mac != nil
    let isDestinationKnown = message.frame.destination != nil || network[near.other].mac != nil
    guard !isSourceKnown || !isDestinationKnown else { return nil }
    return "00:00:00:00:00:00 stands for a MAC address that the kernel chooses"
  }

  private var chosenIdentification: String? {
    guard message.version == .v4 else { return chosenFlowLabel }
    guard message.wayOut != .frame, message.header.values[.identification] == nil else { return nil }
    return "identification 0 stands for one that the kernel chooses, and the checksum depends on it"
  }

  private var chosenFlowLabel: String? {
    guard message.wayOut.isUnderKernelHeader else { return nil }
    return "flow label 0 stands for one that the kernel chooses"
  }

  private var chosenFlag: String? {
    guard message.version == .v4, message.wayOut.isUnderKernelHeader,
      message.header.values[.dontFragment] == nil
    else { return nil }
    return "the kernel chooses whether DF is set, and the checksum depends on it"
  }

  private var fragmentation: String? {
    guard message.wayOut.isUnderKernelHeader, message.expect.error == nil, packet.bytes.count > network.mtu
    else {
      return nil
    }
    return "the kernel sends these \(packet.bytes.count) bytes as fragments of at most \(network.mtu) bytes"
  }
}
