// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// A connection whose segments a test makes by hand, between the sender, who opens it, and the receiver.
///
/// Bytes are counted from the first behind the SYN; each segment crosses the cable at once, unless it is lost on it.
struct PlayedStream {
  let scenario: Scenario
  private(set) var record: CaseRecord
  private var frames: [FrameRecord] = []
  /// The number of each host's SYN.
  var begin: [HostName: UInt32] = [.sender: 0xffff_fff0, .receiver: 5000]
  static let (fin, syn, rst, ack): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 4, 16)

  /// A scenario of streams to port 7777, whose connection is not open yet.
  init(_ text: String) throws {
    scenario = try Scenario(text: text)
    record = CaseRecord()
    record.stream = StreamRecord(try #require(TCPConversation(scenario)))
  }

  /// The handshake (RFC 9293 §3.5).
  mutating func open() {
    send(.sender, -1, Self.syn, acknowledging: nil)
    send(.receiver, -1, Self.syn | Self.ack, acknowledging: 0)
    send(.sender, 0, Self.ack, acknowledging: 0)
  }

  /// The handshake, and both messages, `hello` and `back`.
  mutating func exchange() {
    open()
    send(.sender, 0, Self.ack, "hello")
    send(.receiver, 0, Self.ack, "back", acknowledging: 5)
  }

  /// Both messages as they were sent, at the sockets of built-in roles.
  mutating func deliver() {
    deliver("back", to: .sender)
    deliver("hello", to: .receiver)
  }

  /// Says which hosts closed a connection with bytes unread.
  mutating func closeUnread(by hosts: Set<HostName>) { record.stream?.closedUnread = hosts }

  /// An orderly end, after so many bytes of either host.
  mutating func close(after sender: Int, _ receiver: Int) {
    send(.sender, sender, Self.fin | Self.ack, acknowledging: receiver)
    send(.receiver, receiver, Self.fin | Self.ack, acknowledging: sender + 1)
    send(.sender, sender + 1, Self.ack, acknowledging: receiver + 1)
  }

  /// Sends a segment from a byte on; nothing of it arrives where it is lost, or other bytes where those are given.
  mutating func send(
    _ host: HostName, _ place: Int, _ flags: UInt64 = ack, _ payload: String = "",
    acknowledging other: Int? = 0, window: UInt64 = 1000, arrives: Bool = true, as arrived: String? = nil,
    clientPort: UInt64 = 40_000
  ) {
    let (scenario, begin) = (scenario, begin)
    let make = { (payload: String) in
      Self.segment(
        host, place, flags, payload, acknowledging: other, window: window, clientPort: clientPort,
        begin, in: scenario)
    }
    take(make(payload), at: host, isOutgoing: true)
    if arrives { take(make(arrived ?? payload), at: host.other, isOutgoing: false) }
  }

  private static func segment(
    _ host: HostName, _ place: Int, _ flags: UInt64, _ payload: String, acknowledging other: Int?,
    window: UInt64, clientPort: UInt64, _ begin: [HostName: UInt32], in scenario: Scenario
  ) -> IPv4Packet {
    let addresses = [
      HostName.sender: scenario.network.ipv4(of: .sender), .receiver: scenario.network.ipv4(of: .receiver),
    ]
    let ports: [HostName: UInt64] = [.sender: clientPort, .receiver: 7777]
    let number = { (host: HostName, place: Int) in
      UInt64((begin[host] ?? 0) &+ 1 &+ UInt32(truncatingIfNeeded: place))
    }
    guard let tcp = Protocols.all.transport(6), let source = addresses[host],
      let destination = addresses[host.other]
    else { preconditionFailure("TCP is a transport, and there are two hosts") }
    let header = IPv4Header(source: source, destination: destination, protocol: 6)
    let values: [String: UInt64] = [
      "sourcePort": ports[host] ?? 0, "destinationPort": ports[host.other] ?? 0,
      "sequenceNumber": number(host, place),
      "acknowledgmentNumber": other.map { number(host.other, $0) } ?? 0,
      "flags": flags, "window": window,
    ]
    let segment = Segment(tcp, values, payload: Array(payload.utf8), in: .v4(header))
    return IPv4Packet.build(header: header, payload: segment.bytes, fillingIn: .all)
  }

  private mutating func take(_ packet: IPv4Packet, at host: HostName, isOutgoing: Bool) {
    let frame = FrameRecord.ipv4(packet, at: host, isOutgoing: isOutgoing)
    frames.append(frame)
    _ = record.stream?.take(frame)
  }

  /// Has the capture at one end looked at first, and only then that at the other; returns how many frames were not of
  /// the connection.
  mutating func look(first host: HostName) throws -> Int {
    let ends = record.stream?.ends ?? [:]
    var stream = StreamRecord(try #require(TCPConversation(scenario)))
    stream.ends = ends
    let ordered = frames.filter { $0.host == host } + frames.filter { $0.host == host.other }
    let others = ordered.count { !stream.take($0) }
    record.stream = stream
    return others
  }

  /// Says what the sockets of built-in roles were handed: all that arrived, or other bytes.
  mutating func deliver(_ bytes: String, to host: HostName, difference: StreamDifference? = nil) {
    var end = StreamEndRecord()
    end.received = bytes.utf8.count
    end.head = Array(bytes.utf8)
    end.difference = difference
    record.stream?.ends[host] = end
  }

  /// Says that the programs were ready and ended as they should.
  mutating func endPrograms() {
    for host in HostName.allCases where scenario.program(in: host) != nil { record.programs[host] = .right }
  }

  var verdict: CaseVerdict { Judge.judge(scenario, record) }

  /// The kinds of what is wrong, as reports name them.
  var kinds: [String] { verdict.allFindings.map(\.kind.name) }
}
