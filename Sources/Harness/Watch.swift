// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The captures at both ends of the cable, and the barriers that say when nothing more can come.
struct Watch {
  private let buffer = ReceiveBuffer(capacity: 1 << 16 + 64)
  /// How many markers each end of the cable has seen.
  private(set) var rounds: UInt64

  /// Begins with hosts between which this many have passed already.
  init(after rounds: UInt64 = 0) {
    self.rounds = rounds
  }

  /// Awaits until both hosts are done with all that was sent so far, replies included.
  ///
  /// A marker there and one back make a round. What the receiver sends, the sender may answer (an ARP reply
  /// sets free the packet that waited for it), so there are rounds until one in which the receiver is silent.
  ///
  /// The frames seen since the last time are added to `frames`, each end in its own order.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline.
  mutating func settle(
    _ hosts: borrowing HostPair, until deadline: Deadline, _ frames: inout [FrameRecord]
  ) throws(SystemError) {
    var seen = 0
    repeat {
      seen = frames.count
      rounds += 1
      let marker = BarrierMarker(number: rounds)
      try pass(marker, from: .sender, hosts, until: deadline, &frames)
      try pass(marker, from: .receiver, hosts, until: deadline, &frames)
      // What the receiver sent before the second marker is in its own capture already.
      _ = try takeFrames(.receiver, hosts, until: nil, &frames)
    } while frames[seen...].contains { $0.host == .receiver && $0.isOutgoing }
  }

  /// The frames that are at a host's own end of the cable already, without waiting.
  func framesThere(_ host: HostName, _ hosts: borrowing HostPair) throws(SystemError) -> [FrameRecord] {
    var frames: [FrameRecord] = []
    _ = try takeFrames(host, hosts, until: nil, &frames)
    return frames
  }

  /// Sends a marker from one end of the cable and takes all frames at the other until it comes out there.
  private func pass(
    _ marker: BarrierMarker, from near: HostName, _ hosts: borrowing HostPair, until deadline: Deadline,
    _ frames: inout [FrameRecord]
  ) throws(SystemError) {
    try hosts.send(marker, from: near)
    while !deadline.hasPassed {
      if try takeFrames(near.other, hosts, until: marker, &frames) { return }
      try hosts.wait(toRead: [hosts.capture(of: near.other)], until: deadline)
    }
    throw SystemError(
      "ppoll", .timedOut, detail: "the barrier, which has not come through to the \(near.other.rawValue)")
  }

  /// Takes the frames that are at an end of the cable, no further than a marker; returns whether it was there.
  private func takeFrames(
    _ host: HostName, _ hosts: borrowing HostPair, until marker: BarrierMarker?, _ frames: inout [FrameRecord]
  ) throws(SystemError) -> Bool {
    while let frame = try hosts.receive(at: host, into: buffer) {
      guard let seen = BarrierMarker(frame.datagram.bytes) else {
        frames.append(FrameRecord(frame, at: host))
        continue
      }
      if seen == marker { return true }
    }
    return false
  }
}

extension FrameRecord {
  fileprivate init(_ frame: CapturedFrame, at host: HostName) {
    self.init(
      host: host, isOutgoing: frame.isOutgoing, timestamp: frame.datagram.timestamp,
      bytes: frame.datagram.bytes,
      originalLength: frame.datagram.originalLength)
  }
}
