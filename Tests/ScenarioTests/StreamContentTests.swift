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

  @Test("vectors of each width make the numbers of the generator, at any address and in any number")
  func widths() {
    for width in [cfill_plain, cfill_256_bits, cfill_512_bits] where width.rawValue <= cfill_widest().rawValue
    {
      for count in 0...40 {
        var generator = SplitMix64(state: 1_234_567)
        let numbers = (0..<count).map { _ in generator.next() }
        var bytes = [UInt8](repeating: 0xee, count: 8 * count + 4)
        bytes.withUnsafeMutableBytes { buffer in
          guard let start = buffer.baseAddress else { return }
          cfill_write(start + 3, count, 1_234_567, width)
        }
        let written = numbers.flatMap { number in
          (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        #expect(bytes == [0xee, 0xee, 0xee] + written + [0xee])
      }
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
      var scratch = [UInt8](repeating: 0, count: bytes.count)
      return bytes.withUnsafeBytes { seen in
        scratch.withUnsafeMutableBytes { contents.firstDifference(from: start, seen, scratch: $0) }
      }
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
