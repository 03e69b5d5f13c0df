// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What went between the hosts of a case, and when, for somebody to look at.
public struct CaseTraffic: Sendable {
  /// A frame at one end of the cable.
  public struct Frame: Sendable {
    /// When its kernel saw it, in nanoseconds of the epoch.
    public let timestamp: UInt64
    /// The frame from its Ethernet header on; of a very long one, or of many, the beginning.
    public internal(set) var bytes: [UInt8]
    /// Its length on the wire, in bytes without the FCS.
    public let originalLength: Int
    /// Whether its kernel left the checksum of UDP or TCP to a network card.
    public let isChecksumOffloaded: Bool
    /// The positions of the bytes that are not as wanted.
    public let marks: Set<Int>
    /// The fields that are not as wanted, by the names of Wireshark's display filter.
    public let wrongFields: Set<String>
  }

  /// A packet on its way from one host to the other.
  public struct Crossing: Sendable {
    /// The host that sent it.
    public let sender: HostName
    /// How it left; nil where that was not seen.
    public internal(set) var left: Frame?
    /// How it arrived, once for each time it did.
    public internal(set) var arrived: [Frame]
    /// How many times a socket or a program was handed it, as far as that is known.
    public internal(set) var deliveries: Int
    /// What the cable did to it, in order.
    public let deeds: [CableDeed]
    /// Which message it is of, in words: `message 2`; nil where it is of none.
    public let title: String?
    /// What is wrong with it.
    public let faults: [String]
    /// How many packets before it, and behind the one that stands before it, are left out.
    public internal(set) var omittedBefore = 0

    /// When it was seen first.
    var timestamp: UInt64 { min(left?.timestamp ?? .max, arrived.first?.timestamp ?? .max) }
    /// Whether anything is wrong with it.
    var isWrong: Bool { !faults.isEmpty }
  }

  /// What a program printed at once.
  public struct Output: Sendable {
    /// The host that it ran in.
    public let host: HostName
    /// The stream's name: `stdout`, `stderr`.
    public let stream: String
    /// When it was read, in nanoseconds of the epoch; nil where that is not known.
    public let timestamp: UInt64?
    /// What it printed, which is foreign.
    public let bytes: [UInt8]
  }

  /// The packets, in the order of time.
  public let crossings: [Crossing]
  /// How many packets behind the last of them are left out.
  public let omitted: Int
  /// What the programs printed, in the order of time.
  public let outputs: [Output]
  /// By how much the counters of each host rose, as far as any is asked about.
  public let rises: [HostName: [String: Int]]
}
