// SPDX-License-Identifier: Apache-2.0

import CLinux

/// One netlink message as a value: its header and what follows, in host byte order (netlink(7)).
public struct NetlinkMessage: Hashable, Sendable {
  /// The kind of message, such as `RTM_NEWLINK` or `NLMSG_ERROR`.
  public var type: UInt16
  /// The `NLM_F_…` flags.
  public var flags: UInt16
  /// The sender's number for a request, repeated in its answers.
  public var sequence: UInt32
  /// The port of the requesting socket, repeated in the answers; 0 in a request.
  public var port: UInt32
  /// All that follows the header.
  public var payload: [UInt8]

  /// The length of the header, in bytes.
  static let headerLength = 16

  /// Makes a message.
  public init(type: UInt16, flags: UInt16, sequence: UInt32 = 0, port: UInt32 = 0, payload: [UInt8]) {
    self.type = type
    self.flags = flags
    self.sequence = sequence
    self.port = port
    self.payload = payload
  }

  /// The message as it is sent, padded to a multiple of four bytes.
  public var bytes: [UInt8] {
    let length = UInt32(Self.headerLength + payload.count)
    let header = length.hostBytes + type.hostBytes + flags.hostBytes + sequence.hostBytes + port.hostBytes
    return (header + payload).paddedToFour
  }

  /// Reads every message of a datagram; a datagram may carry several.
  ///
  /// - Returns: the messages, or nil when a length contradicts the bytes that are there.
  public static func parse(datagram: [UInt8]) -> [NetlinkMessage]? {
    var messages: [NetlinkMessage] = []
    var rest = datagram[...]
    while !rest.isEmpty {
      guard let length = UInt32(hostBytes: rest, at: 0).map(Int.init),
        length >= headerLength, length <= rest.count,
        let type = UInt16(hostBytes: rest, at: 4), let flags = UInt16(hostBytes: rest, at: 6),
        let sequence = UInt32(hostBytes: rest, at: 8), let port = UInt32(hostBytes: rest, at: 12)
      else { return nil }
      let payload = Array(rest.dropFirst(headerLength).prefix(length - headerLength))
      messages.append(
        NetlinkMessage(type: type, flags: flags, sequence: sequence, port: port, payload: payload))
      rest = rest.dropFirst(length.roundedUpToFour)
    }
    return messages
  }
}

/// A typed value inside a netlink message, possibly a nest of others (netlink(7), `struct nlattr`).
public struct NetlinkAttribute: Hashable, Sendable {
  /// The attribute's number, without the flag bits for nests and byte order.
  public let type: UInt16
  /// The value's bytes.
  public let value: [UInt8]

  private static let headerLength = 4
  private static let typeMask: UInt16 = 0x3fff

  /// Makes an attribute of plain bytes; `type` is one of the kernel's enumeration constants.
  public init(_ type: Int, _ value: [UInt8]) {
    self.type = UInt16(type)
    self.value = value
  }

  /// Makes an attribute of a number in host byte order.
  public init(_ type: Int, _ value: some FixedWidthInteger) {
    self.init(type, value.hostBytes)
  }

  /// Makes an attribute of a string, with C's terminator.
  public init(_ type: Int, string: String) {
    self.init(type, Array(string.utf8) + [0])
  }

  /// Makes an attribute that holds others, after a fixed structure where the type asks for one.
  public init(_ type: Int, nesting attributes: [NetlinkAttribute], after structure: [UInt8] = []) {
    self.init(type, structure + attributes.flatMap(\.bytes))
  }

  /// The attribute as it is sent, padded to a multiple of four bytes.
  public var bytes: [UInt8] {
    let header = UInt16(Self.headerLength + value.count).hostBytes + type.hostBytes
    return (header + value).paddedToFour
  }

  /// Reads a run of attributes; bytes that cannot be one end the run.
  public static func parse(_ bytes: ArraySlice<UInt8>) -> [NetlinkAttribute] {
    var attributes: [NetlinkAttribute] = []
    var rest = bytes
    while let length = UInt16(hostBytes: rest, at: 0).map(Int.init),
      let type = UInt16(hostBytes: rest, at: 2), length >= headerLength, length <= rest.count
    {
      let value = Array(rest.dropFirst(headerLength).prefix(length - headerLength))
      attributes.append(NetlinkAttribute(Int(type & typeMask), value))
      rest = rest.dropFirst(length.roundedUpToFour)
    }
    return attributes
  }

  /// The value as a string up to C's terminator.
  public var string: String { String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
}

/// What `NLMSG_ERROR` says of a request: done, or why not (netlink(7), extended acknowledgements).
public struct NetlinkAcknowledgement: Hashable, Sendable {
  /// The error, or nil when the request was carried out.
  public let error: Errno?
  /// The kernel's own sentence, where it gave one.
  public let text: String?

  /// Reads the acknowledgement that a message carries.
  ///
  /// - Returns: nil when the message is none, or too short for one.
  public init?(_ message: NetlinkMessage) {
    guard message.type == UInt16(NLMSG_ERROR),
      let code = UInt32(hostBytes: message.payload[...], at: 0).map(Int32.init(bitPattern:)),
      let requestLength = UInt32(hostBytes: message.payload[...], at: 4).map(Int.init)
    else { return nil }
    error = code == 0 ? nil : Errno(rawValue: 0 &- code)
    guard message.flags & UInt16(NLM_F_ACK_TLVS) != 0 else {
      text = nil
      return
    }
    let isCapped = message.flags & UInt16(NLM_F_CAPPED) != 0
    let echoed = isCapped ? NetlinkMessage.headerLength : requestLength.roundedUpToFour
    let attributes = NetlinkAttribute.parse(message.payload[...].dropFirst(4 + echoed))
    text = attributes.first { $0.type == UInt16(NLMSGERR_ATTR_MSG.rawValue) }?.string
  }
}

extension FixedWidthInteger {
  /// The number's bytes in the machine's own order, as netlink has them.
  var hostBytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }

  /// Reads a number in the machine's own order, or nil when its bytes are not there.
  init?(hostBytes bytes: ArraySlice<UInt8>, at offset: Int) {
    let field = bytes.dropFirst(offset).prefix(MemoryLayout<Self>.size)
    guard field.count == MemoryLayout<Self>.size else { return nil }
    self = field.withUnsafeBytes { $0.loadUnaligned(as: Self.self) }
  }
}

extension Int {
  fileprivate var roundedUpToFour: Int { (self + 3) & ~3 }
}

extension [UInt8] {
  fileprivate var paddedToFour: [UInt8] { self + [UInt8](repeating: 0, count: count.roundedUpToFour - count) }
}
