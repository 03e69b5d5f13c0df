// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// How many of the packets that programs have to send were seen to be sent so far.
///
/// Which of a program's packets is which message is sorted out when all is over: until then they are counted.
public struct AwaitedPackets: Sendable {
  private let types: FrameTypes
  private var hosts: [HostName: Awaited] = [:]

  /// What is awaited of one host's program.
  private struct Awaited {
    /// How many packets must have been sent when a play is over, by the play's position.
    var wanted: [Int: Int] = [:]
    var total = 0
    var likenesses = PacketLikenesses()
    var seen = 0

    mutating func await(_ play: Play, _ packet: IPPacket?) {
      total += play.message.expect.leastCopies(at: .sent)
      wanted[play.position] = total
      if let packet { likenesses.insert(packet) }
    }
  }

  /// Awaits nothing.
  public init() {
    types = FrameTypes(packets: [:])
  }

  /// Awaits a packet of each play that a program has to send, or as many copies as are expected at least.
  public init(of scenario: Scenario) {
    for host in HostName.allCases where scenario.program(in: host) != nil { hosts[host] = Awaited() }
    guard !hosts.isEmpty else {
      types = FrameTypes(packets: [:])
      return
    }
    types = scenario.frameTypes
    var known: Set<Int> = []
    for play in scenario.plays {
      let host = play.message.from.value
      guard hosts[host] != nil, play.message.expect.mustBeSeen(at: .sent) else { continue }
      let packet = known.insert(play.number).inserted ? play.message.packet(in: scenario) : nil
      hosts[host]?.await(play, packet)
    }
  }

  /// Counts a frame, if its host's program has sent it and it can be a message.
  public mutating func note(_ frame: FrameRecord) {
    guard frame.isOutgoing, let awaited = hosts[frame.host], awaited.seen < awaited.total,
      let captured = CapturedPacket(frame, position: 0, types: types),
      let packet = captured.packet,
      packet.header.fragmentOffset == 0
        || awaited.likenesses.hasPieces, awaited.likenesses.contains(packet)
    else { return }
    hosts[frame.host]?.seen += 1
  }

  /// The packet that is awaited next before a play is over, in words; nil where all were seen.
  public func lacking(of play: Play) -> String? {
    guard let awaited = hosts[play.message.from.value], let wanted = awaited.wanted[play.position],
      awaited.seen < wanted
    else { return nil }
    let copies = play.message.expect.leastCopies(at: .sent)
    let number = copies - (wanted - awaited.seen) + 1
    return number <= 1 ? "a packet of \(play.title)" : "packet \(number) of \(play.title)"
  }
}

/// What packets of some messages have in common: addresses and protocol, or their payload.
private struct PacketLikenesses: Sendable {
  private var ways: Set<PacketWay> = []
  private var payloads: Set<ByteKey> = []
  /// Whether a message asks to be a piece itself.
  private(set) var hasPieces = false

  mutating func insert(_ packet: IPPacket) {
    ways.insert(PacketWay(packet.header))
    if !packet.payload.isEmpty { payloads.insert(ByteKey(packet.payload)) }
    if packet.header.fragmentOffset > 0 { hasPieces = true }
  }

  func contains(_ packet: IPPacket) -> Bool {
    ways.contains(PacketWay(packet.header)) || payloads.contains(ByteKey(packet.payload))
  }
}
