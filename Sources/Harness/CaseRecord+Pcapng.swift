// SPDX-License-Identifier: Apache-2.0

import Verdict
import Wire

extension CaseRecord {
  /// The record as a pcapng file: an interface for either end of the cable, the packets in the order of time.
  func pcapng(application: String) -> [UInt8] {
    var writer = PcapngWriter(application: application)
    var interfaces: [HostName: UInt32] = [:]
    for host in HostName.allCases { interfaces[host] = writer.addInterface(name: "\(host.rawValue):eth0") }
    let frames = frames
    for frame in frames {
      writer.addPacket(
        frame.bytes, interface: interfaces[frame.host] ?? 0, timestamp: frame.timestamp,
        originalLength: UInt32(frame.originalLength), direction: frame.isOutgoing ? .outbound : .inbound)
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
