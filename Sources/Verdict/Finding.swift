// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// One thing that is not as it must be.
public struct Finding: Sendable {
  /// What kind of thing: there is a test for each in which the judge finds it.
  public enum Kind: Hashable, Sendable {
    /// A header field has another value than wanted.
    case field(IPv4Field)
    /// The payload is another than wanted.
    case payload
    /// There are fewer bytes than the total length says.
    case cutShort
    /// The fragments do not make up the datagram.
    case fragments
    /// The message was not seen at a place where it must be.
    case notSeen(Place)
    /// The message was seen at a place where it must not be.
    case seen(Place)
    /// The message was seen another number of times than once.
    case copies(Place)
    /// The send call failed.
    case sendFailed
    /// The sender had ended before the message.
    case notPlayed
    /// A packet that no message accounts for.
    case stray
    /// A role that must have ended by its `until` did not.
    case notEnded(HostName)
    /// The case's time ran out.
    case timedOut
  }

  /// What kind of thing is wrong.
  public let kind: Kind
  /// The places where it is wrong, in order.
  public let places: [Place]
  /// The part of the file that says what is wanted, or else the message that it is about.
  public let span: SourceSpan
  /// What is said beside that part: `wanted 0, arrived with 7238`.
  public let text: String
}

/// What was found of one message, and what shows it.
public struct MessageVerdict: Sendable {
  /// The message's place in the exchange, from 1.
  public let number: Int
  /// What is wrong; nothing when the message passed.
  public internal(set) var findings: [Finding] = []
  /// Field by field, what was wanted and what was seen at each place.
  public internal(set) var rows: [ComparisonRow] = []
  /// The packet with its wrong bytes marked.
  public internal(set) var evidence: MarkedPacket?
  /// Who changed what on the way, in sentences.
  public internal(set) var changes: [String] = []
}

/// One line of the table of what was wanted and what was seen.
public struct ComparisonRow: Sendable {
  /// The name of the field.
  public let title: String
  /// What was wanted.
  public let wanted: String
  /// What was seen, by place.
  public let seen: [Place: String]
  /// What else there is to say of the value, such as its hexadecimal form.
  public let remark: String?
  /// Whether a place has another value than wanted.
  public let isWrong: Bool
}

/// A packet and which of its bytes are wrong.
public struct MarkedPacket: Sendable {
  /// Where it was seen, or nil for a packet of nobody's.
  public let place: Place?
  /// Its bytes from the IPv4 header on.
  public let bytes: [UInt8]
  /// The positions of the bytes that are wrong.
  public let marks: Set<Int>
}

/// What was found of a whole case.
public struct CaseVerdict: Sendable {
  /// What was found of each message, in order.
  public internal(set) var messages: [MessageVerdict] = []
  /// What is wrong beside the messages.
  public internal(set) var findings: [Finding] = []
  /// The packets that no message accounts for.
  public internal(set) var strays: [Stray] = []
  /// How many packets were seen at each place.
  public internal(set) var counts: [Place: Int] = [:]

  /// Whether everything is as it must be.
  public var isPassed: Bool { findings.isEmpty && messages.allSatisfy(\.findings.isEmpty) }

  /// Everything that is wrong, the messages' first.
  public var allFindings: [Finding] { messages.flatMap(\.findings) + findings }
}
