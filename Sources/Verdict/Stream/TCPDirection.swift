// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What one host sends on a connection, followed segment by segment at both ends of the cable.
///
/// Bytes are counted from 0, the first behind the SYN.
public struct TCPDirection: Sendable {
  /// What is wrong with what the host sent.
  public enum Fault: Hashable, Sendable {
    /// Bytes were sent again, and were others: from this one on.
    case overlap(at: Int)
    /// So many bytes of the other host were acknowledged, of which fewer had arrived.
    case acknowledgment(of: Int, arrived: Int)
  }

  /// The host that sends.
  public let host: HostName
  /// The sequence number of the first byte; nil before there was a SYN.
  public private(set) var begin: UInt32?
  /// Segments that left.
  public private(set) var segments = 0
  /// Segments that arrived.
  public private(set) var arrivals = 0
  /// Segments that left with bytes that had left before.
  public private(set) var retransmissions = 0
  /// Segments that arrived behind a gap, or behind what was sent after them.
  public private(set) var outOfOrder = 0
  /// How many times the host told that it has no room.
  public private(set) var zeroWindows = 0
  /// How many of its segments had RST.
  public private(set) var resets = 0
  /// How many bytes there were when the host said that it sends no more; nil before that.
  public private(set) var end: Int?
  /// How many bytes, its FIN as one of them, the other host has acknowledged.
  public private(set) var acknowledged = 0
  /// What is wrong with what it sent, the first of each kind.
  public private(set) var faults: [Fault] = []
  /// The first byte that left otherwise than wanted.
  public private(set) var wronglySent: StreamDifference?
  /// The first byte that arrived otherwise than wanted.
  public private(set) var wronglyArrived: StreamDifference?
  /// The first bytes that arrived, as far as they did without a gap.
  public var head: [UInt8] { Array(arrivedBytes.prefix(arrived.leading)) }

  private let contents: StreamContents
  private var sent = ByteRanges()
  private var arrived = ByteRanges()
  private var arrivedBytes: [UInt8] = []
  private var highestSent = 0
  private var highestArrived = 0
  private var hasBegun = false
  /// How many bytes there were when what arrived said that no more come; nil before that.
  private var arrivedEnd: Int?
  /// How many segments with RST have arrived.
  private var arrivedResets = 0
  private var hasRoom = true
  /// What was sent and not acknowledged yet, from `windowStart` on.
  private var window: [UInt8] = []
  private var windowStart = 0

  /// So many of the first bytes are kept.
  static let mostKept = 1 << 20
  /// What was acknowledged is let go of so many bytes at a time.
  private static let slack = 1 << 18

  init(_ host: HostName, _ contents: StreamContents) {
    self.host = host
    self.contents = contents
  }

  /// How many bytes left.
  public var sentCount: Int { highestSent }
  /// How many bytes arrived without a gap.
  public var arrivedCount: Int { arrived.leading }
  /// The bytes that never left although later ones did.
  public var gaps: [Range<Int>] { sent.gaps }
  /// Whether the host has said that it sends no more, and the other has acknowledged that.
  public var isEnded: Bool { end.map { acknowledged > $0 } ?? false }

  /// The place of the byte with a sequence number, near those that left.
  private func place(of number: UInt32) -> Int {
    let next = (begin ?? 0) &+ UInt32(truncatingIfNeeded: highestSent)
    return highestSent + Int(Int32(bitPattern: number &- next))
  }

  // MARK: - At its own end

  /// Notes a segment that leaves; `isWhole` says whether all its bytes are there.
  mutating func noteSent(_ segment: TCPSegment, isWhole: Bool) {
    segments += 1
    if segment.isReset { resets += 1 }
    if segment.isFirst {
      if hasBegun { retransmissions += 1 }
      hasBegun = true
      begin = segment.sequenceNumber &+ 1
    } else if !segment.isReset {
      let isFull = segment.window == 0
      if isFull, hasRoom { zeroWindows += 1 }
      hasRoom = !isFull
    }
    guard !segment.isFirst, begin != nil else { return }
    let start = place(of: segment.sequenceNumber)
    let range = start..<start + segment.length
    if segment.length > 0 { noteSent(range, segment.payload, isWhole: isWhole) }
    if segment.isLast {
      if end != nil, segment.length == 0 { retransmissions += 1 }
      end = range.upperBound
    }
  }

  private mutating func noteSent(_ range: Range<Int>, _ payload: ArraySlice<UInt8>, isWhole: Bool) {
    guard range.lowerBound >= 0 else { return }
    let news = sent.missing(in: range)
    if news != [range] { retransmissions += 1 }
    if isWhole {
      keep(range, payload, news)
      for part in news where wronglySent == nil {
        wronglySent = difference(in: part, of: range, payload)
      }
    }
    sent.insert(range)
    highestSent = max(highestSent, range.upperBound)
  }

  /// Keeps what is not acknowledged yet, and holds what is sent again against it.
  private mutating func keep(_ range: Range<Int>, _ payload: ArraySlice<UInt8>, _ news: [Range<Int>]) {
    let room = range.upperBound - windowStart - window.count
    if room > 0 { window += [UInt8](repeating: 0, count: room) }
    var place = max(range.lowerBound, windowStart)
    for part in news + [range.upperBound..<range.upperBound] {
      // What stands before a new part was sent before.
      while place < part.lowerBound {
        let byte = payload[payload.startIndex + place - range.lowerBound]
        if window[place - windowStart] != byte { note(.overlap(at: place)) }
        place += 1
      }
      let source = payload.startIndex - range.lowerBound
      if !part.isEmpty {
        window.replaceSubrange(
          part.lowerBound - windowStart..<part.upperBound - windowStart,
          with: payload[source + part.lowerBound..<source + part.upperBound])
      }
      place = max(place, part.upperBound)
    }
  }

  private func difference(
    in part: Range<Int>, of range: Range<Int>, _ payload: ArraySlice<UInt8>
  ) -> StreamDifference? {
    let source = payload.startIndex - range.lowerBound
    return payload[source + part.lowerBound..<source + part.upperBound].withUnsafeBytes {
      contents.firstDifference(from: part.lowerBound, $0)
    }
  }

  /// Notes that the host acknowledges so many bytes of the other, of which so many had arrived.
  mutating func noteAcknowledging(_ count: Int, arrived: Int) {
    if count > arrived { note(.acknowledgment(of: count, arrived: arrived)) }
  }

  private mutating func note(_ fault: Fault) {
    let isKnown = faults.contains {
      switch ($0, fault) {
      case (.overlap, .overlap), (.acknowledgment, .acknowledgment): true
      default: false
      }
    }
    if !isKnown { faults.append(fault) }
  }

  // MARK: - At the other end

  /// Notes a segment that arrives; the capture at this end may be looked at before the one at its own.
  mutating func noteArrived(_ segment: TCPSegment, isWhole: Bool) {
    arrivals += 1
    if segment.isReset { arrivedResets += 1 }
    if segment.isFirst { begin = begin ?? segment.sequenceNumber &+ 1 }
    guard begin != nil, !segment.isFirst else { return }
    let start = place(of: segment.sequenceNumber)
    let range = start..<start + segment.length
    if segment.isLast { arrivedEnd = range.upperBound }
    guard start >= 0, !range.isEmpty else { return }
    if start != highestArrived { outOfOrder += 1 }
    highestArrived = max(highestArrived, range.upperBound)
    for part in arrived.missing(in: range) where isWhole {
      if wronglyArrived == nil { wronglyArrived = difference(in: part, of: range, segment.payload) }
      keepArrived(part, of: range, segment.payload)
    }
    arrived.insert(range)
  }

  private mutating func keepArrived(_ part: Range<Int>, of range: Range<Int>, _ payload: ArraySlice<UInt8>) {
    let kept = part.clamped(to: 0..<Self.mostKept)
    guard !kept.isEmpty else { return }
    let room = kept.upperBound - arrivedBytes.count
    if room > 0 { arrivedBytes += [UInt8](repeating: 0, count: room) }
    let source = payload.startIndex - range.lowerBound
    arrivedBytes.replaceSubrange(kept, with: payload[source + kept.lowerBound..<source + kept.upperBound])
  }

  /// How many bytes the other host acknowledges with a number.
  func count(acknowledgedBy number: UInt32) -> Int { place(of: number) }

  /// How many bytes, the FIN as one of them, can be acknowledged.
  var acknowledgeable: Int { arrivedEnd == arrivedCount ? arrivedCount + 1 : arrivedCount }

  /// Whether the host has refused to begin, as far as either end has seen it.
  var hasRefused: Bool { !hasBegun && resets + arrivedResets > 0 }

  /// Notes that the other host has acknowledged so many bytes.
  mutating func noteAcknowledged(_ count: Int) {
    acknowledged = max(acknowledged, count)
    let done = min(acknowledged, highestSent) - windowStart
    guard done > Self.slack else { return }
    window.removeFirst(min(done, window.count))
    windowStart += done
  }
}
