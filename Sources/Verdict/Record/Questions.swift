// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Where the questions came from that programs asked over UDP, by which their answers go there.
struct Questions: Sendable {
  /// Whom a question goes to.
  private struct Asked: Hashable {
    let host: HostName
    let port: UInt16
  }

  private static let udp: UInt8 = 17

  /// Where the last question came from.
  private var last: [Asked: (address: IPAddress, port: UInt16)] = [:]
  /// How many plays' records were read.
  private var count = 0
  private let scenario: Scenario
  /// Under which EtherTypes questions are looked for.
  private let types: FrameTypes

  /// Has seen nothing of a scenario's packets yet.
  init(_ scenario: Scenario) {
    self.scenario = scenario
    types = scenario.frameTypes
  }

  /// An answer as it is sent after all that was recorded of the plays before it; plays are asked for in order.
  ///
  /// - Returns: nil where nobody has asked: then it is not sent.
  mutating func message(of play: Play, after record: CaseRecord) -> Message? {
    while count < min(play.position, record.messages.count) {
      // What a program sent is in its own capture by the time that its message is over, whatever the cable does to it.
      for frame in record.messages[count].frames where frame.isOutgoing { note(frame) }
      count += 1
    }
    let message = play.message
    let own = DatagramPorts(message.packet(in: scenario)).source
    return last[Asked(host: message.from.value, port: own)].map {
      message.answering($0.address, port: $0.port, in: scenario)
    }
  }

  private mutating func note(_ frame: FrameRecord) {
    guard scenario.program(in: frame.host) != nil,
      let captured = CapturedPacket(frame, position: 0, types: types),
      let packet = captured.packet, packet.header.protocol == Self.udp,
      packet.header.fragmentOffset == 0
    else { return }
    let ports = DatagramPorts(packet)
    last[Asked(host: frame.host.other, port: ports.destination)] = (packet.header.source, ports.source)
  }
}
