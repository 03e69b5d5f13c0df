// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

/// What a cable does to the frames of one host, by their numbers and the time alone: which come out, how changed, in
/// which order, and when.
///
/// Times are durations since some moment, the same for all.
struct CableTreatment {
  private let impairments: Impairments
  private let host: HostName
  private var due: [(frame: [UInt8], number: Int?, at: Duration)] = []
  private var waiting: (frames: [[UInt8]], number: Int)?
  private var markers: [[UInt8]] = []

  /// What was done so far.
  private(set) var record = CableRecord()

  /// Treats the frames that a host sends.
  init(_ cable: Cable, from host: HostName) {
    impairments = cable[from: host]
    self.host = host
  }

  /// When the next frame that is held back is to come out; nil where none is.
  var nextRelease: Duration? { due.map(\.at).min() }

  // MARK: - In

  /// Takes a frame in; what is no IPv4 packet passes untouched.
  mutating func enter(_ frame: [UInt8], at now: Duration) {
    guard BarrierMarker(frame) == nil else {
      giveUpWaiting(at: now)
      markers.append(frame)
      return
    }
    guard (try? EthernetHeader(parsing: frame[...]))?.etherType == .ipv4 else {
      due.append((frame, nil, now))
      return
    }
    record.entered.append(frame)
    enter(packet: frame, number: record.packets, at: now)
  }

  private mutating func enter(packet frame: [UInt8], number: Int, at now: Duration) {
    let partner = waiting.flatMap { $0.number + 1 == number ? $0 : nil }
    defer {
      if let partner {
        waiting = nil
        due += partner.frames.map { ($0, partner.number, now) }
      }
    }
    guard !isTaken(number) else { return }
    let changed = change(frame, number)
    let isTwice = impairments.duplicate.contains { $0.value == number }
    if isTwice { note(number, .duplicated) }
    let frames = Array(repeating: changed, count: isTwice ? 2 : 1)
    if impairments.swap.contains(where: { $0.value.first == number }) {
      note(number, .swapped)
      waiting = (frames, number)
    } else if let delay = impairments.delay.first(where: { $0.packet.value == number }) {
      note(number, .delayed(delay.by.value))
      due += frames.map { ($0, number, now + delay.by.value) }
    } else {
      due += frames.map { ($0, number, now) }
    }
  }

  /// Whether a packet never comes out.
  private mutating func isTaken(_ number: Int) -> Bool {
    if impairments.drop.contains(where: { $0.value == number }) {
      note(number, .dropped)
      return true
    }
    guard impairments.loses(number) else { return false }
    note(number, .lost)
    return true
  }

  /// The packet that was to pass the one that waits has not come before all was over.
  private mutating func giveUpWaiting(at now: Duration) {
    guard let (frames, number) = waiting else { return }
    waiting = nil
    due += frames.map { ($0, number, now) }
    fail(number, "was to change places with packet \(number + 1), which did not come")
  }

  private mutating func note(_ number: Int, _ kind: CableDeed.Kind) {
    record.deeds.append(CableDeed(CablePacket(number, from: host), kind))
  }

  private mutating func fail(_ number: Int, _ reason: String) {
    record.failures.append(CableFailure(CablePacket(number, from: host), reason))
  }

  // MARK: - Out

  /// The frames that come out now, in order; a marker comes out behind everything that entered before it.
  mutating func leave(at now: Duration) -> [[UInt8]] {
    let ready = due.enumerated().filter { $0.element.at <= now }
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    due.removeAll { $0.at <= now }
    record.emitted += ready.compactMap(\.number)
    guard due.isEmpty else { return ready.map(\.frame) }
    defer { markers = [] }
    return ready.map(\.frame) + markers
  }

  // MARK: - Changes

  /// A NIC fills in and pads, and what happens to a packet on the wire comes after that.
  private mutating func change(_ frame: [UInt8], _ number: Int) -> [UInt8] {
    var changed = frame
    let length = frame.count - EthernetHeader.length
    fillInChecksum(of: &changed, number)
    pad(&changed, number)
    for corruption in impairments.corrupt where corruption.packet.value == number {
      let bit = corruption.bit.value
      guard bit < length * 8 else {
        fail(number, "has \(length) bytes, and no bit \(bit) to be flipped")
        continue
      }
      changed[EthernetHeader.length + bit / 8] ^= 0x80 >> (bit % 8)
      note(number, .bitFlipped(bit))
    }
    for cut in impairments.truncate where cut.packet.value == number {
      guard cut.to.value < length else {
        fail(number, "has \(length) bytes, and cannot be cut to \(cut.to.value)")
        continue
      }
      changed = Array(changed.prefix(EthernetHeader.length + cut.to.value))
      note(number, .truncated(cut.to.value))
    }
    return changed
  }

  private mutating func fillInChecksum(of frame: inout [UInt8], _ number: Int) {
    let packet = frame[EthernetHeader.length...]
    guard impairments.checksumOffload, let header = try? IPv4Header(parsing: packet), header.checksum == 0
    else {
      return
    }
    let right = header.rightChecksum()
    guard right != 0 else { return }
    let start = EthernetHeader.length + 10
    frame.replaceSubrange(start..<(start + 2), with: [UInt8(right >> 8), UInt8(truncatingIfNeeded: right)])
    note(number, .checksumFilledIn(right))
  }

  private mutating func pad(_ frame: inout [UInt8], _ number: Int) {
    let missing = (impairments.padTo ?? 0) - frame.count
    guard missing > 0 else { return }
    frame += [UInt8](repeating: 0, count: missing)
    note(number, .padded(missing))
  }
}
