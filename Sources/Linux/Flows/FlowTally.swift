// SPDX-License-Identifier: Apache-2.0

import Wire

/// What was received of a flow, counted packet by packet.
public struct FlowTally: Sendable {
  /// Packets that came as they were sent, each counted once.
  public private(set) var delivered = 0
  /// Packets that came again.
  public private(set) var duplicated = 0
  /// Packets that came behind one that was sent after them (RFC 4737 §3.3); copies do not count (§2.2).
  public private(set) var reordered = 0
  /// Packets that came otherwise than they were sent.
  public private(set) var wrong = 0
  /// The first that were wrong, from their IP headers on.
  public private(set) var wrongPackets: [[UInt8]] = []
  /// The first sequence numbers that came again.
  public private(set) var duplicates: [Int] = []
  /// The first sequence numbers that came too late.
  public private(set) var latecomers: [Int] = []
  /// The times on the way.
  public private(set) var latencies = LatencyHistogram()
  /// When the last packet came, in nanoseconds of the monotonic clock; 0 where none did.
  public private(set) var end: UInt64 = 0
  /// How many packets the socket had no room for.
  public internal(set) var dropped = 0

  private let format: FlowFormat
  /// A bit for each sequence number that has come.
  private var seen: [UInt64]
  /// The least sequence number that is not too late (RFC 4737 §3.3, NextExp).
  private var next: UInt64 = 0

  /// So many examples of what is wrong are kept.
  public static let mostExamples = 4

  init(_ format: FlowFormat) {
    self.format = format
    seen = [UInt64](repeating: 0, count: (format.packets + 63) / 64)
  }

  /// All packets that came, whatever they were.
  var count: Int { delivered + duplicated + wrong }

  /// The first sequence numbers that never came.
  public var missing: [Int] {
    var numbers: [Int] = []
    for (index, word) in seen.enumerated() where word != .max {
      for bit in 0..<64 where word >> UInt64(bit) & 1 == 0 {
        let number = index * 64 + bit
        guard number < format.packets, numbers.count < Self.mostExamples else { return numbers }
        numbers.append(number + 1)
      }
    }
    return numbers
  }

  /// Checks a packet and counts it as what it is.
  mutating func take(_ packet: UnsafeRawBufferPointer, length: Int, at now: UInt64) {
    end = now
    guard length == packet.count, let right = format.check(packet) else {
      noteWrong(packet)
      return
    }
    let (word, bit) = (Int((right.sequence - 1) / 64), UInt64(1) << ((right.sequence - 1) % 64))
    guard seen[word] & bit == 0 else {
      duplicated += 1
      if duplicates.count < Self.mostExamples { duplicates.append(Int(right.sequence)) }
      return
    }
    seen[word] |= bit
    delivered += 1
    latencies.add(now > right.time ? now - right.time : 0)
    if right.sequence >= next {
      next = right.sequence + 1
    } else {
      reordered += 1
      if latecomers.count < Self.mostExamples { latecomers.append(Int(right.sequence)) }
    }
  }

  private mutating func noteWrong(_ packet: UnsafeRawBufferPointer) {
    wrong += 1
    if wrongPackets.count < Self.mostExamples { wrongPackets.append(Array(packet)) }
  }
}

/// How often each time on the way was seen, to one part in 128.
public struct LatencyHistogram: Sendable {
  /// Times that have the same eight leading bits are counted together.
  private static let leadingBits = 8
  private static let half = 1 << (leadingBits - 1)

  private var counts = [UInt32](repeating: 0, count: (64 - leadingBits + 2) * half)
  private var total = 0
  /// The longest, exactly; 0 where there is none.
  public private(set) var max: UInt64 = 0

  init() {}

  mutating func add(_ time: UInt64) {
    if time > max { max = time }
    total += 1
    counts[Self.index(of: time)] += 1
  }

  /// The time within which so many of a hundred packets came; 0 where none did.
  public func percentile(_ percent: Int) -> UInt64 {
    let wanted = (total * percent + 99) / 100
    var sum = 0
    for (index, count) in counts.enumerated() where count > 0 {
      sum += Int(count)
      if sum >= wanted { return Swift.min(Self.greatest(at: index), max) }
    }
    return 0
  }

  private static func index(of time: UInt64) -> Int {
    let shift = Swift.max(0, 64 - leadingBits - time.leadingZeroBitCount)
    return shift * half + Int(time >> UInt64(shift))
  }

  private static func greatest(at index: Int) -> UInt64 {
    let shift = Swift.max(0, index / half - 1)
    let leading = UInt64(index - shift * half)
    return ((leading + 1) << UInt64(shift)) &- 1
  }
}
