// SPDX-License-Identifier: Apache-2.0

/// What a program wrote to one stream: all of it, or of much the beginning and the end.
public struct ProgramOutput: Sendable {
  /// The first bytes, at most 64 KiB.
  public private(set) var head: [UInt8] = []
  /// How many bytes there were in all.
  public private(set) var total: UInt64 = 0
  private var rest: [UInt8] = []
  private var search: TextSearch?

  private static let most = 64 << 10

  /// The last bytes behind `head`, at most 64 KiB.
  public var tail: [UInt8] { rest.suffix(Self.most) }

  /// Whether the text that is looked for has come.
  public var hasText: Bool { search?.isFound ?? false }

  /// Looks for a text in all that comes from now on.
  mutating func look(for text: [UInt8]) {
    search = TextSearch(text: text)
  }

  /// Adds what came.
  mutating func append(_ bytes: some Collection<UInt8>) {
    total += UInt64(bytes.count)
    search?.look(in: bytes)
    let room = Self.most - head.count
    head += bytes.prefix(room)
    rest += bytes.dropFirst(room)
    // Cut only now and then: each byte is moved once in the mean.
    if rest.count > 2 * Self.most { rest.removeFirst(rest.count - Self.most) }
  }
}

/// The search for a text in what comes piece by piece.
private struct TextSearch {
  let text: [UInt8]
  /// The last bytes, with which the text may have begun.
  private var end: [UInt8] = []
  private(set) var isFound = false

  init(text: [UInt8]) {
    self.text = text
  }

  mutating func look(in bytes: some Collection<UInt8>) {
    guard !isFound else { return }
    let all = end + bytes
    isFound = all.firstRange(of: text) != nil
    end = all.suffix(text.count - 1)
  }
}
