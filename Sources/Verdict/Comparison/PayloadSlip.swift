// SPDX-License-Identifier: Apache-2.0

import Wire

/// How bytes came to be others than wanted, where they show it: in a payload on the wire, and in what a receiver printed
/// of one.
enum PayloadSlip: CaseIterable {
  case paddingCounted
  case optionsInPayload
  case terminatorSent
  case lineEndSent
  case bytesSwapped
  case staleBuffer
  case cutShort

  /// What may be behind it, in a sentence.
  var text: String {
    switch self {
    case .paddingCounted:
      "The payload ends in the zeros that pad a frame to 60 bytes: the total length says where it ends."
    case .optionsInPayload:
      "The payload begins with the options:"
        + " the header was taken to be 20 bytes, whatever its length field says."
    case .terminatorSent:
      "There is an extra zero byte at the end: a C string was sent with its terminator."
    case .lineEndSent:
      "There is an extra line ending: the line was sent as it was read, with its newline."
    case .bytesSwapped:
      "The bytes are in the wrong order: a call to htons() or ntohs() is missing, or is one too many."
    case .staleBuffer:
      "The payload is followed by the end of an earlier one: the buffer still holds it, and the length"
        + " received says where the new one ends."
    case .cutShort:
      "Only part of the payload is there: a buffer was too small, or less was sent than intended."
    }
  }

  /// What is known beside the bytes themselves.
  struct Surroundings {
    /// The options of the packet's header, padding included.
    var options: [UInt8] = []
    /// The payloads that went the same way before, the last one first.
    var earlier: [[UInt8]] = []
  }

  /// Whether bytes, held against the right ones, show it.
  func shows(in bytes: [UInt8], _ right: [UInt8], _ surroundings: Surroundings) -> Bool {
    switch self {
    case .paddingCounted: Self.isPadded(bytes, right)
    case .optionsInPayload:
      !surroundings.options.isEmpty && bytes.starts(with: surroundings.options + right)
    case .terminatorSent: bytes == right + [0]
    case .lineEndSent: bytes == right + Self.lineFeed || bytes == right + Self.carriageReturn + Self.lineFeed
    case .bytesSwapped: [2, 4].contains { bytes != right && bytes == right.swapped(every: $0) }
    case .staleBuffer: Self.isStale(bytes, right, surroundings.earlier)
    case .cutShort: !bytes.isEmpty && bytes.count < right.count && right.starts(with: bytes)
    }
  }

  private static let lineFeed = [UInt8(ascii: "\n")]
  private static let carriageReturn = [UInt8(ascii: "\r")]

  /// 60 bytes of frame without its header leave 46 bytes for the packet (IEEE 802.3).
  private static func isPadded(_ bytes: [UInt8], _ right: [UInt8]) -> Bool {
    let room = 46 - IPv4Header.minimumLength
    let extra = bytes.dropFirst(right.count)
    return bytes.count == room && right.count < room && bytes.starts(with: right)
      && extra.allSatisfy { $0 == 0 }
  }

  private static func isStale(_ bytes: [UInt8], _ right: [UInt8], _ earlier: [[UInt8]]) -> Bool {
    guard bytes.count > right.count, bytes.starts(with: right) else { return false }
    let rest = bytes[right.count...]
    return earlier.contains { old in old.count > right.count && old[right.count...].starts(with: rest) }
  }
}

extension [UInt8] {
  /// The bytes with those of each word in reverse; a rest that is no word stays as it is.
  fileprivate func swapped(every size: Int) -> [UInt8] {
    stride(from: 0, to: count, by: size).flatMap { start -> [UInt8] in
      let word = self[start..<Swift.min(start + size, count)]
      return word.count == size ? word.reversed() : Array(word)
    }
  }
}
