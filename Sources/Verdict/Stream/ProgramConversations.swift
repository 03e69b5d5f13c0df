// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The connections of TCP between two programs that send each other what they like: each must be accounted for from its SYN
/// to its end, though nobody says what bytes are on it.
struct ProgramConversations {
  private let scenario: Scenario
  private var conversations: [(connection: StreamConnection, conversation: TCPConversation)] = []

  /// So many connections are followed, the first that were opened.
  private static let mostFollowed = 1024

  /// Follows what captures saw; nothing where the file has an exchange.
  init(_ scenario: Scenario, _ record: CaseRecord) {
    self.scenario = scenario
    guard scenario.exchange.isEmpty else { return }
    let frames = record.recordedFrames
    var places: [Opening: Int] = [:]
    // Who opened a connection is known by its SYN, which may stand behind what the other end saw of it.
    for frame in frames where frame.isOutgoing {
      guard let segment = TCPSegment(frame: frame.bytes),
        let opening = Opening(segment, from: frame.host), places[opening] == nil,
        places.count < Self.mostFollowed
      else { continue }
      places[opening] = conversations.count
      conversations.append((opening.connection, TCPConversation(opening.connection, in: scenario)))
    }
    guard !conversations.isEmpty else { return }
    follow(frames, places)
  }

  /// Gives each segment to the conversation that its ports had last begun in the same capture: ports are used again.
  private mutating func follow(_ frames: [FrameRecord], _ places: [Opening: Int]) {
    var current: [HostName: [StreamConnection: Int]] = [:]
    for frame in frames {
      guard let segment = TCPSegment(frame: frame.bytes) else { continue }
      let host = frame.isOutgoing ? frame.host : frame.host.other
      if let opening = Opening(segment, from: host) {
        current[frame.host, default: [:]][opening.connection] = places[opening]
      }
      let own = [
        StreamConnection(
          client: host, serverPort: segment.destinationPort, clientPort: segment.sourcePort),
        StreamConnection(
          client: host.other, serverPort: segment.sourcePort, clientPort: segment.destinationPort),
      ]
      for connection in own {
        if let place = current[frame.host]?[connection] {
          _ = conversations[place].conversation.take(frame)
        }
      }
    }
  }

  /// What is wrong, of each connection that both hosts have begun.
  var findings: [Finding] {
    conversations.filter(\.conversation.isOpen).flatMap { connection, conversation in
      let name =
        conversations.count == 1
        ? "" : " (from port \(connection.clientPort ?? 0) to port \(connection.serverPort))"
      return HostName.allCases.flatMap { host in
        (conversation[from: host].faultTexts + endings(of: host, conversation)).map {
          find($0.fault, host, $0.text + name)
        }
      }
    }
  }

  /// That a host never said that it sends no more. Whether the other has acknowledged that is not asked: programs do not
  /// wait for it.
  private func endings(
    of host: HostName, _ conversation: TCPConversation
  ) -> [(fault: StreamFault, text: String)] {
    let hasEnded = conversation[from: host].end != nil || conversation.isReset
    guard !hasEnded, scenario.network.cable == nil else { return [] }
    return [(.notEnded(host), "the \(host.rawValue) never ended its side of the connection (FIN)")]
  }

  private func find(_ fault: StreamFault, _ host: HostName, _ text: String) -> Finding {
    let span = (host == .sender ? scenario.sender : scenario.receiver).span
    return Finding(kind: .stream(fault), places: [], span: span ?? scenario.whole, text: text)
  }
}

/// What tells connections apart: their ports, and the number of the SYN with which the client began.
private struct Opening: Hashable {
  let connection: StreamConnection
  let sequenceNumber: UInt32

  /// The beginning that a segment is; nil where it is none.
  init?(_ segment: TCPSegment, from host: HostName) {
    guard segment.isFirst, !segment.acknowledges else { return nil }
    connection = StreamConnection(
      client: host, serverPort: segment.destinationPort, clientPort: segment.sourcePort)
    sequenceNumber = segment.sequenceNumber
  }
}
