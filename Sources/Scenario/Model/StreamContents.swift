// SPDX-License-Identifier: Apache-2.0

/// All that one host puts on a connection, message behind message.
public struct StreamContents: Sendable {
  /// The bytes of one play.
  public struct Part: Sendable {
    /// The play's place among all plays, from 0.
    public let position: Int
    /// Where its first byte stands among all of its host's.
    public let start: Int
    /// The bytes.
    public let content: StreamContent
    /// Whether each byte is asked for: where the file says what is, those may be others.
    public let isCompared: Bool
    /// Where those end; nil where nobody knows beforehand.
    public var end: Int? { content.count.map { start + $0 } }
  }

  /// The plays of the host, in order.
  public private(set) var parts: [Part] = []
  /// How many bytes there are, as far as anybody knows beforehand.
  public private(set) var count = 0
  /// Whether whatever comes behind them belongs to the last message.
  public private(set) var isOpen = false

  /// Gathers what a host sends.
  public init(_ scenario: Scenario, from host: HostName) {
    for play in scenario.plays where play.message.from.value == host {
      guard let content = play.message.stream?.value else { continue }
      parts.append(
        Part(
          position: play.position, start: count, content: content,
          isCompared: play.message.expect.everywhere.payload == nil))
      count += content.count ?? 0
      isOpen = content.count == nil
    }
  }

  /// The part in which a byte stands, or would stand behind the last.
  private func index(of byte: Int) -> Int {
    var (low, high) = (0, parts.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if parts[middle].start <= byte { low = middle } else { high = middle }
    }
    return low
  }

  /// Calls for each stretch of one part in a range, as far as its bytes are known, with the part, the place of the stretch
  /// in it, and how long it is; until the call says false.
  private func stretches(_ range: Range<Int>, _ body: (Part, Int, Int) -> Bool) {
    let end = min(range.upperBound, count)
    var next = range.lowerBound
    var index = index(of: next)
    while next < end, index < parts.count {
      guard let partEnd = parts[index].end else { return }
      let length = min(partEnd, end) - next
      if length > 0, !body(parts[index], next - parts[index].start, length) { return }
      next = max(next, min(partEnd, end))
      index += 1
    }
  }

  /// Known bytes from a place on, as many as there is room for or fewer: where they stand in memory, or written into the
  /// room.
  public func bytes(
    from start: Int, in room: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    var standing: UnsafeRawBufferPointer?
    stretches(start..<start + room.count) { part, place, length in
      standing = part.content.standingBytes(from: place, atMost: length)
      return false
    }
    return standing ?? UnsafeRawBufferPointer(rebasing: room[..<write(room, from: start)])
  }

  /// Writes known bytes from a place on; returns how many there were.
  public func write(_ buffer: UnsafeMutableRawBufferPointer, from start: Int) -> Int {
    var filled = 0
    stretches(start..<start + buffer.count) { part, place, length in
      part.content.write(.init(rebasing: buffer[filled..<filled + length]), from: place)
      filled += length
      return true
    }
    return filled
  }

  /// The first of some bytes that is another than was to stand there; nil where none is, or nobody knows or asks.
  public func firstDifference(from start: Int, _ bytes: UnsafeRawBufferPointer) -> StreamDifference? {
    var looked = 0
    var found: StreamDifference?
    stretches(start..<start + bytes.count) { part, place, length in
      defer { looked += length }
      let seen = UnsafeRawBufferPointer(rebasing: bytes[looked..<looked + length])
      guard part.isCompared, !part.content.isEqual(to: seen, from: place) else { return true }
      let wanted = part.content.bytes(from: place, count: length)
      guard let other = seen.indices.first(where: { seen[$0] != wanted[$0] }) else { return true }
      found = StreamDifference(offset: start + looked + other, wanted: wanted[other], seen: seen[other])
      return false
    }
    return found
  }

  /// The part that a byte belongs to: behind the last where it is open; nil where it is of none.
  public func part(of byte: Int) -> Part? {
    guard !parts.isEmpty else { return nil }
    let part = parts[index(of: byte)]
    return part.end.map { byte < $0 } ?? true ? part : nil
  }
}

/// A byte of a stream that is another than wanted.
public struct StreamDifference: Hashable, Sendable {
  /// Its place among all bytes of its host.
  public let offset: Int
  /// The byte that was wanted.
  public let wanted: UInt8
  /// The byte that was seen.
  public let seen: UInt8

  /// Tells of a byte.
  public init(offset: Int, wanted: UInt8, seen: UInt8) {
    (self.offset, self.wanted, self.seen) = (offset, wanted, seen)
  }
}
