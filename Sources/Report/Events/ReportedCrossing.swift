// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

/// A packet on its way from one host to the other.
public struct ReportedCrossing: Codable, Sendable {
  /// The host that sent it.
  public let sender: String
  /// Which message it is of, in words; nil where it is of none.
  public let title: String?
  /// How it left; nil where that was not seen.
  public let left: ReportedFrame?
  /// How it arrived, once for each time it did.
  public let arrived: [ReportedFrame]
  /// How many times a socket or a program was handed it, as far as that is known.
  public let deliveries: Int
  /// What the cable did to it, in order.
  public let deeds: [Deed]
  /// What is wrong with it.
  public let faults: [String]
  /// How many packets before it are left out.
  public let omittedBefore: Int

  /// One thing that the cable did.
  public struct Deed: Codable, Sendable {
    /// What, in the fewest words: `bit 37 flipped`.
    public let words: String
    /// What, in a sentence.
    public let text: String
  }

  init(_ crossing: CaseTraffic.Crossing) {
    sender = crossing.sender.rawValue
    title = crossing.title
    left = crossing.left.map(ReportedFrame.init)
    arrived = crossing.arrived.map(ReportedFrame.init)
    deeds = crossing.deeds.map { Deed(words: $0.words, text: $0.sentence()) }
    (deliveries, faults) = (crossing.deliveries, crossing.faults)
    omittedBefore = crossing.omittedBefore
  }
}

/// A frame at one end of the cable.
public struct ReportedFrame: Codable, Sendable {
  /// When its kernel saw it, in nanoseconds of the epoch.
  public let time: UInt64
  /// Its length on the wire, in bytes without the FCS.
  public let length: Int
  /// The frame in hexadecimal, from its Ethernet header on; of a very long one, or of many, the beginning.
  public let bytes: String
  /// Whether its kernel left the checksum of UDP or TCP to a network card.
  public let isChecksumOffloaded: Bool
  /// The positions of bytes that are not as wanted, in order.
  public let marks: [Int]
  /// The fields that are not as wanted, by the names of Wireshark's display filter.
  public let wrongFields: [String]

  init(_ frame: CaseTraffic.Frame) {
    (time, length) = (frame.timestamp, frame.originalLength)
    bytes = HexDump.hexString(frame.bytes)
    isChecksumOffloaded = frame.isChecksumOffloaded
    marks = frame.marks.sorted()
    wrongFields = frame.wrongFields.sorted()
  }

  /// The bytes; of what is no hexadecimal text none.
  var frame: [UInt8] { (try? HexDump.bytes(fromHex: bytes)) ?? [] }
}
