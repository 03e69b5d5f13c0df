// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing
import Wire

/// Packets and capture files broken by the thousand, and by the million in `ci/fuzz`: whatever the bytes are,
/// taking them apart ends without a trap.
@Suite("Fuzzing the dissection")
struct DecodeFuzzTests {
  /// How many inputs: `TWOHOST_FUZZ_ROUNDS`, or enough to be worth a second of the tests.
  private static let rounds =
    ProcessInfo.processInfo.environment["TWOHOST_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 2_000

  /// Some bytes changed, cut out or put in.
  private func mutated(_ original: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1 where !bytes.isEmpty: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
      case 2: bytes.insert(contentsOf: random.bytes(1...8), at: min(place, bytes.count))
      default: bytes.append(contentsOf: random.bytes(1...40))
      }
    }
    return bytes
  }

  @Test("mutated packets are taken apart, and each field lies inside the packet")
  func packets() {
    var random = SplitMix64(seed: 20_260_103)
    for round in 0..<Self.rounds {
      let bytes = mutated(KnownBytes.documented[round % KnownBytes.documented.count], &random)
      for dissection in [Dissection(ipv4: bytes), Dissection(ethernet: bytes)] {
        let fields = dissection.layers.flatMap(\.fields)
        if !fields.allSatisfy({ $0.range.upperBound <= bytes.count }) {
          Issue.record("a field outside of \(bytes)")
        }
      }
    }
  }

  @Test("mutated capture files are read or refused")
  func captureFiles() {
    var random = SplitMix64(seed: 20_260_104)
    let whole =
      CaptureFileTests.section + CaptureFileTests.text2pcapInterface + CaptureFileTests.editcapPacket
    var refused = 0
    for _ in 0..<Self.rounds {
      let bytes = mutated(whole, &random)
      if (try? CaptureFile.parse(bytes)) == nil { refused += 1 }
    }
    #expect(refused > 0 && refused < Self.rounds)
  }
}
