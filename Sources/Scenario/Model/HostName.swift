// SPDX-License-Identifier: Apache-2.0

/// One of the two hosts on the cable.
public enum HostName: String, CaseIterable, Hashable, Sendable {
  /// The host whose address is the sender's.
  case sender
  /// The host whose address is the receiver's.
  case receiver

  /// The host at the other end of the cable.
  public var other: HostName { self == .sender ? .receiver : .sender }
}
