// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The captures at both ends of the cable, and the barriers that say when nothing more can come.
struct Watch {
  private let mostSent: [HostName: Int]
  private var sent: [HostName: Int] = [:]
  /// How many frames came in that a host, of which there is a limit, has sent.
  private var arrived: [HostName: Int] = [:]
  private var frames: [FrameRecord] = []
  /// How many of the frames were looked through for what a host sent.
  private var sorted = 0
  /// The number of the marker that was sent last.
  private(set) var lastMarker: UInt64
  private var isEverywhere = true

  /// How many barriers there were.
  private(set) var rounds: UInt64 = 0
  /// How many markers were seen at each end of the cable.
  private(set) var markers: [HostName: UInt64] = [:]
  /// The numbers of the markers that were sent to each host and have not come out there yet.
  private var underWay: [HostName: Set<UInt64>] = [:]
  /// What was seen of the connection, where messages are streams.
  var stream: StreamRecord?
  /// Which of the packets that are awaited of programs were seen.
  private(set) var awaited: AwaitedPackets

  /// A marker that does not come out is sent again: while a program sends without end, the kernel may drop it.
  private static let patience = Duration.milliseconds(100)

  /// The processors from which something may be sent, of which a marker must come from each, the thread's own first;
  /// none stands for that one alone. A barrier may leave the thread on another of them, where it is kept then.
  var processors: [Int] = []

  /// Programs could fill a capture while a marker is awaited at the other.
  private var runsPrograms: Bool { !processors.isEmpty }

  /// Begins, with hosts between which markers up to this number have passed; no more packets are taken of a host than
  /// it may send.
  init(
    awaiting awaited: AwaitedPackets = AwaitedPackets(), mostSent: [HostName: Int] = [:],
    after lastMarker: UInt64 = 0
  ) {
    self.awaited = awaited
    self.mostSent = mostSent
    self.lastMarker = lastMarker
  }

  // MARK: - What was seen

  /// Takes the frames that are at both ends of the cable already, without waiting.
  ///
  /// - Throws: `ENOBUFS` where a host has sent more than it may.
  mutating func collect(_ hosts: borrowing HostPair) throws(SystemError) {
    for host in HostName.allCases { try take(at: host, hosts) }
  }

  private mutating func take(at host: HostName, _ hosts: borrowing HostPair) throws(SystemError) {
    var nothing: Set<UInt64> = []
    try take(at: host, hosts, &nothing)
  }

  /// The frames that were seen since the last time, each end in its own order.
  mutating func takeFrames() -> [FrameRecord] {
    defer {
      frames = []
      sorted = 0
    }
    return frames
  }

  /// Of the frames that were seen since the last time, those that a host sent.
  mutating func takeFrames(sentBy host: HostName) -> [FrameRecord] {
    let isSent = { (frame: FrameRecord) in frame.host == host && frame.isOutgoing }
    let taken = frames[sorted...].filter(isSent)
    let rest = frames[sorted...].filter { !isSent($0) }
    frames.replaceSubrange(sorted..., with: rest)
    sorted = frames.count
    return taken
  }

  /// How many frames were seen so far that a host, of which there is a limit, has sent.
  func count(sentBy host: HostName) -> Int { sent[host] ?? 0 }

  /// Whether all that was seen is packets to a host that came out of the cable and were handed to its socket as they
  /// were sent, so that nothing more can come of them, from whichever processor they were sent.
  func hasComeThrough(to host: HostName, _ deliveries: [Delivery]) -> Bool {
    let sent = frames.filter { $0.isOutgoing && $0.host == host.other }
    let arrived = frames.filter { !$0.isOutgoing && $0.host == host }
    return sent.count + arrived.count == frames.count && sent.allSatisfy(\.isUnanswered)
      && arrived.map(\.bytes) == sent.map(\.bytes)
      && deliveries.elementsEqual(arrived) { $0.isOf($1) }
  }

  // MARK: - Barriers

  /// Awaits until both hosts are done with all that was sent so far, replies included.
  ///
  /// A marker there and one back make a round. What the receiver sends, the sender may answer (an ARP reply
  /// sets free the packet that waited for it), so there are rounds until one in which the receiver is silent and
  /// nothing of it arrives late. All that came to an end before a marker is taken with it; what the receiver sent behind
  /// the first one is asked for.
  ///
  /// Where only this thread's processor is asked, what was sent from another may still be under way.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline.
  mutating func settle(
    _ hosts: borrowing HostPair, everywhere: Bool = true, until deadline: Deadline
  ) throws(SystemError) {
    isEverywhere = everywhere
    var seen = 0
    repeat {
      seen = frames.count
      rounds += 1
      try pass(from: .sender, hosts, until: deadline)
      try pass(from: .receiver, hosts, until: deadline)
      // What the receiver sent before the second marker is in its own capture already.
      try take(at: .receiver, hosts)
    } while frames[seen...].contains { $0.isFromReceiver }
  }

  /// Sends a marker from one end of the cable and takes all frames at the other until it comes out there.
  private mutating func pass(
    from near: HostName, _ hosts: borrowing HostPair, until deadline: Deadline
  ) throws(SystemError) {
    if runsPrograms { try collect(hosts) }
    var missing = try sendMarkers(from: near, hosts)
    var patience = Deadline(after: Self.patience)
    while !deadline.hasPassed {
      try take(at: near.other, hosts, &missing)
      if missing.isEmpty { return }
      if patience.hasPassed {
        missing = try sendMarkers(from: near, hosts)
        patience = Deadline(after: Self.patience)
      }
      let next = Deadline(after: min(patience.remaining, deadline.remaining))
      try hosts.wait(toRead: [hosts.capture(of: near.other)], until: next)
    }
    throw SystemError(
      "ppoll", .timedOut, detail: "the packets still on their way to the \(near.other.rawValue)")
  }

  /// Whether a host has sent something from a processor that is not this thread's: programs do, and kernels answer
  /// where they are sent to. It is in the host's own capture as soon as it is sent.
  private func hasSentAnywhere(_ host: HostName) -> Bool {
    let senders = Set(frames.lazy.filter(\.isOutgoing).map(\.host))
    return senders.contains(host) && senders.contains { mostSent[$0] != nil }
  }

  /// Sends a marker, from each processor where something may have been sent from others; returns their numbers.
  private mutating func sendMarkers(
    from host: HostName, _ hosts: borrowing HostPair
  ) throws(SystemError) -> Set<UInt64> {
    let first = lastMarker + 1
    guard isEverywhere, processors.count > 1, hasSentAnywhere(host) else {
      try sendMarker(from: host, hosts)
      return [first]
    }
    for processor in processors {
      // On one that was taken away nothing runs any more.
      guard (try? CPUAffinity.keep(processor)) != nil else { continue }
      try sendMarker(from: host, hosts)
    }
    // Each change of processor costs: the next barrier begins where this one ends.
    processors.reverse()
    return Set(first...lastMarker)
  }

  private mutating func sendMarker(from host: HostName, _ hosts: borrowing HostPair) throws(SystemError) {
    lastMarker += 1
    underWay[host.other, default: []].insert(lastMarker)
    try hosts.send(BarrierMarker(number: lastMarker), from: host)
  }

  /// Takes the frames that are at an end of the cable, no further than the last of the markers that are missing.
  private mutating func take(
    at host: HostName, _ hosts: borrowing HostPair, _ missing: inout Set<UInt64>
  ) throws(SystemError) {
    while let frame = try hosts.receive(at: host) {
      guard let number = takeMarker(frame, at: host) else {
        try note(FrameRecord(frame, at: host))
        continue
      }
      markers[host, default: 0] += 1
      if missing.remove(number) != nil && missing.isEmpty { return }
    }
  }

  /// The number of the marker that a frame is; nil for one that is none, or that somebody has sent again: each comes out
  /// once, and no capture shows what it sent itself.
  private mutating func takeMarker(_ frame: CapturedFrame, at host: HostName) -> UInt64? {
    guard !frame.isOutgoing, let marker = BarrierMarker(frame.bytes) else { return nil }
    return underWay[host]?.remove(marker.number)
  }

  private mutating func note(_ frame: FrameRecord) throws(SystemError) {
    if stream?.take(frame) == true { return }
    frames.append(frame)
    awaited.note(frame)
    let host = frame.isOutgoing ? frame.host : frame.host.other
    guard let most = mostSent[host] else { return }
    // Either end is counted: one may be filled as fast as it is emptied, while nobody looks at the other.
    if frame.isOutgoing { sent[host, default: 0] += 1 } else { arrived[host, default: 0] += 1 }
    guard max(sent[host] ?? 0, arrived[host] ?? 0) <= most else {
      throw SystemError("recvmsg", .noBufferSpace, detail: "the \(host.rawValue) never stops sending")
    }
  }
}

extension FrameRecord {
  fileprivate init(_ frame: CapturedFrame, at host: HostName) {
    self.init(
      host: host, isOutgoing: frame.isOutgoing, timestamp: frame.timestamp, bytes: frame.bytes,
      originalLength: frame.originalLength, isChecksumOffloaded: frame.isChecksumOffloaded)
  }

  /// Whether the receiver sent it, at whichever end it was seen.
  fileprivate var isFromReceiver: Bool { (host == .receiver) == isOutgoing }

  /// Whether it is an IP packet that no kernel answers, or counts as wrong, once a socket was handed it: its protocol
  /// is one of those that are not assigned (IANA, 143…254).
  var isUnanswered: Bool {
    guard let version = (try? EthernetHeader(parsing: bytes[...])).flatMap({ IPVersion($0.etherType) }),
      let header = try? IPHeader(parsing: bytes[EthernetHeader.length...], as: version)
    else { return false }
    return (143...254).contains(header.protocol)
  }
}
