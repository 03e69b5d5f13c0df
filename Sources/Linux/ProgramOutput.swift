// SPDX-License-Identifier: Apache-2.0

/// What a program wrote to one stream: all of it, or of much the beginning and the end.
public struct ProgramOutput: Sendable {
  /// The first bytes, at most 64 KiB.
  public private(set) var head: [UInt8] = []
  /// How many bytes there were in all.
  public private(set) var total: UInt64 = 0
  private var rest: [UInt8] = []

  private static let most = 64 << 10

  /// The last bytes behind `head`, at most 64 KiB.
  public var tail: [UInt8] { rest.suffix(Self.most) }

  /// Adds what came.
  mutating func append(_ bytes: some Collection<UInt8>) {
    total += UInt64(bytes.count)
    let room = Self.most - head.count
    head += bytes.prefix(room)
    rest += bytes.dropFirst(room)
    // Cut only now and then: each byte is moved once in the mean.
    if rest.count > 2 * Self.most { rest.removeFirst(rest.count - Self.most) }
  }
}
