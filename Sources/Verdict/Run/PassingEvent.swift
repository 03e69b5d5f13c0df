// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Something that happened between two hosts while somebody watched.
public struct PassingEvent: Sendable {
  /// What happened.
  public enum Kind: Sendable {
    /// A host put a frame on the cable, of so many bytes.
    case left(FrameSummary, length: Int)
    /// The cable did something to a packet.
    case treated(CableDeed)
    /// So many frames were not seen, since there was no room for them.
    case missed(UInt64)
  }

  /// The host that the frame came from, or at whose end of the cable it was not seen.
  public let host: HostName
  /// When, in nanoseconds of the epoch; nil where nobody knows.
  public let timestamp: UInt64?
  /// What happened.
  public let kind: Kind

  /// Tells of something.
  public init(_ kind: Kind, at host: HostName, timestamp: UInt64? = nil) {
    self.kind = kind
    self.host = host
    self.timestamp = timestamp
  }
}
