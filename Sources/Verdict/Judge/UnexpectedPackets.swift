// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The packets that no message accounts for, those of one kind together.
public struct UnexpectedPackets: Sendable {
  /// The host whose end of the cable they were seen at: where they came from, where both ends saw them.
  public let host: HostName
  /// Whether that host sent them.
  public let isOutgoing: Bool
  /// What they are: `IGMP membership report, 1.1.1.1 to 224.0.0.22`.
  public let summary: String
  /// How many there were.
  public private(set) var count = 1
  /// The bytes of the first: from its IP header on, or the whole frame where it is none of IP.
  public let bytes: [UInt8]
  /// The places of all of them among all frames as they were recorded.
  fileprivate(set) var positions: [Int]
  /// The play while which all of them were seen; nil where that says nothing.
  private(set) var window: Int?
  /// The connection that they are of, beside the one of the streams; nil where they are of none.
  private let connection: OtherConnection?

  private init(_ one: Unaccounted, of connection: OtherConnection?) {
    (host, isOutgoing, summary, bytes) = (one.host, one.isOutgoing, one.summary.text, one.bytes)
    (positions, window) = (one.positions, one.window)
    self.connection = connection
  }

  /// Gathers what nobody accounts for, in the order in which the first of each kind was seen; beside a connection of
  /// streams the packets of another to the same port are one kind.
  static func gather(
    _ attribution: Attribution, beside connection: StreamConnection? = nil, in network: Network = .lan
  ) -> [UnexpectedPackets] {
    enum Kind: Hashable {
      case summary(String, host: HostName, isOutgoing: Bool)
      case connection(OtherConnection)
    }
    var groups: [UnexpectedPackets] = []
    var places: [Kind: Int] = [:]
    for one in attribution.unaccounted {
      let other = connection.flatMap { OtherConnection(one, beside: $0, in: network) }
      let kind =
        other.map { Kind.connection($0) }
        ?? .summary(one.summary.text, host: one.host, isOutgoing: one.isOutgoing)
      if let place = places[kind] {
        groups[place].add(one)
      } else {
        places[kind] = groups.count
        groups.append(UnexpectedPackets(one, of: other))
      }
    }
    return groups
  }

  private mutating func add(_ other: Unaccounted) {
    count += 1
    positions += other.positions
    if window != other.window { window = nil }
  }

  /// The sentence that says so: `2 unexpected packets from the sender: UDP, 1.1.1.1:5000 to 8.8.8.8:53`.
  var sentence: String {
    if let connection {
      return "a second connection to port \(connection.serverPort), from port \(connection.clientPort) of the"
        + " \(connection.client.rawValue):"
        + " all streams of a file share one connection (\(count == 1 ? "1 packet" : "\(count) packets"))"
    }
    let number = count == 1 ? "unexpected packet" : "\(count) unexpected packets"
    let way = isOutgoing ? "from the \(host.rawValue)" : "that arrived at the \(host.rawValue)"
    return "\(number) \(way): \(summary)"
  }
}

/// A connection to the port of that of a scenario's streams, from another port.
struct OtherConnection: Hashable {
  /// Who opened it.
  let client: HostName
  /// The port that it has at the client.
  let clientPort: UInt16
  /// The port that it has at the server.
  let serverPort: UInt16

  /// Finds the connection that a packet is of; nil where it is of none to that port.
  init?(_ one: Unaccounted, beside connection: StreamConnection, in network: Network) {
    guard let packet = one.packet?.packet, Segment(of: packet) != nil else { return nil }
    let ports = DatagramPorts(packet)
    let version = packet.version
    let (client, server) = (
      network[connection.client].address(of: version), network[connection.server].address(of: version)
    )
    switch (packet.header.source, packet.header.destination) {
    case (client, server) where ports.destination == connection.serverPort: clientPort = ports.source
    case (server, client) where ports.source == connection.serverPort: clientPort = ports.destination
    default: return nil
    }
    (self.client, serverPort) = (connection.client, connection.serverPort)
  }
}
