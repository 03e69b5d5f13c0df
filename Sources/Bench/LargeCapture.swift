// SPDX-License-Identifier: Apache-2.0

import Linux
import Wire

/// Taking every packet of a large capture apart, beside `tshark -V -x` where it is installed.
enum LargeCapture {
  static func rows(_ options: BenchOptions) throws -> [Row] {
    let count = options.isQuick ? 20_000 : 200_000
    let file = try write(packets: count, to: "\(options.folder)/large.pcap")
    var round = RoundRobin()
    var peaks: [Double] = []
    round.add("decode") {
      let process = try MeasuredProcess([options.program, "decode", file])
      peaks.append(Double(process.peakBytes) / 1e6)
      return process.time.milliseconds
    }
    let hasTshark = Executable.isOnPath("tshark")
    if hasTshark {
      round.addTime("tshark") { _ = try MeasuredProcess(["/usr/bin/env", "tshark", "-V", "-x", "-r", file]) }
    }
    let samples = try round.run(rounds: max(2, options.rounds / 5))
    let decode = try samples.of("decode")
    let peak = Row("decode of \(count) packets, peak memory", "MB", Samples(values: peaks), .medianAtMost(32))
    guard hasTshark else { return [Row("decode of \(count) packets", "ms", decode), peak] }
    let tshark = (name: "tshark -V -x", samples: try samples.of("tshark"))
    return [
      Row("tshark -V -x of \(count) packets", "ms", tshark.samples),
      Row("decode of \(count) packets", "ms", decode, to: tshark, .ratioAtMost(1)), peak,
    ]
  }

  /// A capture of datagrams of 0 to 999 bytes, a piece at a time, lest this process become as large.
  private static func write(packets count: Int, to path: String) throws -> String {
    let file = try GrowingFile(path)
    try file.append(littleEndian([0xA1B2_C3D4, 0x0004_0002, 0, 0, 262_144, 228]))
    for begin in stride(from: 0, to: count, by: 1000) {
      let records = (begin..<min(begin + 1000, count)).flatMap { number in
        let packet = datagram(number)
        let length = UInt32(packet.count)
        return littleEndian([UInt32(number / 1000), UInt32(number % 1000), length, length]) + packet
      }
      try file.append(records)
    }
    try file.finish()
    return path
  }

  private static func datagram(_ number: Int) -> [UInt8] {
    let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number % 1000)
    let length = 8 + payload.count
    let udp: [UInt8] = [0xEE, 0x48, 0xEE, 0x49, UInt8(length >> 8), UInt8(length & 0xFF), 0, 0]
    let header = IPv4Header(
      source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(10, 0, 0, 2), protocol: 17)
    return IPv4Packet.build(header: header, payload: udp + payload).bytes
  }

  private static func littleEndian(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) } }
  }
}
