// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a field of a header or a frame may be; flags are 0 or 1, addresses numbers of 48 or 128 bits.
public enum FieldMatcher: Hashable, Sendable {
  /// Exactly this.
  case value(UInt128)
  /// Anything.
  case any
  /// One of these.
  case oneOf(NumberChoice)
  /// Anything but this.
  case not(UInt128)
  /// All of these bits, whatever the others are.
  case bits(UInt128)
  /// Any number between these, both included.
  case range(ClosedRange<UInt128>)
  /// A checksum that is right for the bytes seen.
  case valid
  /// A checksum that is wrong for the bytes seen.
  case invalid
  /// A checksum that the kernel left to a network card.
  case offloaded

  /// Whether the field of a header is as asked; of a header without such a field, only that anything will do.
  public func matches(_ field: IPField, in header: IPHeader) -> Bool {
    guard let value = field.value(in: header) else { return self == .any }
    switch self {
    case .valid: return header.isChecksumRight
    case .invalid: return !header.isChecksumRight
    default: return matches(value)
    }
  }

  /// Whether a value is as asked.
  public func matches(_ seen: UInt64) -> Bool { matches(UInt128(seen)) }

  /// Whether a value is as asked; none is for a matcher that asks for the bytes around it.
  public func matches(_ seen: UInt128) -> Bool {
    switch self {
    case .value(let value): seen == value
    case .any: true
    case .oneOf(let choice): choice.contains(seen)
    case .not(let value): seen != value
    case .bits(let bits): seen & bits == bits
    case .range(let range): range.contains(seen)
    case .valid, .invalid, .offloaded: false
    }
  }

  /// What is asked of a header field, in words: `64`, `1 or 2`, `not 0`, `1…9`, `at least 65`, `valid`.
  public func text(for field: IPField) -> String {
    text(field.format)
  }

  /// What is asked of a field of a transport header, in words.
  public func text(for field: LayerField) -> String { words(by: field.text) }

  /// What is asked of a frame's field, in words.
  public func text(for field: FrameField) -> String { words(by: field.format) }

  /// What is asked, in words, with values of 64 bits as `format` writes them.
  public func words(by format: (UInt64) -> String) -> String {
    text { format(UInt64(truncatingIfNeeded: $0)) }
  }

  /// What is asked, in words, with values as `format` writes them.
  public func text(_ format: (UInt128) -> String) -> String {
    switch self {
    case .value(let value): format(value)
    case .any: "any"
    case .oneOf(let choice): choice.numbers.map(format).joined(separator: " or ")
    case .not(let value): "not \(format(value))"
    case .bits(let bits): "at least \(format(bits))"
    case .range(let range) where range.upperBound == .max: "at least \(format(range.lowerBound))"
    case .range(let range) where range.lowerBound == 0: "at most \(format(range.upperBound))"
    case .range(let range): "\(format(range.lowerBound))…\(format(range.upperBound))"
    case .valid: "valid"
    case .invalid: "invalid"
    case .offloaded: "offloaded"
    }
  }
}

extension FieldMatcher {
  /// The least number of copies, from 1, that is as asked; nil where there must be none.
  public var leastCopies: Int? {
    let least: UInt128? =
      switch self {
      case .value(let number): number
      case .any: 1
      case .oneOf(let choice): choice.numbers.filter { $0 > 0 }.min()
      case .not(let number): number == 1 ? 2 : 1
      case .range(let range): range.upperBound > 0 ? max(range.lowerBound, 1) : nil
      case .valid, .invalid, .offloaded, .bits: nil
      }
    return least.flatMap { $0 > 0 ? Int(clamping: $0) : nil }
  }

  /// How many times is asked for, in words: `once`, `at least 2 times`, `any number of times but once`.
  public var timesText: String {
    switch self {
    case .value(1), .oneOf([1]): "once"
    case .range(0...1): "at most once"
    case .any: "any number of times"
    case .not(let number): "any number of times except \(FieldMatcher.value(number).timesText)"
    default: "\(text { "\($0)" }) times"
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
  /// This many bytes or more.
  case minimumLength(Int)
  /// These bytes, some digits of which may be any, from this byte on; all of it where no byte is said.
  case pattern(HexPattern, at: Int?)
  /// Anything: nobody asks.
  case any

  /// Whether a payload is as asked.
  public func matches(_ payload: [UInt8]) -> Bool {
    switch self {
    case .equals(let bytes): payload == bytes
    case .contains(let bytes): payload.firstPlace(of: bytes) != nil
    case .prefix(let bytes): payload.starts(with: bytes)
    case .length(let length): payload.count == length
    case .minimumLength(let length): payload.count >= length
    case .pattern(let pattern, let start):
      start.map { $0 <= payload.count && pattern.matches(payload.dropFirst($0).prefix(pattern.count)) }
        ?? pattern.matches(payload[...])
    case .any: true
    }
  }

  /// What is asked, in words: `13 bytes`, `3 bytes within`, `3 bytes first`.
  public var text: String {
    switch self {
    case .equals(let bytes): Self.bytes(bytes.count)
    case .contains(let bytes): "\(Self.bytes(bytes.count)) within"
    case .prefix(let bytes): "\(Self.bytes(bytes.count)) first"
    case .length(let length): "any \(Self.bytes(length))"
    case .minimumLength(let length): "at least \(Self.bytes(length))"
    case .pattern(let pattern, nil): "\(Self.bytes(pattern.count)) by pattern"
    case .pattern(let pattern, let start?): "\(Self.bytes(pattern.count)) at \(start)"
    case .any: "any"
    }
  }

  private static func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }
}
