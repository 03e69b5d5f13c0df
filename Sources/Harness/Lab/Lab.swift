// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// Two hosts on their cable in which nothing runs by itself, for people who try things there; what passes is seen.
public struct Lab: ~Copyable {
  private var hosts: HostPair
  private var door: LabDoor
  private var missed: [HostName: UInt64] = [:]

  /// The longest that the hosts take to come up.
  private static let longestSetUp = Duration.seconds(30)
  private static let hour = Duration.seconds(3600)
  /// So many frames are taken at once, so that a host that sends without end does not keep others waiting.
  private static let mostFrames = 4096

  /// Makes the hosts of a scenario, and lets others into them by a door that was made before.
  ///
  /// - Throws: what the kernel refuses, and `ETIMEDOUT` where it takes too long.
  public init(
    _ scenario: Scenario, _ door: consuming LabDoor, stop: StopRequest
  ) throws(SystemError) {
    let resources = RunResources(
      processors: try CPUAffinity.ofThisThread(), closing: ClosingPool(), settings: InheritedSettings(),
      stop: stop)
    let pair = try HostPair(scenario, with: resources, until: Deadline(after: Self.longestSetUp))
    try door.open(
      into: [.sender: pair.sender.space.rawDescriptor, .receiver: pair.receiver.space.rawDescriptor])
    self.door = door
    hosts = pair
  }

  /// The hardware address of a host's end of the cable.
  public func mac(of host: HostName) -> MACAddress { hosts.mac(of: host) }

  /// Waits until something happens, and tells what did, in order; it may be nothing that is told of.
  ///
  /// - Throws: `ECANCELED` when the lab is to end.
  public mutating func next() throws(SystemError) -> [PassingEvent] {
    try hosts.wait(toRead: hosts.captures + door.readable, until: Deadline(after: Self.hour))
    try door.serve()
    var events: [PassingEvent] = []
    for host in HostName.allCases { try take(at: host, &events) }
    events.sort { $0.timestamp ?? 0 < $1.timestamp ?? 0 }
    events += hosts.takeDeeds().map { PassingEvent(.treated($0), at: $0.packet.host) }
    return try events + newlyMissed()
  }

  /// A frame is told of where it was sent: what the cable made of it is told by the cable.
  private func take(at host: HostName, _ events: inout [PassingEvent]) throws(SystemError) {
    for _ in 0..<Self.mostFrames {
      guard let frame = try hosts.receive(at: host) else { return }
      guard frame.isOutgoing else { continue }
      let summary = FrameSummary(frame: frame.bytes, tellingFlags: true)
      events.append(
        PassingEvent(.left(summary, length: frame.originalLength), at: host, timestamp: frame.timestamp))
    }
  }

  private mutating func newlyMissed() throws(SystemError) -> [PassingEvent] {
    var events: [PassingEvent] = []
    let counts = [
      HostName.sender: try hosts.sender.capture.statistics().dropped,
      .receiver: try hosts.receiver.capture.statistics().dropped,
    ]
    for host in HostName.allCases {
      guard let count = counts[host], count > missed[host, default: 0] else { continue }
      events.append(PassingEvent(.missed(count - missed[host, default: 0]), at: host))
      missed[host] = count
    }
    return events
  }
}
