// SPDX-License-Identifier: Apache-2.0

import CBench
import Glibc
import Harness
import Linux
import Scenario
import Verdict
import Wire

/// How many packets a second go from one host into the other's raw socket.
enum PacketRates {
  private static let packetLength = 64
  private static let protocolNumber: UInt8 = 253

  /// A way to send, and what it sends.
  private struct Way: Sendable {
    let name: String
    /// The flow that leaves the same way.
    let flow: String
    let via: String
    let bytes: [UInt8]
    let open: @Sendable () -> Int32
  }

  static func rows(_ options: BenchOptions) throws -> [Row] {
    let packets = options.isQuick ? 50_000 : 200_000
    var losses: [String: Int] = [:]
    var round = RoundRobin()
    for way in ways {
      round.add(way.name) {
        let rate = try measure(way, packets)
        losses[way.name, default: 0] += packets - Int(rate.received)
        return Double(rate.received) * 1e6 / Double(rate.nanoseconds)
      }
      round.add(way.flow) { try measureFlow(way, packets, options) }
    }
    let samples = try round.run(rounds: max(2, options.rounds / 3))
    let reference = (name: ways[0].name, samples: try samples.of(ways[0].name))
    return try ways.flatMap { way -> [Row] in
      let plain = (name: way.name, samples: try samples.of(way.name))
      let lost = losses[way.name] ?? 0
      let name = "packets: \(way.name)" + (lost > 0 ? ", \(lost) lost" : "")
      let isReference = way.name == reference.name
      return [
        .rate(name, "k/s", plain.samples, to: isReference ? nil : reference),
        .rate("packets: \(way.flow)", "k/s", try samples.of(way.flow), to: plain, .ratioAtLeast(0.9)),
      ]
    }
  }

  /// The rate of a flow through the harness, of which no packet may be lost or wrong.
  private static func measureFlow(_ way: Way, _ packets: Int, _ options: BenchOptions) throws -> Double {
    let size = packetLength - IPv4Header.minimumLength
    let path = try GeneratedFiles.flow(of: packets, size: size, via: way.via, in: options.folder)
    guard let scenario = ScenarioLibrary(paths: [path]).scenarios.first else {
      throw BenchError("\(path) has no case")
    }
    let captures = CaseRunner.Captures(.none, in: options.folder)
    let runner = CaseRunner(captures: captures, application: "twohost-bench")
    let result = runner.run(PlannedCase(scenario, position: 1), stop: try StopRequest())
    guard case .judged(let verdict) = result.outcome, verdict.isPassed, let flow = verdict.flows.first else {
      throw BenchError("a flow ended as \(result.status)")
    }
    return Double(flow.rate) / 1e3
  }

  private static let ways = [
    Way(
      name: "C, raw socket", flow: "a flow by socket, every packet checked", via: "socket", bytes: payload,
      open: { cbench_open_raw_sender(TwoHosts.receiverAddress.rawValue.bigEndian) }),
    Way(
      name: "C, frames", flow: "a flow by frame, every packet checked", via: "frame", bytes: frame,
      open: { cbench_open_frame_sender(TwoHosts.link) }),
  ]

  private static let payload = [UInt8](repeating: 0, count: packetLength - IPv4Header.minimumLength)

  private static var frame: [UInt8] {
    let header = EthernetHeader(
      destination: TwoHosts.receiverMAC, source: TwoHosts.senderMAC, etherType: .ipv4)
    let packet = IPv4Packet.build(
      header: IPv4Header(
        source: TwoHosts.senderAddress, destination: TwoHosts.receiverAddress, protocol: protocolNumber),
      payload: payload)
    return header.bytes + packet.bytes
  }

  private static func measure(_ way: Way, _ packets: Int) throws -> cbench_rate {
    let hosts = try TwoHosts()
    let receiver = try TwoHosts.open(in: hosts.receiver, cbench_open_receiver)
    let sender = try TwoHosts.open(in: hosts.sender, way.open)
    var rate = cbench_rate()
    let result = way.bytes.withUnsafeBytes {
      cbench_measure(
        sender.rawValue, receiver.rawValue, $0.baseAddress, $0.count, UInt64(packets), &rate)
    }
    guard result == 0 else { throw BenchError("\(way.name): \(String(cString: strerror(errno)))") }
    return rate
  }
}
