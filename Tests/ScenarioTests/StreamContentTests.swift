// SPDX-License-Identifier: Apache-2.0

import CFill
import Testing

@testable import Scenario

/// The bytes of streams, made piece by piece.
@Suite struct StreamContentTests {
  private static let fills: [Fill] = [.counter, .zeros, .ones, .random(seed: 9)]

  @Test("a piece of a fill is the same bytes as those of the whole", arguments: fills)
  func pieces(_ fill: Fill) {
    let whole = fill.bytes(count: 600)
    let content = StreamContent.made(.init(count: 600, fill: fill))
    for start in [0, 1, 7, 8, 9, 255, 256, 300] {
      for count in [0, 1, 6, 7, 8, 9, 17, 255, 300] {
        #expect(content.bytes(from: start, count: count) == Array(whole[start..<start + count]))
      }
    }
  }

  @Test("bytes of SplitMix64 are its numbers, the low byte first (its authors' first number from the seed 0)")
  func known() {
    // Steele, Lea, Flood: 0xe220a8397b1dcdaf is the first number from the state 0.
    #expect(
      Fill.random(seed: 0).bytes(count: 8) == [0xaf, 0xcd, 0x1d, 0x7b, 0x39, 0xa8, 0x20, 0xe2])
  }

  /// The vectors that this processor has.
  private static let widths = [cfill_plain, cfill_256_bits, cfill_512_bits].filter {
    $0.rawValue <= cfill_widest().rawValue
  }

  /// So many numbers of the generator that follow a state, each with its low byte first.
  private func numbers(_ count: Int, after state: UInt64) -> [UInt8] {
    var generator = SplitMix64(state: state)
    let numbers = (0..<count).map { _ in generator.next() }
    return numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
  }

  @Test("vectors of each width make the numbers of the generator, at any address and in any number")
  func widths() {
    for width in Self.widths {
      for count in 0...40 {
        var bytes = [UInt8](repeating: 0xee, count: 8 * count + 4)
        bytes.withUnsafeMutableBytes { buffer in
          guard let start = buffer.baseAddress else { return }
          cfill_write(start + 3, count, 1_234_567, width)
        }
        #expect(bytes == [0xee, 0xee, 0xee] + numbers(count, after: 1_234_567) + [0xee])
      }
    }
  }

  /// Whether bytes are the numbers that follow a state, as vectors find at an address that is no multiple of theirs.
  private func areNumbers(_ bytes: [UInt8], after state: UInt64, _ width: cfill_width) -> Bool {
    ([0xee, 0xee, 0xee] + bytes).withUnsafeBytes { buffer in
      buffer.baseAddress.map { cfill_compare($0 + 3, bytes.count / 8, state, width) } ?? false
    }
  }

  @Test("vectors of each width find a bit that is another, in any number of numbers, and none where none is")
  func comparedWidths() {
    for width in Self.widths {
      for count in 0...40 {
        var bytes = numbers(count, after: 1_234_567)
        #expect(areNumbers(bytes, after: 1_234_567, width))
        for place in bytes.indices {
          let bit = UInt8(1) << UInt8(place % 8)
          bytes[place] ^= bit
          #expect(!areNumbers(bytes, after: 1_234_567, width))
          bytes[place] ^= bit
        }
      }
    }
  }

  @Test(
    "a byte that is another is found wherever it stands in a piece, at either end of it too", arguments: fills
  )
  func comparedPieces(_ fill: Fill) {
    let whole = fill.bytes(count: 100)
    for start in 0..<20 {
      for end in start..<60 {
        var piece = Array(whole[start..<end])
        #expect(piece.withUnsafeBytes { fill.isEqual(to: $0, from: start) })
        for place in piece.indices {
          piece[place] ^= 0x10
          #expect(!piece.withUnsafeBytes { fill.isEqual(to: $0, from: start) })
          piece[place] ^= 0x10
        }
      }
    }
  }

  @Test(
    "a byte that is another is found where one stretch of standing bytes ends and the next begins",
    arguments: fills)
  func comparedStretches(_ fill: Fill) {
    let length = 1 << 18
    var bytes = fill.bytes(count: 2 * length + 9)
    #expect(bytes.withUnsafeBytes { fill.isEqual(to: $0, from: 0) })
    for place in [0, length - 1, length, length + 1, 2 * length - 1, 2 * length, 2 * length + 8] {
      bytes[place] ^= 0x01
      #expect(!bytes.withUnsafeBytes { fill.isEqual(to: $0, from: 0) })
      bytes[place] ^= 0x01
    }
  }

  private func contents() throws -> StreamContents {
    let text = """
      { tcp: { destinationPort: 9 }, exchange: [{ stream: 'abc' }, { stream: 'xyz', from: 'receiver' },
        { stream: { size: 4 }, repeat: 2 }] }
      """
    return StreamContents(try scenario(text), from: .sender)
  }

  @Test("what a host sends is its messages, each as often as it is repeated, one behind the other")
  func gathers() throws {
    let contents = try contents()
    #expect(contents.count == 11)
    #expect(contents.parts.map(\.start) == [0, 3, 7])
    #expect(contents.parts.map(\.position) == [0, 2, 3])
    var bytes = [UInt8](repeating: 0xee, count: 12)
    let count = bytes.withUnsafeMutableBytes { contents.write($0, from: 0) }
    #expect(count == 11)
    #expect(bytes == [0x61, 0x62, 0x63, 0, 1, 2, 3, 0, 1, 2, 3, 0xee])
    #expect([0, 2, 3, 6, 7, 10, 11].map { contents.part(of: $0)?.start } == [0, 0, 3, 3, 7, 7, nil])
  }

  @Test("the first byte that is another is found wherever it stands, and what nobody knows is none")
  func differences() throws {
    let contents = try contents()
    let right: [UInt8] = [0x61, 0x62, 0x63, 0, 1, 2, 3, 0, 1, 2, 3, 0xee]
    let find = { (bytes: [UInt8], start: Int) in
      bytes.withUnsafeBytes { contents.firstDifference(from: start, $0) }
    }
    for start in 0..<11 {
      #expect(find(Array(right[start...]), start) == nil)
      for wrong in start..<11 {
        var bytes = right
        bytes[wrong] ^= 0x80
        let found = StreamDifference(offset: wrong, wanted: right[wrong], seen: bytes[wrong])
        #expect(find(Array(bytes[start...]), start) == found)
      }
    }
  }

  @Test("captures pass over segments of long streams between built-in roles alone, of which nobody asks more")
  func passedOver() throws {
    let rows = [
      ("{ size: 1048577 }", "", true), ("{ size: 1048576 }", "", false),
      ("{ size: 1048577 }", "expect: { every: { header: { ttl: 64 } } },", false),
      ("{ size: 1048577 }", "network: { cable: { drop: [9] } },", false),
      ("{ size: 1048577 }", "receiver: { run: ['x'] },", false),
    ]
    for (stream, rest, isPassedOver) in rows {
      let text = "{ tcp: { destinationPort: 9 }, \(rest) exchange: [{ stream: \(stream) }] }"
      #expect(try scenario(text).capturesNoSegments == isPassedOver, "\(text)")
    }
  }
}
