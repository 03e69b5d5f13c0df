// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Wire

@Suite("Time in pcapng files")
struct PcapngClockTests {
  @Test(
    "ticks of any resolution become nanoseconds",
    arguments: [
      (UInt8?.none, UInt64(1_500_000), UInt64(1_500_000_000)), (0, 2, 2_000_000_000), (3, 7, 7_000_000),
      (9, 42, 42), (12, 42_999, 42), (127, .max, 0), (0x80, 3, 3_000_000_000), (0x81, 3, 1_500_000_000),
      (0x80 | 63, 1 << 62, 500_000_000), (0x80 | 64, 1 << 63, 500_000_000), (0xFF, .max, 0),
    ])
  func resolutions(_ resolution: UInt8?, _ ticks: UInt64, _ nanoseconds: UInt64) {
    #expect(PcapngClock(resolution: resolution, offset: nil).nanoseconds(ticks) == nanoseconds)
  }

  @Test("an offset of seconds is added")
  func offsets() {
    #expect(PcapngClock(resolution: 9, offset: 2).nanoseconds(5) == 2_000_000_005)
    #expect(PcapngClock(resolution: 9, offset: -2).nanoseconds(2_000_000_005) == 5)
  }

  @Test("a time that does not fit is the nearest that does")
  func overflow() {
    #expect(PcapngClock(resolution: 0, offset: nil).nanoseconds(.max) == .max)
    #expect(PcapngClock(resolution: 0x80, offset: nil).nanoseconds(.max) == .max)
    #expect(PcapngClock(resolution: 9, offset: .max).nanoseconds(1) == .max)
    #expect(PcapngClock(resolution: 9, offset: .min).nanoseconds(.max) == 0)
    #expect(PcapngClock(resolution: 9, offset: 1).nanoseconds(.max) == .max)
  }
}
