// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Internet checksum")
struct InternetChecksumTests {
  @Test("the sum of the example in RFC 1071 §3 is 0xddf2, and the checksum its complement")
  func rfc1071Example() {
    #expect(InternetChecksum.checksum(of: KnownBytes.bytes("0001f203f4f5f6f7")) == ~0xDDF2)
  }

  @Test("an odd last byte counts as if a zero followed it")
  func oddLength() {
    #expect(InternetChecksum.checksum(of: [0x01, 0x02, 0x03]) == ~0x0402)
    #expect(InternetChecksum.checksum(of: [0xAB]) == ~0xAB00)
    #expect(InternetChecksum.checksum(of: [] as [UInt8]) == 0xFFFF)
  }

  @Test("the update of the example in RFC 1624 §4 is 0x0000, where RFC 1141 gives 0xffff")
  func rfc1624Example() {
    #expect(InternetChecksum.updated(0xDD2F, replacing: 0x5555, with: 0x3285) == 0x0000)
  }

  @Test("an array, a slice and a collection without storage of its own have the same checksum")
  func everyCollection() {
    let bytes = KnownBytes.documented[0]
    let whole = InternetChecksum.checksum(of: bytes)
    #expect(InternetChecksum.checksum(of: ([0xFF] + bytes).dropFirst()) == whole)
    #expect(InternetChecksum.checksum(of: bytes.lazy.map { $0 }) == whole)
  }

  @Test("sums of any length agree with RFC 1071 read literally, a word at a time")
  func agreesWithTheDefinition() {
    var random = SplitMix64(seed: 1071)
    for _ in 0..<500 {
      let bytes = random.bytes(0...70)
      #expect(InternetChecksum.checksum(of: bytes) == checksumByDefinition(bytes))
    }
    let ones = [UInt8](repeating: 0xFF, count: 65535)
    #expect(InternetChecksum.checksum(of: ones) == checksumByDefinition(ones))
  }

  @Test("an update gives the checksum of the changed bytes")
  func updateAgrees() {
    var random = SplitMix64(seed: 1624)
    for _ in 0..<500 {
      var bytes = random.bytes(20...20)
      let before = InternetChecksum.checksum(of: bytes)
      let old = UInt16(bytes[4]) << 8 | UInt16(bytes[5])
      let new = UInt16.random(in: 0...UInt16.max, using: &random)
      bytes[4] = UInt8(new >> 8)
      bytes[5] = UInt8(new & 0xFF)
      let updated = InternetChecksum.updated(before, replacing: old, with: new)
      #expect(updated == InternetChecksum.checksum(of: bytes))
    }
  }

  private func checksumByDefinition(_ bytes: [UInt8]) -> UInt16 {
    var sum = 0
    for index in bytes.indices {
      sum += Int(bytes[index]) * (index.isMultiple(of: 2) ? 256 : 1)
      if sum > 0xFFFF { sum -= 0xFFFF }
    }
    return UInt16(0xFFFF - sum)
  }
}
