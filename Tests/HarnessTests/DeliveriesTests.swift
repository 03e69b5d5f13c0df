// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

/// Whether all that came to hosts was handed to sockets: only then nobody need read counters, which take long.
@Suite("deliveries of a record") struct DeliveriesTests {
  private static func packet(_ payload: [UInt8], protocol number: UInt8 = 253) -> IPv4Packet {
    let header = IPv4Header(
      source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: number)
    return IPv4Packet.build(header: header, payload: payload)
  }

  private static func frame(_ packet: IPv4Packet, at host: HostName, isOutgoing: Bool) -> FrameRecord {
    let ethernet = EthernetHeader(
      destination: MACAddress(2, 0, 0, 0, 0, 1), source: MACAddress(2, 0, 0, 0, 0, 2))
    let bytes = ethernet.bytes + packet.bytes
    return FrameRecord(
      host: host, isOutgoing: isOutgoing, timestamp: 0, bytes: bytes, originalLength: bytes.count)
  }

  private static func delivery(_ packet: IPv4Packet, at host: HostName = .receiver) -> Delivery {
    Delivery(bytes: packet.bytes, originalLength: packet.bytes.count, at: host, timestamp: 0)
  }

  /// A message of the sender that came through.
  private static func message(_ packet: IPv4Packet) -> MessageRecord {
    let frames = [
      frame(packet, at: .sender, isOutgoing: true), frame(packet, at: .receiver, isOutgoing: false),
    ]
    return MessageRecord(frames: frames, deliveries: [delivery(packet)])
  }

  @Test("where each packet was handed over as it arrived, all is delivered, in lockstep and in a burst")
  func all() {
    var record = CaseRecord()
    #expect(record.isAllDelivered && !record.lacksDelivery)
    let messages = [Self.message(Self.packet([1])), Self.message(Self.packet([2]))]
    record.messages = messages
    #expect(record.isAllDelivered && !record.lacksDelivery)
    record.messages = [MessageRecord(), MessageRecord()]
    record.burst = MessageRecord(
      frames: messages.flatMap(\.frames), deliveries: messages.flatMap(\.deliveries))
    #expect(record.isAllDelivered && !record.lacksDelivery)
  }

  @Test("a packet that was not handed over, or otherwise than it arrived, is missing")
  func missing() {
    var record = CaseRecord()
    record.messages = [Self.message(Self.packet([1]))]
    let changes: [[Delivery]] = [
      [], [Self.delivery(Self.packet([2]))], [Self.delivery(Self.packet([1]), at: .sender)],
      [Self.delivery(Self.packet([1])), Self.delivery(Self.packet([1]))],
    ]
    for deliveries in changes {
      record.messages[0].deliveries = deliveries
      #expect(!record.isAllDelivered, "\(deliveries)")
      #expect(record.lacksDelivery == deliveries.isEmpty)
    }
  }

  @Test("in a burst a message lacks its delivery where another came twice")
  func burst() {
    let (one, other) = (Self.message(Self.packet([1])), Self.message(Self.packet([2])))
    var record = CaseRecord()
    record.messages = [MessageRecord(), MessageRecord()]
    record.burst = MessageRecord(
      frames: one.frames + other.frames, deliveries: one.deliveries + one.deliveries)
    #expect(record.lacksDelivery && !record.isAllDelivered)
  }

  @Test("a send call that was refused may have made a counter rise, and so may what the kernel answers")
  func counted() {
    var record = CaseRecord()
    record.messages = [Self.message(Self.packet([1]))]
    record.messages[0].sendFailure = SendFailure(errno: "EMSGSIZE", description: "sendto: EMSGSIZE")
    #expect(!record.isAllDelivered)
    // 143 to 252 are not assigned, and 253 and 254 are for experiments (IANA, Protocol Numbers).
    for (number, isDelivered) in [(UInt8(1), false), (142, false), (143, true), (254, true), (255, false)] {
      record.messages = [Self.message(Self.packet([1], protocol: number))]
      #expect(record.isAllDelivered == isDelivered, "\(number)")
    }
  }
}
