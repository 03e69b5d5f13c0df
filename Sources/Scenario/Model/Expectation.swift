// SPDX-License-Identifier: Apache-2.0

import Wire

/// Where a message can be seen, in the order in which it gets there.
public enum Place: String, CaseIterable, Hashable, Sendable {
  /// At the sender's end of the cable.
  case sent
  /// At the receiver's end of the cable.
  case arrived
  /// By a socket in the receiver.
  case delivered
}

/// What must be seen of a message.
public struct Expectation: Sendable {
  /// What holds wherever the message is seen.
  public internal(set) var everywhere = Seen()
  /// What the file says of single places.
  public internal(set) var places: [Place: PlaceExpectation] = [:]

  /// Whether the message must be seen at a place.
  ///
  /// A message that must not get to one place need not be said not to get to those behind it.
  public func mustBeSeen(at place: Place) -> Bool {
    let before = Place.allCases.prefix { $0 != place }
    switch places[place] {
    case .seen: return true
    case .notSeen: return false
    case nil:
      return before.allSatisfy { mustBeSeen(at: $0) }
    }
  }

  /// Where the file says that a message must not be seen at a place, or nil where it does not.
  public func forbids(_ place: Place) -> SourceSpan? {
    if case .notSeen(let span) = places[place] { span } else { nil }
  }

  /// What a field must be at a place, as far as the file says.
  public func matcher(of field: IPv4Field, at place: Place) -> Located<FieldMatcher>? {
    seen(at: place)?.header.matchers[field] ?? everywhere.header.matchers[field]
  }

  /// What the payload must be at a place, as far as the file says.
  public func payloadMatcher(at place: Place) -> Located<PayloadMatcher>? {
    seen(at: place)?.payload ?? everywhere.payload
  }

  private func seen(at place: Place) -> Seen? {
    if case .seen(let seen) = places[place] { seen } else { nil }
  }
}

/// What a file says of one place.
public enum PlaceExpectation: Sendable {
  /// The message must be seen there, and so.
  case seen(Seen)
  /// It must not be seen there; the span is where the file says so.
  case notSeen(SourceSpan)
}

/// How a message must look where it is seen.
public struct Seen: Sendable {
  /// The header fields of which something is asked.
  public internal(set) var header = HeaderMatchers()
  /// What is asked of the payload.
  public internal(set) var payload: Located<PayloadMatcher>?
}

/// Header fields of which a file asks something.
public struct HeaderMatchers: Sendable {
  /// What is asked, by field.
  public internal(set) var matchers: [IPv4Field: Located<FieldMatcher>] = [:]
}

/// What a header field may be.
public enum FieldMatcher: Hashable, Sendable {
  /// Exactly this.
  case value(UInt32)
  /// Anything.
  case any
  /// One of these.
  case oneOf([UInt32])
  /// Anything but this.
  case not(UInt32)
  /// Any number between these, both included.
  case range(ClosedRange<UInt32>)
  /// A checksum that is right for the bytes seen.
  case valid
  /// A checksum that is wrong for the bytes seen.
  case invalid

  /// Whether the field of a header is as asked.
  public func matches(_ field: IPv4Field, in header: IPv4Header) -> Bool {
    let seen = field.value(in: header)
    return switch self {
    case .value(let value): seen == value
    case .any: true
    case .oneOf(let values): values.contains(seen)
    case .not(let value): seen != value
    case .range(let range): range.contains(seen)
    case .valid: header.isChecksumRight
    case .invalid: !header.isChecksumRight
    }
  }

  /// What is asked, in words: `64`, `1 or 2`, `not 0`, `1…9`, `valid`.
  public func text(for field: IPv4Field) -> String {
    switch self {
    case .value(let value): field.format(value)
    case .any: "any"
    case .oneOf(let values): values.map(field.format).joined(separator: " or ")
    case .not(let value): "not \(field.format(value))"
    case .range(let range): "\(field.format(range.lowerBound))…\(field.format(range.upperBound))"
    case .valid: "valid"
    case .invalid: "invalid"
    }
  }
}

/// What a payload may be.
public enum PayloadMatcher: Hashable, Sendable {
  /// Exactly these bytes.
  case equals([UInt8])
  /// These bytes somewhere in it.
  case contains([UInt8])
  /// These bytes at its beginning.
  case prefix([UInt8])
  /// This many bytes.
  case length(Int)

  /// Whether a payload is as asked.
  public func matches(_ payload: [UInt8]) -> Bool {
    switch self {
    case .equals(let bytes): payload == bytes
    case .contains(let bytes): bytes.isEmpty || payload.firstRange(of: bytes) != nil
    case .prefix(let bytes): payload.starts(with: bytes)
    case .length(let length): payload.count == length
    }
  }

  /// What is asked, in words: `13 bytes`, `3 bytes within`, `3 bytes first`.
  public var text: String {
    switch self {
    case .equals(let bytes): Self.bytes(bytes.count)
    case .contains(let bytes): "\(Self.bytes(bytes.count)) within"
    case .prefix(let bytes): "\(Self.bytes(bytes.count)) first"
    case .length(let length): "any \(Self.bytes(length))"
    }
  }

  private static func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }
}
