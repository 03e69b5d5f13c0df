// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

/// Which hosts the next case of a matrix may have: those in which nothing is left of the one before.
@Suite("hosts that are handed on, as root") struct SpareHostsTests {
  private static let text = "{ matrix: { n: [1, 2] }, exchange: ['message ${n}'] }"

  /// What a case can leave in its hosts.
  enum Remains: CaseIterable {
    case nothing
    case socketInSender
    case socketInReceiver
    case frame
  }

  /// Leaves something in the hosts of a case that was played.
  private func leave(_ remains: Remains, in player: inout Player) throws -> [RawSocketBox] {
    switch remains {
    case .nothing: return []
    case .socketInSender:
      return [
        try player.stage.hosts.enter(.sender) { () throws(SystemError) in
          RawSocketBox(try RawSocket(protocol: 200))
        }
      ]
    case .socketInReceiver:
      return [
        try player.stage.hosts.enter(.receiver) { () throws(SystemError) in
          RawSocketBox(try RawSocket(protocol: 200))
        }
      ]
    case .frame:
      // It is of a kind that leaves no trace itself, and nobody has taken it from the capture.
      let header = IPv4Header(
        source: IPv4Address(1, 1, 1, 100), destination: IPv4Address(1, 1, 1, 1), protocol: 253)
      let packet = IPv4Packet.build(header: header, payload: [1])
      let ethernet = EthernetHeader(
        destination: player.stage.hosts.receiver.mac, source: player.stage.hosts.sender.mac)
      try player.stage.hosts.sender.capture.send(ethernet.bytes + packet.bytes)
      return []
    }
  }

  @Test(
    "hosts in which anything is left, or that captured what nobody took, are not handed on",
    arguments: Remains.allCases)
  func remains(_ remains: Remains) throws {
    let both = try cases(Self.text).map(\.scenario)
    var spare = SpareHosts()
    var player = try Player(
      both[0], spare: &spare, with: testResources(), until: Deadline(after: .seconds(30)))
    try player.play()
    let held = try leave(remains, in: &player)
    try player.countCaptures()
    try player.end(handingTo: &spare)
    let hosts = spare.take(for: both[1])
    let isHandedOn = hosts != nil
    #expect(isHandedOn == (remains == .nothing))
    withExtendedLifetime(held) {}
  }

  @Test("in hosts that were handed on the markers go on with their numbers")
  func markers() throws {
    let both = try cases(Self.text).map(\.scenario)
    var spare = SpareHosts()
    let (resources, deadline) = (try testResources(), Deadline(after: .seconds(30)))
    var player = try Player(both[0], spare: &spare, with: resources, until: deadline)
    try player.play()
    try player.countCaptures()
    let last = player.stage.watch.lastMarker
    try player.end(handingTo: &spare)
    let next = try Player(both[1], spare: &spare, with: resources, until: deadline)
    let first = next.stage.watch.lastMarker
    #expect(last > 0 && first == last)
    let other = try Player(both[1], spare: &spare, with: resources, until: deadline)
    let new = other.stage.watch.lastMarker
    #expect(
      new >> 32 > last >> 32, "no hosts were left for it, and what was seen between others is of no use")
  }
}

/// Holds a socket in a list.
private final class RawSocketBox {
  private let socket: RawSocket
  init(_ socket: consuming RawSocket) { self.socket = socket }
}
