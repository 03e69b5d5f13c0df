// SPDX-License-Identifier: Apache-2.0

/// How an interface of a pcapng file counts time (draft-ietf-opsawg-pcapng §4.2, if_tsresol and if_tsoffset).
struct PcapngClock {
  private static let nanosecondsPerSecond: UInt64 = 1_000_000_000
  private static let binaryFlag: UInt8 = 0x80

  /// A negative power of 10, or of 2 where the top bit is set.
  private let resolution: UInt8
  /// Seconds to add.
  private let offset: Int64

  /// Left out, time is in microseconds and nothing is added.
  init(resolution: UInt8?, offset: Int64?) {
    self.resolution = resolution ?? 6
    self.offset = offset ?? 0
  }

  /// A timestamp in nanoseconds since 1970, kept within 0...`UInt64.max`.
  func nanoseconds(_ ticks: UInt64) -> UInt64 {
    let exponent = Int(resolution & ~Self.binaryFlag)
    let isBinary = resolution & Self.binaryFlag != 0
    let time = isBinary ? Self.binary(ticks, exponent) : Self.decimal(ticks, exponent)
    let (shift, overflow) = offset.magnitude.multipliedReportingOverflow(by: Self.nanosecondsPerSecond)
    if offset < 0 { return overflow || shift > time ? 0 : time - shift }
    let (sum, sumOverflow) = time.addingReportingOverflow(shift)
    return overflow || sumOverflow ? .max : sum
  }

  private static func decimal(_ ticks: UInt64, _ exponent: Int) -> UInt64 {
    var time = ticks
    for _ in 0..<max(0, exponent - 9) {
      time /= 10
    }
    for _ in 0..<max(0, 9 - exponent) {
      let (product, overflow) = time.multipliedReportingOverflow(by: 10)
      time = overflow ? .max : product
    }
    return time
  }

  private static func binary(_ ticks: UInt64, _ exponent: Int) -> UInt64 {
    let (high, low) = ticks.multipliedFullWidth(by: nanosecondsPerSecond)
    if exponent >= 64 { return high >> UInt64(exponent - 64) }
    guard high >> UInt64(exponent) == 0 else { return .max }
    return high << UInt64(64 - exponent) | low >> UInt64(exponent)
  }
}
