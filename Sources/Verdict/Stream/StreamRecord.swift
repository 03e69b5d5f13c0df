// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What was seen of the connection of a scenario of streams.
public struct StreamRecord: Sendable {
  /// The segments, as the captures at both ends of the cable saw them.
  public var conversation: TCPConversation
  /// The frames of the connection that were kept, each end in its own order.
  public var frames: [FrameRecord] = []
  /// How many more there were.
  public var unkept = 0
  /// What the built-in roles saw of it, by the host.
  public var ends: [HostName: StreamEndRecord] = [:]
  /// Why the built-in client could not open it; nil where it could, or a program is the client.
  public var openingFailure: String?
  /// The hosts that closed a connection with bytes that nobody had read.
  public var closedUnread: Set<HostName> = []
  /// How long bytes were under way: from the first that was sent to the last that came.
  public var duration = Duration.zero

  private var keptBytes = 0
  private static let mostKept = 32 << 20

  /// The record of a connection of which nothing was seen yet.
  public init(_ conversation: TCPConversation) {
    self.conversation = conversation
  }

  /// Takes a frame, if it is one of the connection, and keeps the first of them; returns whether it was.
  public mutating func take(_ frame: FrameRecord) -> Bool {
    guard conversation.take(frame) else { return false }
    if keptBytes + frame.bytes.count <= Self.mostKept {
      frames.append(frame)
      keptBytes += frame.bytes.count
    } else {
      unkept += 1
    }
    return true
  }

  /// Whether a host has ended its side, and the other knows of it: its kernel has acknowledged that, or its socket was told.
  func isEnded(by host: HostName) -> Bool {
    guard conversation.isEnded(by: host) else { return false }
    return conversation.isFollowed || ends[host.other]?.isEnded == true
  }

  /// How many of a host's bytes came to the other: to its socket, or where a program has that, to its kernel.
  public func received(from host: HostName) -> Int {
    ends[host.other]?.received ?? conversation[from: host].arrivedCount
  }

  /// The first of a host's bytes that came otherwise than wanted.
  func difference(from host: HostName) -> StreamDifference? {
    ends[host.other].map(\.difference) ?? conversation[from: host].wronglyArrived
  }

  /// The first of a host's bytes, as they came.
  func head(from host: HostName) -> [UInt8] { ends[host.other]?.head ?? conversation[from: host].head }

  /// What the kernels of built-in roles have counted, where no capture did; nil of what they do not count.
  private func counted(_ measure: StreamMeasure) -> UInt64? {
    let sum = { (count: KeyPath<StreamEndRecord, Int>) in
      UInt64(ends.values.reduce(0) { $0 + $1[keyPath: count] })
    }
    return switch measure {
    case .segments: sum(\.segments)
    case .retransmissions: sum(\.retransmissions)
    case .outOfOrder: sum(\.outOfOrder)
    case .zeroWindows: sum(\.zeroWindows)
    case .rate: nil
    }
  }

  /// What was counted of it.
  public func value(of measure: StreamMeasure) -> UInt64 {
    if !conversation.isFollowed, let counted = counted(measure) { return counted }
    let directions = HostName.allCases.map { conversation[from: $0] }
    let sum = { (count: KeyPath<TCPDirection, Int>) in
      UInt64(directions.reduce(0) { $0 + $1[keyPath: count] })
    }
    switch measure {
    case .segments: return sum(\.segments)
    case .retransmissions: return sum(\.retransmissions)
    case .outOfOrder: return sum(\.outOfOrder)
    case .zeroWindows: return sum(\.zeroWindows)
    case .rate:
      let bytes = HostName.allCases.reduce(0) { $0 + received(from: $1) }
      let (seconds, attoseconds) = duration.components
      let time = Double(seconds) + Double(attoseconds) / 1e18
      return time > 0 ? UInt64(Double(bytes) / time) : 0
    }
  }
}

/// What a built-in role saw of its end of a connection.
public struct StreamEndRecord: Sendable {
  /// How many bytes its socket was handed.
  public var received = 0
  /// The first of them that is another than wanted.
  public var difference: StreamDifference?
  /// The first of them.
  public var head: [UInt8] = []
  /// Whether the other host has said that it sends no more.
  public var isEnded = false
  /// Why no more could be sent or received, if so: the call and the error in words.
  public var failure: String?
  /// How many segments its kernel sent.
  public var segments = 0
  /// How many of those it sent again.
  public var retransmissions = 0
  /// How many came to it out of order.
  public var outOfOrder = 0
  /// How many times it told that it has no room.
  public var zeroWindows = 0
  /// The smoothed time to the other host and back, in microseconds.
  public var roundTrip = 0
  /// How many segments its kernel would have had under way.
  public var congestionWindow = 0

  /// So many of the first bytes are kept.
  public static let mostKept = TCPDirection.mostKept

  /// The record of an end of which nothing was seen yet.
  public init() {}
}
