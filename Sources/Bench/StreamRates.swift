// SPDX-License-Identifier: Apache-2.0

import CBench
import Glibc
import Harness
import Linux
import Scenario
import Verdict

/// How many bytes a second go over a connection of TCP, and how many datagrams to a program.
enum StreamRates {
  private static let port: UInt16 = 7777
  private static let plain = "C, TCP"
  private static let plainDatagrams = "C, UDP"

  /// What a stream's bytes may be, and how a file says so.
  private static let fills = [
    ("counted", ""), ("zeros", ", fill: 'zeros'"), ("of a seed", ", fill: { seed: 7 }"),
  ]

  static func rows(_ options: BenchOptions) throws -> [Row] {
    try streams(options) + datagrams(options)
  }

  // MARK: - Streams

  private static func streams(_ options: BenchOptions) throws -> [Row] {
    let bytes = options.isQuick ? 1 << 27 : 1 << 30
    var round = RoundRobin()
    round.add(plain) { try measurePlain(bytes) }
    for (name, fill) in fills {
      let path = try GeneratedFiles.stream(of: bytes, fill: fill, in: options.folder)
      round.add(name) { try measure(path, bytes, options) }
    }
    let hasIperf = Executable.isOnPath("iperf3")
    if hasIperf { round.add("iperf3") { try Iperf3.bytesPerSecond(of: bytes, options) / 1e9 } }
    let samples = try round.run(rounds: max(2, options.rounds / 3))
    let reference = (name: plain, samples: try samples.of(plain))
    let streams = try fills.map { name, _ in
      Row.rate(
        "streams: bytes \(name), every one checked", "GB/s", try samples.of(name), to: reference,
        .ratioAtLeast(0.9))
    }
    let iperf =
      hasIperf
      ? [Row.rate("streams: iperf3", "GB/s", try samples.of("iperf3"), to: reference)] : []
    return [.rate("streams: \(plain), nothing checked", "GB/s", reference.samples)] + iperf + streams
  }

  private static func measurePlain(_ bytes: Int) throws -> Double {
    let hosts = try TwoHosts()
    let listener = try TwoHosts.open(in: hosts.receiver) { cbench_listen(port) }
    let sender = try TwoHosts.open(in: hosts.sender) {
      cbench_connect(TwoHosts.receiverAddress.rawValue.bigEndian, port)
    }
    let time = cbench_stream(sender.rawValue, listener.rawValue, UInt64(bytes))
    guard time > 0 else { throw BenchError("\(plain): \(String(cString: strerror(errno)))") }
    return Double(bytes) / Double(time)
  }

  /// The rate of a stream through the harness, of which every byte must come as it was sent.
  private static func measure(_ path: String, _ bytes: Int, _ options: BenchOptions) throws -> Double {
    let stream = try play(path, options).stream
    guard let stream, stream.received(from: .sender) == bytes else {
      throw BenchError("\(path): not all bytes of the stream came")
    }
    return Double(stream.value(of: .rate)) / 1e9
  }

  private static func play(_ path: String, _ options: BenchOptions) throws -> CaseVerdict {
    guard let scenario = ScenarioLibrary(paths: [path]).scenarios.first else {
      throw BenchError("\(path) has no case")
    }
    let captures = CaseRunner.Captures(.none, in: options.folder)
    let runner = CaseRunner(captures: captures, application: "twohost-bench")
    let result = runner.run(PlannedCase(scenario, position: 1), stop: try StopRequest())
    guard case .judged(let verdict) = result.outcome, verdict.isPassed else {
      throw BenchError("\(path) ended as \(result.status)")
    }
    return verdict
  }

  // MARK: - Datagrams

  private static let datagramLength = 36

  private static func datagrams(_ options: BenchOptions) throws -> [Row] {
    let count = options.isQuick ? 500 : 5000
    let path = try GeneratedFiles.datagrams(
      count, to: "\(options.programs)/documented-udp-receiver", in: options.folder)
    var round = RoundRobin()
    round.add(plainDatagrams) { try measureDatagrams(20 * count) }
    round.addTime("program", per: count) { _ = try play(path, options) }
    let hasIperf = Executable.isOnPath("iperf3")
    if hasIperf {
      round.add("iperf3") { try Iperf3.datagramsPerSecond(20 * count, datagramLength, options) / 1e3 }
    }
    let samples = try round.run(rounds: max(2, options.rounds / 3))
    let reference = (name: plainDatagrams, samples: try samples.of(plainDatagrams))
    let judged = try samples.of("program").rates(of: 1)
    let iperf =
      hasIperf
      ? [Row.rate("datagrams: iperf3", "k/s", try samples.of("iperf3"), to: reference)] : []
    return [.rate("datagrams: \(plainDatagrams), nothing checked", "k/s", reference.samples)] + iperf + [
      .rate("datagrams to a program, each captured, awaited and judged", "k/s", judged, to: reference)
    ]
  }

  private static func measureDatagrams(_ count: Int) throws -> Double {
    let hosts = try TwoHosts()
    let receiver = try TwoHosts.open(in: hosts.receiver) { cbench_open_udp_receiver(port) }
    let sender = try TwoHosts.open(in: hosts.sender) {
      cbench_open_udp_sender(TwoHosts.receiverAddress.rawValue.bigEndian, port)
    }
    var rate = cbench_rate()
    let bytes = [UInt8](repeating: 0, count: datagramLength)
    let result = bytes.withUnsafeBytes {
      cbench_measure(sender.rawValue, receiver.rawValue, $0.baseAddress, $0.count, UInt64(count), &rate)
    }
    guard result == 0 else { throw BenchError("\(plainDatagrams): \(String(cString: strerror(errno)))") }
    return Double(rate.received) * 1e6 / Double(rate.nanoseconds)
  }
}
