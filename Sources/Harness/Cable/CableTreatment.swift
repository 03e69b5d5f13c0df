// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

/// What a cable does to the frames of one host, by what they are, their numbers and the time alone: which come out, how
/// changed, in which order, and when.
///
/// Times are durations since some moment, the same for all.
struct CableTreatment {
  private let impairments: Impairments
  private let host: HostName
  private var selection: CableSelection
  private var due: [(frame: [UInt8], number: Int?, at: Duration)] = []
  private var waiting: (frames: [[UInt8]], number: Int, swap: CableOrder)?
  private var markers: [[UInt8]] = []
  private var done = CableRecord()
  /// How many packets entered of which nothing is kept.
  private var forgotten = 0

  /// Treats the frames that a host sends.
  init(_ cable: Cable, from host: HostName) {
    impairments = cable[from: host]
    selection = CableSelection(impairments, from: host)
    self.host = host
  }

  /// What was done so far.
  var record: CableRecord {
    var record = done
    record.matched = selection.matched
    return record
  }

  /// What was done since it was asked for last; all that was recorded until now is forgotten.
  mutating func takeDeeds() -> [CableDeed] {
    defer {
      forgotten += done.packets
      done = CableRecord()
    }
    return done.deeds
  }

  /// When the next frame that is held back is to come out; nil where none is.
  var nextRelease: Duration? { due.map(\.at).min() }

  // MARK: - In

  /// Takes a frame in; what is no packet that counts passes untouched.
  mutating func enter(_ frame: [UInt8], at now: Duration) {
    guard BarrierMarker(frame) == nil else {
      giveUpWaiting(at: now)
      markers.append(frame)
      return
    }
    guard CableRecord.counts(frame) else {
      due.append((frame, nil, now))
      return
    }
    done.entered.append(frame)
    enter(packet: frame, number: forgotten + done.packets, at: now)
  }

  private mutating func enter(packet frame: [UInt8], number: Int, at now: Duration) {
    let partner = waiting
    waiting = nil
    let asked = selection.orders(for: frame, number: number)
    let isLost = impairments.loses(number)
    let orders = PacketOrders(asked, behind: partner?.swap, isLost: isLost)
    for refusal in orders.refused { fail(number, refusal.reason, at: refusal.span) }
    if isLost {
      note(number, .lost)
    } else if orders.done.contains(where: { $0.treatment == .drop }) {
      note(number, .dropped)
    } else {
      pass(frame, number, orders.done, at: now)
      if let partner { note(partner.number, .swapped) }
    }
    if let partner { due += partner.frames.map { ($0, partner.number, now) } }
  }

  /// Lets a packet through, changed, doubled and held back as is asked.
  private mutating func pass(_ frame: [UInt8], _ number: Int, _ orders: [CableOrder], at now: Duration) {
    let changed = change(frame, number, orders)
    let isTwice = orders.contains { $0.treatment == .duplicate }
    if isTwice { note(number, .duplicated) }
    let frames = Array(repeating: changed, count: isTwice ? 2 : 1)
    if let swap = orders.first(where: { $0.treatment == .swap }) {
      waiting = (frames, number, swap)
      return
    }
    var moment = now
    for case .delay(let time) in orders.map(\.treatment) {
      note(number, .delayed(time))
      moment += time
    }
    due += frames.map { ($0, number, moment) }
  }

  /// The packet that was to pass the one that waits has not come before all was over.
  private mutating func giveUpWaiting(at now: Duration) {
    guard let (frames, number, swap) = waiting else { return }
    waiting = nil
    due += frames.map { ($0, number, now) }
    let reason = "should have changed places with packet \(number + 1), which never came"
    if swap.packets.value.isOfSingles { fail(number, reason, at: swap.span) }
  }

  private mutating func note(_ number: Int, _ kind: CableDeed.Kind, under header: IPHeader? = nil) {
    done.deeds.append(CableDeed(CablePacket(number, from: host), kind, under: header))
  }

  private mutating func fail(_ number: Int, _ reason: String, at span: SourceSpan?) {
    done.failures.append(CableFailure(CablePacket(number, from: host), reason, at: span))
  }

  // MARK: - Out

  /// The frames that come out now, in order; a marker comes out behind everything that entered before it.
  mutating func leave(at now: Duration) -> [[UInt8]] {
    let ready = due.enumerated().filter { $0.element.at <= now }
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    due.removeAll { $0.at <= now }
    done.emitted += ready.compactMap(\.number)
    guard due.isEmpty else { return ready.map(\.frame) }
    defer { markers = [] }
    return ready.map(\.frame) + markers
  }

  // MARK: - Changes

  /// A NIC fills in and pads, and what happens to a packet on the wire comes after that.
  private mutating func change(_ frame: [UInt8], _ number: Int, _ orders: [CableOrder]) -> [UInt8] {
    var changed = frame
    let length = frame.count - EthernetHeader.length
    let version = (try? EthernetHeader(parsing: frame[...])).flatMap { IPVersion($0.etherType) } ?? .v4
    let header = try? IPHeader(parsing: frame[EthernetHeader.length...], as: version)
    fillInChecksum(of: &changed, number)
    pad(&changed, number)
    for order in orders {
      switch order.treatment {
      case .flip(let bit) where bit >= length * 8:
        fail(number, "has \(length) bytes, so it has no bit \(bit) to flip", at: order.span)
      case .flip(let bit):
        changed[EthernetHeader.length + bit / 8] ^= 0x80 >> (bit % 8)
        note(number, .bitFlipped(bit), under: header)
      case .cut(let rest) where rest >= length:
        fail(number, "has \(length) bytes, so it cannot be truncated to \(rest)", at: order.span)
      case .cut(let rest):
        changed = Array(changed.prefix(EthernetHeader.length + rest))
        note(number, .truncated(rest))
      case .drop, .duplicate, .swap, .delay: break
      }
    }
    return changed
  }

  private mutating func fillInChecksum(of frame: inout [UInt8], _ number: Int) {
    let packet = frame[EthernetHeader.length...]
    guard impairments.checksumOffload, (try? EthernetHeader(parsing: frame[...]))?.etherType == .ipv4,
      let header = try? IPv4Header(parsing: packet), header.checksum == 0
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
