// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What can be wrong with streams and their connection.
public enum StreamFault: Hashable, Sendable {
  /// There was no connection.
  case notOpened
  /// Bytes came that are others than wanted.
  case payload
  /// Fewer bytes came than were to.
  case incomplete
  /// More bytes came than were to.
  case surplus
  /// The connection was reset, or was not although it was to be.
  case reset
  /// A host did not end its side of it.
  case notEnded(HostName)
  /// Bytes never left a host although later ones did.
  case gap(HostName)
  /// A host sent bytes again, and others.
  case overlap(HostName)
  /// A host acknowledged what had not come.
  case acknowledgment(HostName)
  /// What was counted is another number than wanted.
  case measure(StreamMeasure)

  /// The fault by its name, which never changes.
  var name: String {
    switch self {
    case .notOpened: "notOpened"
    case .payload: "payload"
    case .incomplete: "incomplete"
    case .surplus: "surplus"
    case .reset: "reset"
    case .notEnded(let host): "notEnded \(host.rawValue)"
    case .gap(let host): "gap \(host.rawValue)"
    case .overlap(let host): "overlap \(host.rawValue)"
    case .acknowledgment(let host): "acknowledgment \(host.rawValue)"
    case .measure(let measure): measure.rawValue
    }
  }
}
