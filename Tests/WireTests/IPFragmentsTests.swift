// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("IPv4 fragments")
struct IPFragmentsTests {
  private let payload = (0..<40).map { UInt8($0) }

  /// The bytes `range` of the payload as a fragment.
  private func fragment(_ range: Range<Int>, more: Bool) -> IPPacket {
    let header = IPv4Header(
      source: .any, destination: .any, protocol: 253, moreFragments: more,
      fragmentOffset: UInt16(range.lowerBound))
    return .v4(IPv4Packet(header: header, payload: Array(payload[range])))
  }

  @Test("fragments in any order make the payload")
  func anyOrder() throws {
    let pieces = [
      fragment(0..<16, more: true), fragment(16..<32, more: true), fragment(32..<37, more: false),
    ]
    var random = SplitMix64(seed: 6)
    for _ in 0..<20 {
      let shuffled = pieces.shuffled(using: &random)
      #expect(try IPFragments.reassemble(shuffled) == Array(payload[..<37]))
    }
  }

  @Test("a packet that is no fragment is whole")
  func whole() throws {
    #expect(try IPFragments.reassemble([fragment(0..<13, more: false)]) == Array(payload[..<13]))
    #expect(try IPFragments.reassemble([fragment(0..<0, more: false)]) == [])
  }

  @Test("a missing piece is a hole where it should begin")
  func hole() {
    expect(.hole(at: 16), [fragment(0..<16, more: true), fragment(24..<32, more: false)])
    expect(.hole(at: 0), [fragment(8..<16, more: false)])
  }

  @Test("a byte that is there twice is an overlap")
  func overlap() {
    expect(
      .overlap(at: 8),
      [fragment(0..<16, more: true), fragment(8..<24, more: true), fragment(24..<32, more: false)])
    expect(
      .overlap(at: 0),
      [fragment(0..<8, more: true), fragment(0..<8, more: true), fragment(8..<9, more: false)])
  }

  @Test("without a last piece there is no end")
  func noLast() {
    expect(.noLast, [fragment(0..<16, more: true)])
    expect(.noLast, [])
  }

  @Test("two ends, or a piece beyond the end, are a conflict")
  func lengthConflict() {
    expect(.lengthConflict, [fragment(0..<16, more: false), fragment(16..<20, more: false)])
    expect(.lengthConflict, [fragment(0..<16, more: false), fragment(16..<24, more: true)])
  }

  @Test("a piece that is not the last and no multiple of 8 long is refused")
  func notMultipleOf8() {
    expect(.notMultipleOf8(at: 8), [fragment(8..<15, more: true), fragment(0..<8, more: true)])
  }

  @Test("each problem is a sentence of its own")
  func descriptions() {
    let problems: [IPFragments.Problem] = [
      .hole(at: 8), .overlap(at: 8), .noLast, .lengthConflict, .notMultipleOf8(at: 8),
    ]
    #expect(Set(problems.map { $0.description }).count == problems.count)
    #expect(IPFragments.Problem.hole(at: 8).description == "no fragment holds byte 8")
  }

  private func expect(
    _ problem: IPFragments.Problem, _ pieces: [IPPacket],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: problem, sourceLocation: sourceLocation) { try IPFragments.reassemble(pieces) }
  }
}
