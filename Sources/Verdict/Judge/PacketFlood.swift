// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A program that sends far more packets than the messages ask of it: what is taken of them has to end somewhere.
public struct PacketFlood: Sendable {
  /// How many packets it sent, those that found no room in the capture included.
  public let packets: Int

  private static let tolerated = 10_000

  /// Whether the program in a host has flooded the cable; nil where it has not, or none runs there.
  public init?(from host: HostName, _ scenario: Scenario, _ record: CaseRecord) {
    guard let most = Self.mostPackets(from: host, scenario) else { return nil }
    var sent: [HostName: Int] = [:]
    for frame in record.recordedFrames where frame.isOutgoing { sent[frame.host, default: 0] += 1 }
    let (own, other) = (sent[host] ?? 0, sent[host.other] ?? 0)
    // Whose the frames were that a capture dropped is not known: they are laid to whoever sent more.
    let dropped = own > other ? HostName.allCases.compactMap { record.counts[$0]?.dropped }.max() ?? 0 : 0
    packets = own + Int(clamping: dropped)
    guard packets > most else { return nil }
  }

  /// How many packets the program in a host may send: twice as many as are asked of it, and some; nil where none
  /// runs there.
  public static func mostPackets(from host: HostName, _ scenario: Scenario) -> Int? {
    guard scenario.program(in: host) != nil else { return nil }
    let messages = scenario.exchange.filter { $0.from.value == host }
    return tolerated + 2 * messages.reduce(0) { $0 + $1.repetitions * $1.mostPieces(in: scenario) }
  }
}

extension Message {
  /// An IPv4 header with all the options that it has room for, in bytes.
  private var longestHeader: Int { 60 }

  /// In how many pieces it is sent at most (RFC 791 §3.2).
  fileprivate func mostPieces(in scenario: Scenario) -> Int {
    let room = max(8, (Int(scenario.network.mtu) - longestHeader) / 8 * 8)
    return 1 + payload.value.count / room
  }
}
