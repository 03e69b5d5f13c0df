// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension CableRecord {
  /// So many of the packets that entered are looked at.
  private static let mostLookedAt = 4096

  /// The packet that is most like those that a match is for, and what keeps it from being one, where none was one; nil
  /// where no packet entered: `the nearest was packet 2, UDP, 1.1.1.100:40000 to 1.1.1.1:7777: UDP destination port: …`.
  func nearest(to seen: Seen, from host: HostName) -> String? {
    let packets = entered.prefix(Self.mostLookedAt).enumerated().compactMap { index, frame in
      let record = FrameRecord(
        host: host, isOutgoing: true, timestamp: 0, bytes: frame, originalLength: frame.count)
      return CapturedPacket(record, position: index, types: FrameTypes())
    }
    let ranked = packets.map { (packet: $0, wrong: seen.partsWrong(in: $0)) }
    guard let nearest = ranked.min(by: { $0.wrong < $1.wrong })?.packet,
      let problem = seen.problem(in: nearest, seen: "entered")?.value.text
    else { return nil }
    let number = nearest.position + 1
    return
      "the nearest was \(CablePacket(number, from: host).name), \(summary(of: number) ?? "a packet"): \(problem)"
  }
}
