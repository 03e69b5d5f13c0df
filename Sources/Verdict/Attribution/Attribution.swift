// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which of the packets of a case are which message, which came back on its account, and which are nobody's.
struct Attribution: Sendable {
  /// What was seen of each play that was played, in order.
  private(set) var passages: [Passage] = []
  /// The numbers of the messages that were delivered, in order.
  private(set) var deliveryOrder: [Int] = []
  /// The packets of a burst that nobody accounts for: while which message they passed cannot be said.
  private(set) var burstStrays: [OtherPacket] = []

  /// Every packet that nobody accounts for.
  var strays: [OtherPacket] { passages.flatMap(\.strays) + burstStrays }

  /// Sorts what was seen.
  init(_ scenario: Scenario, _ record: CaseRecord) {
    let frames = FrameReading(etherTypes: scenario.etherTypes, trace: CableTrace(record))
    let asked = scenario.exchange.map { $0.packet(in: scenario) }
    var position = 0
    for (play, seen) in zip(scenario.plays, record.messages) {
      var passage = Passage(play, asked: asked[play.number - 1])
      let captured = frames.packets(of: seen, &position)
      let others = sort(seen, captured, into: &passage)
      if scenario.expect.unexpected == .fail { passage.add(strays: others) }
      passages.append(passage)
    }
    guard let burst = record.burst else { return }
    let captured = frames.packets(of: burst, &position)
    var assignment = BurstAssignment(passages)
    let others = assignment.assign(captured)
    assignment.assign(burst.deliveries)
    passages = assignment.passages
    deliveryOrder += assignment.deliveryOrder
    takeReturned(OtherPacket.join(others.filter(\.isIPv4)), scenario.expect.unexpected)
  }

  /// Sorts what was seen while one message passed, and gives back what nobody accounts for.
  private mutating func sort(
    _ seen: MessageRecord, _ captured: [CapturedPacket], into passage: inout Passage
  ) -> [OtherPacket] {
    var others: [CapturedPacket] = []
    for packet in captured {
      if let sighting = passage.sighting(of: packet) {
        passage.add(sighting)
      } else if packet.isIPv4 {
        others.append(packet)
      }
    }
    for delivery in seen.deliveries {
      if delivery.isStub {
        passage.add(delivery)
      } else if let sighting = passage.sighting(of: delivery) {
        passage.add(sighting)
        deliveryOrder.append(passage.play.number)
      }
    }
    return others.isEmpty ? [] : passage.takeReturned(from: OtherPacket.join(others))
  }

  /// Gives what came back in a burst to the plays that await it, in order.
  private mutating func takeReturned(_ others: [OtherPacket], _ unexpected: Unexpected) {
    var rest = others
    for index in passages.indices where !rest.isEmpty { rest = passages[index].takeReturned(from: rest) }
    if unexpected == .fail { burstStrays = rest }
  }
}

/// How frames are read as packets.
private struct FrameReading {
  let etherTypes: Set<EtherType>
  let trace: CableTrace

  /// The packets of a record, whose frames begin at a position among all that were recorded: what was sent before
  /// what arrived, whose packet it is then being known.
  func packets(of seen: MessageRecord, _ position: inout Int) -> [CapturedPacket] {
    defer { position += seen.frames.count }
    let all = seen.frames.enumerated().compactMap { index, frame in
      CapturedPacket(
        frame, position: position + index, etherTypes: etherTypes,
        cablePacket: trace.packet(at: position + index),
        hasAlteredLengths: trace.hasAlteredLengths(at: position + index))
    }
    return all.filter(\.isOutgoing) + all.filter { !$0.isOutgoing }
  }
}

extension CapturedPacket {
  fileprivate var isIPv4: Bool { ethernet.etherType == .ipv4 }
}

extension Delivery {
  /// Whether it is too short to say whose it is.
  var isStub: Bool { bytes.count < IPv4Header.minimumLength }
}
