// SPDX-License-Identifier: Apache-2.0

import Wire

/// The TCP connection on which the messages of a scenario are streams of bytes.
public struct StreamConnection: Hashable, Sendable {
  /// The host that opens it: the one that sends first.
  public let client: HostName
  /// The port at which the other host listens.
  public let serverPort: UInt16
  /// The port that the client has; nil where a program chooses one.
  public let clientPort: UInt16?

  /// Says who opened a connection, and between which ports.
  public init(client: HostName, serverPort: UInt16, clientPort: UInt16?) {
    (self.client, self.serverPort, self.clientPort) = (client, serverPort, clientPort)
  }

  /// The host that listens.
  public var server: HostName { client.other }
}

/// What is counted of a TCP connection.
public enum StreamMeasure: String, CaseIterable, Hashable, Sendable {
  /// Segments that left either host, those without payload included.
  case segments
  /// Segments whose bytes, or some of them, had left before (RFC 9293 §3.8.1).
  case retransmissions
  /// Segments that arrived behind a gap, or behind what was sent after them.
  case outOfOrder
  /// How many times a host told that it has no room (RFC 9293 §3.8.6).
  case zeroWindows
  /// Bytes that went through in a second, from the first that was sent to the last that came.
  case rate

  /// The measure in words.
  public var name: String {
    switch self {
    case .segments, .retransmissions, .rate: rawValue
    case .outOfOrder: "segments out of order"
    case .zeroWindows: "zero windows"
    }
  }

  /// A value of it in words: `17`, `812000000 bytes/s`.
  public func format(_ value: UInt64) -> String { self == .rate ? "\(value) bytes/s" : "\(value)" }
}

/// What a file asks of the connection.
public struct StreamExpectation: Sendable {
  /// Where the file says it.
  public let span: SourceSpan
  /// What is asked, by measure.
  public internal(set) var matchers: [StreamMeasure: Located<FieldMatcher>] = [:]
  /// Whether the connection is to end by RST; by FIN from both hosts where the file says nothing.
  public internal(set) var reset: Located<Bool>?

  init(span: SourceSpan) {
    self.span = span
  }
}

extension Scenario {
  /// Whether its messages are streams of bytes on a TCP connection.
  public var isOfStreams: Bool { exchange.contains { $0.stream != nil } }

  /// The connection of its streams; nil where it has none.
  public var connection: StreamConnection? {
    guard let first = exchange.first, first.stream != nil, let tcp = transports.first,
      let port = tcp.destinationPort
    else { return nil }
    let client = first.from.value
    let own = tcp.values["sourcePort"].map { UInt16(truncatingIfNeeded: $0.value) }
    return StreamConnection(
      client: client, serverPort: port, clientPort: program(in: client) == nil ? own ?? Self.clientPort : own)
  }

  private static let clientPort: UInt16 = 40_000

  /// The version of IP under which its streams go; of programs without an exchange, the one that is used.
  public var streamVersion: IPVersion { exchange.first?.version ?? (uses(.v4) ? .v4 : .v6) }

  /// How many bytes its streams have, as far as anybody knows beforehand.
  public var streamBytes: Int {
    exchange.reduce(0) { $0 + ($1.stream?.value.count ?? 0) * $1.repetitions }
  }

  /// Whether its streams are so long that a host leaves segments and checksums to its card, as every host does that is in
  /// a hurry; a cable that does something has to see each segment, and so has who asks something of every packet.
  public var isOfLongStreams: Bool {
    isOfStreams && network.cable == nil && expect.every == nil && streamBytes > Self.longStream
  }

  private static let longStream = 1 << 20

  /// Whether captures take of the connection only the segments by which it begins and ends: both ends are our own, and check
  /// each byte, and their kernels count the segments.
  public var capturesNoSegments: Bool { isOfLongStreams && !hasPrograms }
}
