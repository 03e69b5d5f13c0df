// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a program wrote to one stream: all of it, or of much the beginning and the end.
public struct ProgramOutput: Sendable {
  /// The first bytes, at most 64 KiB.
  public private(set) var head: [UInt8] = []
  /// How many bytes there were in all.
  public private(set) var total: UInt64 = 0
  /// Where each stretch began that was read at once, and when that was in nanoseconds of the epoch; of many the first.
  public private(set) var arrivals: [(offset: UInt64, timestamp: UInt64)] = []
  private var rest: [UInt8] = []
  private var sign: TextSearch?
  private var wanted: TextSearch?

  private static let most = 64 << 10
  private static let mostArrivals = 64

  /// The last bytes behind `head`, at most 64 KiB.
  public var tail: [UInt8] { rest.suffix(Self.most) }

  /// Whether the text that is looked for has come.
  public var hasText: Bool { sign?.isOver ?? false }

  /// How many of the texts that are counted have come, each behind the one before it, also between the bytes that are
  /// kept.
  public var textsFound: Int { wanted?.found ?? 0 }

  /// Looks for a text in all that comes from now on.
  mutating func look(for text: [UInt8]) {
    sign = TextSearch(for: [text])
  }

  /// Counts texts in all that comes from now on, each behind the one before it.
  mutating func count(_ texts: [[UInt8]]) {
    wanted = TextSearch(for: texts)
  }

  /// Adds what came.
  mutating func append(_ bytes: some Collection<UInt8>) {
    if !bytes.isEmpty, arrivals.count < Self.mostArrivals {
      arrivals.append((total, RunClock.epochNanoseconds))
    }
    total += UInt64(bytes.count)
    sign?.look(in: bytes)
    wanted?.look(in: bytes)
    let room = Self.most - head.count
    head += bytes.prefix(room)
    rest += bytes.dropFirst(room)
    // Cut only now and then: each byte is moved once in the mean.
    if rest.count > 2 * Self.most { rest.removeFirst(rest.count - Self.most) }
  }
}

/// The search for texts, each behind the one before it, in what comes piece by piece.
private struct TextSearch {
  private let texts: [[UInt8]]
  /// The search for the next text.
  private var search: ByteSearch
  private(set) var found = 0

  init(for texts: [[UInt8]]) {
    self.texts = texts
    search = ByteSearch(for: texts.first ?? [])
  }

  var isOver: Bool { found == texts.count }

  mutating func look(in bytes: some Collection<UInt8>) {
    var rest = Array(bytes)[...]
    while !isOver, let count = search.end(in: rest) {
      rest = rest.dropFirst(count)
      found += 1
      if !isOver { search = ByteSearch(for: texts[found]) }
    }
  }
}
