// SPDX-License-Identifier: Apache-2.0

import Testing
import Verdict
import Wire

@testable import Scenario

extension Scenario {
  /// The scenario that a text says, under an id and a path of the test's choice.
  init(text: String, id: String = "area/case", path: String = "scenarios/area/case.json5") throws {
    let file = SourceFile(path: path, bytes: Array(text.utf8))
    var decoding = Decoding()
    let node = try #require(JSON5Reader.read(file, into: &decoding.diagnostics))
    let decoded = ObjectType<Scenario>.scenario.decodeWhatIsRight(in: node, &decoding)
    let check = ScenarioCheck(try #require(decoded))
    try #require(DiagnosticText.render(decoding.diagnostics) + DiagnosticText.render(check.diagnostics) == "")
    self = check.scenario
    self.id = id
  }

  /// The packet that a message asks for, with an identification such as a kernel chooses.
  func packet(of message: Message) -> IPv4Packet {
    guard var header = message.packet(in: self).header.ipv4 else { preconditionFailure("it goes over IPv6") }
    if message.header.values[.identification] == nil { header.identification = 0x1c46 }
    return IPv4Packet.build(header: header, payload: message.payload.value)
  }

  /// The record of a case in which every message went everywhere, each changed on the cable by `change`.
  func record(changing change: (inout IPv4Packet) -> Void = { _ in }) -> CaseRecord {
    var record = CaseRecord()
    record.messages = plays.map { play in
      let sent = packet(of: play.message)
      var arrived = sent
      change(&arrived)
      var seen = MessageRecord()
      seen.frames = [
        .ipv4(sent.bytes, at: .sender, isOutgoing: true),
        .ipv4(arrived.bytes, at: .receiver, isOutgoing: false),
      ]
      seen.deliveries = [
        Delivery(bytes: arrived.bytes, originalLength: arrived.bytes.count, at: .receiver, timestamp: 0)
      ]
      return seen
    }
    return record
  }
}

extension FrameRecord {
  /// A frame that carries the bytes of a packet.
  static func ipv4(_ packet: [UInt8], at host: HostName, isOutgoing: Bool) -> FrameRecord {
    let mac = MACAddress(0xf0, 0x1f, 0xaf, 0x28, 0x8d, 0x92)
    let bytes = EthernetHeader(destination: mac, source: mac).bytes + packet
    return FrameRecord(
      host: host, isOutgoing: isOutgoing, timestamp: 0, bytes: bytes, originalLength: bytes.count)
  }
}
