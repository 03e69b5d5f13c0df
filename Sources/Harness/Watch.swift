// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The captures at both ends of the cable, and the barriers that say when nothing more can come.
struct Watch {
  private let buffer = ReceiveBuffer(capacity: 1 << 16 + 64)
  /// How many markers each end of the cable has seen.
  private(set) var rounds: UInt64 = 0

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
      try pass(marker, from: hosts.sender, to: hosts.receiver, .receiver, until: deadline, &frames)
      try pass(marker, from: hosts.receiver, to: hosts.sender, .sender, until: deadline, &frames)
      // What the receiver sent before the second marker is in its own capture already.
      try drain(hosts.receiver, .receiver, &frames)
    } while frames[seen...].contains { $0.host == .receiver && $0.isOutgoing }
  }

  /// The frames that are at a host's own end of the cable already, without waiting.
  func framesThere(_ host: HostName, _ hosts: borrowing HostPair) throws(SystemError) -> [FrameRecord] {
    var frames: [FrameRecord] = []
    switch host {
    case .sender: try drain(hosts.sender, .sender, &frames)
    case .receiver: try drain(hosts.receiver, .receiver, &frames)
    }
    return frames
  }

  /// Sends a marker through the cable and takes all frames at the far end until it comes out.
  private func pass(
    _ marker: BarrierMarker, from near: borrowing CableEnd, to far: borrowing CableEnd, _ farHost: HostName,
    until deadline: Deadline, _ frames: inout [FrameRecord]
  ) throws(SystemError) {
    try near.capture.send(marker.frame(from: near.mac, to: far.mac))
    while !deadline.hasPassed {
      while let frame = try far.capture.receive(into: buffer) {
        guard let seen = BarrierMarker(frame.datagram.bytes) else {
          frames.append(FrameRecord(frame, at: farHost))
          continue
        }
        if seen == marker { return }
      }
      _ = try Readiness.wait(toRead: [far.capture.rawDescriptor], until: deadline)
    }
    throw SystemError(
      "ppoll", .timedOut, detail: "the barrier, which has not come through to the \(farHost.rawValue)")
  }

  private func drain(
    _ end: borrowing CableEnd, _ host: HostName, _ frames: inout [FrameRecord]
  ) throws(SystemError) {
    while let frame = try end.capture.receive(into: buffer) {
      if BarrierMarker(frame.datagram.bytes) == nil { frames.append(FrameRecord(frame, at: host)) }
    }
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
