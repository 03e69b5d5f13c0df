// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

extension CaseRecord {
  /// What is seen where programs send packets when they like: each crosses the cable before the next is sent, and is
  /// delivered; those that are cut to pieces of so many bytes are whole again then.
  init(_ scenario: Scenario, crossing packets: [(packet: IPv4Packet, from: HostName)], pieces: Int = .max) {
    self.init()
    messages = scenario.plays.map { _ in MessageRecord() }
    burst = MessageRecord(
      frames: packets.flatMap { packet, host in
        let cut = packet.payload.count > pieces ? packet.fragments(every: pieces) : [packet]
        return cut.flatMap { piece -> [FrameRecord] in
          [.ipv4(piece, at: host, isOutgoing: true), .ipv4(piece, at: host.other, isOutgoing: false)]
        }
      },
      deliveries: packets.map { packet, host in
        Delivery(bytes: packet.bytes, originalLength: packet.bytes.count, at: host.other, timestamp: 0)
      })
  }
}

extension Scenario {
  /// The packets of the plays, each with an identification of its own, as a kernel sends them.
  var packetsOfKernel: [IPv4Packet] {
    plays.enumerated().map { index, play in
      var packet = play.message.ipv4(in: self)
      packet.header.identification = UInt16(truncatingIfNeeded: 0x1234 &+ index &* 259)
      return packet.withRightChecksum
    }
  }
}
