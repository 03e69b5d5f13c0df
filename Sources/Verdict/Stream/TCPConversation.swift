// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// A TCP connection between the two hosts, followed segment by segment as the captures see it (RFC 9293).
///
/// Nothing of it grows with what has passed, but for gaps.
public struct TCPConversation: Sendable {
  private let connection: StreamConnection
  private let addresses: [HostName: IPAddress]
  private let checksArrivals: Bool
  /// Whether all segments are captured, or only those by which the connection begins and ends.
  public let isFollowed: Bool
  private var clientPort: UInt16?
  /// The ports from which the client began in vain.
  private var refusedPorts: Set<UInt16> = []
  private var fromSender: TCPDirection
  private var fromReceiver: TCPDirection
  private let fresh: [HostName: TCPDirection]

  /// The plays whose bytes left before anything had come of the one that they answer, by their places among all plays.
  public private(set) var early: [Int] = []
  /// What must have come of the other host when a host sends its next message, by the host.
  private var turns: [HostName: ArraySlice<Turn>] = [:]

  /// The beginning of a message that answers others.
  private struct Turn {
    let position: Int
    let start: Int
    let needed: Int
  }

  /// How many times the client began, with different ports.
  public private(set) var attempts = 0

  /// Follows the connection of a scenario; nil where it has none.
  public init?(_ scenario: Scenario) {
    guard let connection = scenario.connection else { return nil }
    self.init(connection, in: scenario)
  }

  /// Follows a connection between the hosts of a scenario, of whose bytes nothing is asked that the scenario does not say.
  init(_ connection: StreamConnection, in scenario: Scenario) {
    self.connection = connection
    clientPort = connection.clientPort
    let version = scenario.streamVersion
    addresses = [
      .sender: scenario.network.sender.address(of: version),
      .receiver: scenario.network.receiver.address(of: version),
    ]
    // What a cable has made wrong a kernel drops.
    checksArrivals = scenario.network.cable != nil
    isFollowed = !scenario.capturesNoSegments
    fromSender = TCPDirection(.sender, StreamContents(scenario, from: .sender))
    fromReceiver = TCPDirection(.receiver, StreamContents(scenario, from: .receiver))
    fresh = [.sender: fromSender, .receiver: fromReceiver]
    if scenario.pacing == .lockstep, isFollowed { turns = Self.turns(of: scenario) }
  }

  /// The turns of each host, as far as anybody knows where messages begin and end.
  private static func turns(of scenario: Scenario) -> [HostName: ArraySlice<Turn>] {
    let contents = HostName.allCases.map { ($0, StreamContents(scenario, from: $0)) }
    let parts = contents.flatMap { host, contents in contents.parts.map { (host, $0) } }
      .sorted { $0.1.position < $1.1.position }
    var begun: [HostName: Int] = [:]
    var turns: [HostName: ArraySlice<Turn>] = [:]
    for (host, part) in parts {
      // An echo begins as soon as anything has come.
      let needed = begun[host.other].map { $0 + 1 } ?? 0
      turns[host, default: []].append(Turn(position: part.position, start: part.start, needed: needed))
      // Where one has no known end, nothing is known of those behind it.
      guard part.end != nil else { break }
      begun[host] = part.start
    }
    return turns
  }

  /// Notes the messages that begin with what a host has sent by now, and before their turn.
  private mutating func noteTurns(of host: HostName) {
    let (sent, arrived) = (self[from: host].sentCount, self[from: host.other].arrivedCount)
    while let turn = turns[host]?.first, turn.start < sent {
      if arrived < turn.needed { early.append(turn.position) }
      turns[host]?.removeFirst()
    }
  }

  /// The host that opens it.
  public var client: HostName { connection.client }

  /// What a host sends on it.
  public subscript(from host: HostName) -> TCPDirection {
    get { host == .sender ? fromSender : fromReceiver }
    _modify { if host == .sender { yield &fromSender } else { yield &fromReceiver } }
  }

  /// Whether both hosts have begun it.
  public var isOpen: Bool { fromSender.begin != nil && fromReceiver.begin != nil }
  /// Whether nothing more can come on it: both hosts have ended it, or one has reset it.
  public var isOver: Bool { isReset || hasOrderlyEnd }

  private var hasOrderlyEnd: Bool { HostName.allCases.allSatisfy(isEnded) }

  /// Whether a host has said that it sends no more, and the other has acknowledged that, as far as that is captured.
  public func isEnded(by host: HostName) -> Bool {
    isFollowed ? self[from: host].isEnded : self[from: host].end != nil
  }

  /// Whether either host has reset it: behind its end a late copy of a segment is answered by RST, which says nothing of
  /// the connection (RFC 9293 §3.10.7.1).
  public var isReset: Bool { fromSender.resets + fromReceiver.resets > 0 && !hasOrderlyEnd }

  /// Takes a frame, if it is one of the connection; returns whether it was.
  public mutating func take(_ frame: FrameRecord) -> Bool {
    guard let segment = TCPSegment(frame: frame.bytes) else { return false }
    let host = frame.isOutgoing ? frame.host : frame.host.other
    guard segment.source == addresses[host], segment.destination == addresses[host.other] else {
      return false
    }
    guard isOfConnection(segment, from: host) else {
      let ports = [segment.sourcePort, segment.destinationPort]
      return ports.contains(connection.serverPort) && !refusedPorts.isDisjoint(with: ports)
    }
    let isWhole = segment.payload.count == segment.length
    if frame.isOutgoing {
      self[from: host].noteSent(segment, isWhole: isWhole)
      if isFollowed { noteAcknowledgment(segment, from: host) }
      if segment.length > 0 { noteTurns(of: host) }
    } else if !checksArrivals || frame.hasRightChecksums {
      self[from: host].noteArrived(segment, isWhole: isWhole)
    }
    return true
  }

  /// Whether a segment has the ports; a client that was refused begins anew with another.
  ///
  /// The capture at either end may be looked at before the other: the first SYN that is seen begins, wherever that was.
  private mutating func isOfConnection(_ segment: TCPSegment, from host: HostName) -> Bool {
    let isClient = host == connection.client
    let (server, client) =
      isClient
      ? (segment.destinationPort, segment.sourcePort) : (segment.sourcePort, segment.destinationPort)
    guard server == connection.serverPort else { return false }
    let begins =
      isClient && segment.isFirst && !segment.acknowledges && !refusedPorts.contains(client)
    if begins, attempts == 0, clientPort == nil { clientPort = client }
    if begins, attempts == 0 { attempts = 1 }
    if begins, client != clientPort, let refused = clientPort, self[from: connection.server].hasRefused {
      refusedPorts.insert(refused)
      (clientPort, attempts) = (client, attempts + 1)
      for (host, direction) in fresh { self[from: host] = direction }
    }
    return client == clientPort
  }

  private mutating func noteAcknowledgment(_ segment: TCPSegment, from host: HostName) {
    guard segment.acknowledges, !segment.isReset, self[from: host.other].begin != nil else { return }
    let other = self[from: host.other]
    let count = other.count(acknowledgedBy: segment.acknowledgmentNumber)
    self[from: host].noteAcknowledging(count, arrived: other.acknowledgeable)
    if count <= other.acknowledgeable { self[from: host.other].noteAcknowledged(count) }
  }
}

extension FrameRecord {
  /// Whether the packet in it has the checksums that it should, as a kernel looks at them.
  fileprivate var hasRightChecksums: Bool {
    guard let version = (try? EthernetHeader(parsing: bytes[...])).flatMap({ IPVersion($0.etherType) }),
      let packet = try? IPPacket(parsing: bytes.dropFirst(EthernetHeader.length), as: version),
      packet.header.isChecksumRight, let segment = Segment(of: packet), let field = segment.checksumField
    else { return false }
    return isChecksumOffloaded || segment.isRight(field, in: packet.header)
  }
}
