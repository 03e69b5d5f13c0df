// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A program that sends far more packets than the messages ask of it: what is taken of them has to end somewhere.
public struct PacketFlood: Sendable {
  /// How many packets it sent, those that found no room included.
  public let packets: Int
  /// How many packets found no room; 0 where it sent more than is taken of any program.
  private let homeless: Int

  private static let tolerated = 10_000
  /// What a kernel may say by itself, by ARP for example.
  private static let toleratedWithoutRoom = 8

  /// Whether the program in a host has flooded the cable; nil where it has not, or none runs there.
  ///
  /// Where something found no room in a capture, in the harness's own sockets or on the cable, nobody but a program that
  /// sent more than it was asked for is to blame.
  public init?(from host: HostName, _ scenario: Scenario, _ record: CaseRecord) {
    guard let most = Self.mostPackets(from: host, scenario) else { return nil }
    let (own, other) = (record.sent(by: host), record.sent(by: host.other))
    // Whose the packets were that found no room is not known: they are laid to whoever sent more.
    let lost = own >= other ? record.homeless : 0
    packets = own + lost
    let room = Self.twiceAsked(of: host, scenario) + Self.toleratedWithoutRoom
    guard packets > most || lost > 0 && own > room else { return nil }
    homeless = packets > most ? 0 : lost
  }

  /// How many packets the program in a host may send: twice as many as are asked of it, and some; nil where none
  /// runs there.
  public static func mostPackets(from host: HostName, _ scenario: Scenario) -> Int? {
    guard scenario.program(in: host) != nil else { return nil }
    return tolerated + twiceAsked(of: host, scenario)
  }

  private static func twiceAsked(of host: HostName, _ scenario: Scenario) -> Int {
    scenario.exchange.reduce(0) { sum, message in
      let packets =
        message.from.value == host ? message.mostPieces(in: scenario) : message.expect.returned.count
      return sum + 2 * message.repetitions * packets
    }
  }

  /// The sentence that says so of a host.
  func sentence(_ host: HostName) -> String {
    let sent = "the \(host.rawValue) sent \(packets) packets"
    return homeless == 0
      ? "\(sent), and was killed" : "\(sent), and there was no room for \(homeless) of them"
  }
}

extension CaseRecord {
  /// How many packets a host sent at least: what came out of a cable that does nothing was sent too, seen or not.
  fileprivate func sent(by host: HostName) -> Int {
    let sent = recordedFrames.count { $0.isOutgoing && $0.host == host }
    return cable.isEmpty ? max(sent, recordedFrames.count { !$0.isOutgoing && $0.host == host.other }) : sent
  }

  /// How many packets found no room where they were to be seen.
  fileprivate var homeless: Int {
    let dropped = counts.values.map(\.dropped) + cable.values.map(\.overflowed)
    return Int(clamping: dropped.max() ?? 0) + overflowed.values.reduce(0, +)
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
