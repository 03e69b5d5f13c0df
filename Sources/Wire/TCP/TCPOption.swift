// SPDX-License-Identifier: Apache-2.0

/// An option of a TCP header, as it is sent (RFC 9293 §3.2, RFC 7323, RFC 2018).
public enum TCPOption: Hashable, Sendable {
  /// The end of the list, one byte.
  case end
  /// A byte that says nothing.
  case noOperation
  /// The largest segment that the sender takes, in bytes.
  case maximumSegmentSize(UInt16)
  /// By how many bits windows are shifted.
  case windowScale(UInt8)
  /// Selective acknowledgments may be sent.
  case sackPermitted
  /// Blocks that were received, each from its first sequence number to that behind its last.
  case sack([Block])
  /// The sender's clock, and the clock value that it was sent last.
  case timestamps(value: UInt32, echo: UInt32)
  /// Bytes as they are, right or wrong.
  case raw([UInt8])

  /// A block of sequence numbers.
  public struct Block: Hashable, Sendable {
    /// The first sequence number of the block.
    public let left: UInt32
    /// The sequence number behind the last of the block.
    public let right: UInt32

    /// Makes a block.
    public init(left: UInt32, right: UInt32) {
      self.left = left
      self.right = right
    }
  }

  /// The option on the wire.
  public var bytes: [UInt8] {
    switch self {
    case .end: return [0]
    case .noOperation: return [1]
    case .maximumSegmentSize(let size): return [2, 4, UInt8(size >> 8), UInt8(truncatingIfNeeded: size)]
    case .windowScale(let shift): return [3, 3, shift]
    case .sackPermitted: return [4, 2]
    case .sack(let blocks):
      var bytes: [UInt8] = [5, UInt8(truncatingIfNeeded: 2 + 8 * blocks.count)]
      for block in blocks {
        bytes.append(bigEndian: block.left)
        bytes.append(bigEndian: block.right)
      }
      return bytes
    case .timestamps(let value, let echo):
      var bytes: [UInt8] = [8, 10]
      bytes.append(bigEndian: value)
      bytes.append(bigEndian: echo)
      return bytes
    case .raw(let bytes): return bytes
    }
  }

  /// Options one behind the other, with zeros up to a multiple of 4 bytes.
  public static func paddedBytes(of options: [TCPOption]) -> [UInt8] {
    let bytes = options.flatMap(\.bytes)
    return bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }

  /// Reads the options of a header without the zeros that fill it up; never fails, and the padded bytes of what it gives
  /// are `bytes` again.
  public static func parse(_ bytes: [UInt8]) -> [TCPOption] {
    var rest = bytes[...]
    var options: [TCPOption] = []
    while let kind = rest.first {
      let isPadding = rest.count < 4 && rest.allSatisfy { $0 == 0 }
      if isPadding { break }
      let stated = kind < 2 ? 1 : rest.dropFirst().first.map { Int($0) } ?? 0
      let isWhole = kind < 2 || (stated >= 2 && stated <= rest.count)
      let option = rest.prefix(isWhole ? stated : rest.count)
      options.append(isWhole ? parse(one: Array(option)) : .raw(Array(option)))
      rest = rest.dropFirst(option.count)
    }
    return options
  }

  private static func parse(one bytes: [UInt8]) -> TCPOption {
    var reader = ByteReader(bytes.dropFirst(2), order: .big)
    switch (bytes[0], bytes.count) {
    case (0, 1): return .end
    case (1, 1): return .noOperation
    case (2, 4): return .maximumSegmentSize(reader.uint16())
    case (3, 3): return .windowScale(reader.uint8())
    case (4, 2): return .sackPermitted
    case (5, let count) where count > 2 && count % 8 == 2:
      return .sack((0..<(count / 8)).map { _ in Block(left: reader.uint32(), right: reader.uint32()) })
    case (8, 10): return .timestamps(value: reader.uint32(), echo: reader.uint32())
    default: return .raw(bytes)
    }
  }
}
