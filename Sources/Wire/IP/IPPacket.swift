// SPDX-License-Identifier: Apache-2.0

/// An IP packet of either version: its header, its payload, and what follows it in the frame.
public enum IPPacket: Hashable, Sendable {
  /// One of IPv4.
  case v4(IPv4Packet)
  /// One of IPv6.
  case v6(IPv6Packet)

  /// Makes a packet of its parts as they are.
  public init(header: IPHeader, payload: [UInt8], padding: [UInt8] = []) {
    switch header {
    case .v4(let header): self = .v4(IPv4Packet(header: header, payload: payload, padding: padding))
    case .v6(let header): self = .v6(IPv6Packet(header: header, payload: payload, padding: padding))
    }
  }

  /// Reads a packet of a version, which is known by what carried it; throws `TruncatedError` below a header.
  public init(parsing bytes: ArraySlice<UInt8>, as version: IPVersion) throws(TruncatedError) {
    switch version {
    case .v4: self = .v4(try IPv4Packet(parsing: bytes))
    case .v6: self = .v6(try IPv6Packet(parsing: bytes))
    }
  }

  /// Makes a packet whose lengths and checksum are worked out; all else stays as the header has it.
  public static func build(header: IPHeader, payload: [UInt8]) -> IPPacket {
    switch header {
    case .v4(let header): .v4(IPv4Packet.build(header: header, payload: payload))
    case .v6(let header): .v6(IPv6Packet.build(header: header, payload: payload))
    }
  }

  /// The version that it is of, whatever its field says.
  public var version: IPVersion { if case .v4 = self { .v4 } else { .v6 } }

  /// The header, right or wrong.
  public var header: IPHeader {
    get {
      switch self {
      case .v4(let packet): .v4(packet.header)
      case .v6(let packet): .v6(packet.header)
      }
    }
    set { self = IPPacket(header: newValue, payload: payload, padding: padding) }
  }

  /// What the packet carries.
  public var payload: [UInt8] {
    get {
      switch self {
      case .v4(let packet): packet.payload
      case .v6(let packet): packet.payload
      }
    }
    set { self = IPPacket(header: header, payload: newValue, padding: padding) }
  }

  /// The bytes after the length that the header states.
  public var padding: [UInt8] {
    switch self {
    case .v4(let packet): packet.padding
    case .v6(let packet): packet.padding
    }
  }

  /// The packet as it stands: header, payload and padding.
  public var bytes: [UInt8] {
    switch self {
    case .v4(let packet): packet.bytes
    case .v6(let packet): packet.bytes
    }
  }

  /// The same bytes with options or extensions and payload where the sender put them, whatever the header says of them.
  public func laidOut(like asked: IPPacket) -> IPPacket {
    let rest = (header.variablePart + payload + padding)[...]
    let behind = rest.dropFirst(asked.header.variablePart.count)
    var header = header
    switch (header, asked.header) {
    case (.v4(var own), .v4(let other)):
      own.options = Array(rest.prefix(other.options.count))
      header = .v4(own)
    case (.v6(var own), .v6(let other)):
      own.extensions = other.extensions.laidOut(in: rest)
      header = .v6(own)
    default: break
    }
    return IPPacket(
      header: header, payload: Array(behind.prefix(asked.payload.count)),
      padding: Array(behind.dropFirst(asked.payload.count)))
  }
}

extension [IPv6ExtensionHeader] {
  /// Headers of the same lengths and numbers with the bytes that are there.
  fileprivate func laidOut(in bytes: ArraySlice<UInt8>) -> [IPv6ExtensionHeader] {
    var rest = bytes
    return map { header in
      defer { rest = rest.dropFirst(header.bytes.count) }
      return IPv6ExtensionHeader(number: header.number, bytes: [UInt8](rest.prefix(header.bytes.count)))
    }
  }
}
