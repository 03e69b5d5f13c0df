// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

extension CaseRecord {
  /// The record as a pcapng file: an interface for either end of the cable, the packets in the order of time,
  /// each with its comment where there is one, and a comment on the whole that says which case it is of.
  func pcapng(of scenario: Scenario, application: String, comments: [String?]) -> [UInt8] {
    var writer = PcapngWriter(application: application, comment: CapturedCase(scenario).comment)
    var interfaces: [HostName: UInt32] = [:]
    for host in HostName.allCases { interfaces[host] = writer.addInterface(name: "\(host.rawValue):eth0") }
    let frames = frames
    for (index, frame) in frames.enumerated() {
      writer.addPacket(
        frame.bytes, interface: interfaces[frame.host] ?? 0, timestamp: frame.timestamp,
        originalLength: UInt32(frame.originalLength), direction: frame.isOutgoing ? .outbound : .inbound,
        comment: index < comments.count ? comments[index] : nil)
    }
    for host in HostName.allCases {
      let counts = counts[host] ?? CaptureCounts()
      writer.addStatistics(
        interface: interfaces[host] ?? 0, timestamp: frames.last?.timestamp ?? 0, received: counts.received,
        dropped: counts.dropped)
    }
    return writer.bytes
  }
}
