// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// All that was seen of one case, before anybody judges it.
public struct CaseRecord: Sendable {
  /// What was seen of each play, in order (`Scenario.plays`).
  public var messages: [MessageRecord] = []
  /// What was seen after all was sent, where messages do not wait for each other; then the plays have only what their
  /// send calls put on the cable. With programs also what came after the exchange.
  public var burst: MessageRecord?
  /// What was seen of the message that was on its way when the case's time ran out; it is not judged.
  public var unfinished: MessageRecord?
  /// The host of whose program a packet was awaited when the case's time ran out; nil where something else was.
  public var awaitedSender: HostName?
  /// What was seen of the connection, where the messages are streams.
  public var stream: StreamRecord?
  /// By how much the counters of each host rose over the whole exchange, as far as any is asked about; a
  /// counter that this kernel does not have is missing.
  public var rises: [HostName: [String: Int]] = [:]
  /// The roles that ended by their `until`.
  public var ended: Set<HostName> = []
  /// What was seen of the programs under test, by the host they ran in.
  public var programs: [HostName: ProgramRecord] = [:]
  /// What was there no more at the end of what the harness had made of the hosts, in sentences.
  public var hostChanges: [HostName: [String]] = [:]
  /// What the cable did to the packets of each host; empty for a plain one.
  public var cable: [HostName: CableRecord] = [:]
  /// The MAC address of each host.
  public var macs: [HostName: MACAddress] = [:]
  /// How many packets the harness's own socket in a host had no room for: then nobody knows what was delivered.
  public var overflowed: [HostName: Int] = [:]
  /// What the capture at each end counted.
  public var counts: [HostName: CaptureCounts] = [:]

  /// The record of a case of which nothing was seen yet.
  public init() {}

  /// Every frame of the case, in the order of time; those of one time as they were recorded.
  public var frames: [FrameRecord] {
    let recorded = recordedFrames
    return Self.timeOrder(of: recorded).map { recorded[$0] }
  }

  /// Every frame of the case, play by play, then the burst's, then those of what came to no end, then those of a
  /// connection.
  var recordedFrames: [FrameRecord] {
    (messages + [burst, unfinished].compactMap { $0 }).flatMap(\.frames) + (stream?.frames ?? [])
  }

  /// The positions of recorded frames, in the order of time.
  static func timeOrder(of recorded: [FrameRecord]) -> [Int] {
    recorded.indices.sorted { (recorded[$0].timestamp, $0) < (recorded[$1].timestamp, $1) }
  }
}

/// What the capture at one end of the cable counted.
public struct CaptureCounts: Hashable, Sendable {
  /// Frames that reached the capture, the dropped ones included.
  public var received: UInt64
  /// Frames that it had no room for.
  public var dropped: UInt64

  /// Counts nothing, or what is given.
  public init(received: UInt64 = 0, dropped: UInt64 = 0) {
    self.received = received
    self.dropped = dropped
  }
}

/// What was seen from the sending of one message until the barrier showed that both hosts were done with it.
public struct MessageRecord: Sendable {
  /// The frames at both ends of the cable, each end in its own order.
  public var frames: [FrameRecord] = []
  /// The packets that the socket in the host it goes to was handed.
  public var deliveries: [Delivery] = []
  /// By how much each counter of that host rose, those that did not by 0; empty where nobody asks.
  public var rises: [String: Int] = [:]
  /// Whether the program in that host had a socket that it could be handed to; nil where none runs there, or nobody asks.
  public var hasTaker: Bool?
  /// Why the send call failed, if it did.
  public var sendFailure: SendFailure?
  /// What was counted of it, where it is a flow.
  public var flow: FlowRecord?

  /// The record of a message of which nothing was seen yet, or what is given.
  public init(frames: [FrameRecord] = [], deliveries: [Delivery] = []) {
    self.frames = frames
    self.deliveries = deliveries
  }
}

/// A frame at one end of the cable.
public struct FrameRecord: Sendable {
  /// Whose end of the cable.
  public let host: HostName
  /// Whether that host sent it.
  public let isOutgoing: Bool
  /// When its kernel saw it, in nanoseconds of the epoch.
  public let timestamp: UInt64
  /// The frame from its Ethernet header on.
  public let bytes: [UInt8]
  /// Its length on the wire, in bytes without the FCS.
  public let originalLength: Int
  /// Whether its kernel left the checksum of UDP or TCP to a network card.
  public let isChecksumOffloaded: Bool

  /// Records a frame.
  public init(
    host: HostName, isOutgoing: Bool, timestamp: UInt64, bytes: [UInt8], originalLength: Int,
    isChecksumOffloaded: Bool = false
  ) {
    self.host = host
    self.isOutgoing = isOutgoing
    self.timestamp = timestamp
    self.bytes = bytes
    self.originalLength = originalLength
    self.isChecksumOffloaded = isChecksumOffloaded
  }
}

/// A packet that a socket was handed.
public struct Delivery: Sendable {
  /// The packet from its IP header on, as much as the socket's reader had room for.
  public let bytes: [UInt8]
  /// Its length before the reader's buffer cut it, in bytes.
  public let originalLength: Int
  /// The host whose socket it was.
  public let host: HostName
  /// When its kernel saw it, in nanoseconds of the epoch.
  public let timestamp: UInt64
  /// Whether a UDP socket was handed it: then headers are only what such a socket can tell (`SocketKind.told`), and
  /// what it cannot is filled in.
  public let isOfUDPSocket: Bool
  /// The version of IP that it is of: of IPv6 headers are only what a socket can tell.
  public let version: IPVersion

  /// Whether what its socket could not tell of its headers is filled in.
  public var isMadeUp: Bool { isOfUDPSocket || version == .v6 }

  /// Records a delivery; to a raw socket of IPv4 unless it says otherwise.
  public init(
    bytes: [UInt8], originalLength: Int, at host: HostName, timestamp: UInt64, isOfUDPSocket: Bool = false,
    version: IPVersion = .v4
  ) {
    self.bytes = bytes
    self.originalLength = originalLength
    self.host = host
    self.timestamp = timestamp
    self.isOfUDPSocket = isOfUDPSocket
    self.version = version
  }
}

/// A send call that the kernel refused.
public struct SendFailure: Hashable, Sendable {
  /// The error's name, `EMSGSIZE`.
  public let errno: String
  /// The call and the error in words.
  public let description: String

  /// Records a refusal.
  public init(errno: String, description: String) {
    self.errno = errno
    self.description = description
  }
}
