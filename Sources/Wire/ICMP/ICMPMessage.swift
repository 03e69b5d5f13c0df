// SPDX-License-Identifier: Apache-2.0

/// An ICMP message (RFC 792).
public struct ICMPMessage: WireValue {
  /// How long the header is that every message begins with, in bytes.
  public static let headerLength = 8
  /// ICMP's number in the protocol field of an IPv4 header.
  public static let protocolNumber: UInt8 = 1

  /// The kind of message; 0 and 8 are echo, 3 is destination unreachable.
  public var type: UInt8
  /// The kind within the type.
  public var code: UInt8
  /// The checksum as on the wire, right or wrong.
  public var checksum: UInt16
  /// The last four bytes of the header, whose meaning is the type's: identifier and sequence number of an echo.
  public var restOfHeader: UInt32
  /// What follows the header.
  public var data: [UInt8]

  /// Makes a message; its checksum is zero unless given.
  public init(
    type: UInt8, code: UInt8 = 0, checksum: UInt16 = 0, restOfHeader: UInt32 = 0, data: [UInt8] = []
  ) {
    self.type = type
    self.code = code
    self.checksum = checksum
    self.restOfHeader = restOfHeader
    self.data = data
  }

  /// Reads a message that ends where `bytes` ends; throws `TruncatedError` below 8 bytes.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TruncatedError) {
    var reader = try ByteReader(bytes, layer: .icmp, needing: Self.headerLength)
    type = reader.uint8()
    code = reader.uint8()
    checksum = reader.uint16()
    restOfHeader = reader.uint32()
    data = Array(reader.bytes(reader.remaining))
  }

  /// The message as it stands.
  public var bytes: [UInt8] {
    var bytes = [type, code]
    bytes.append(bigEndian: checksum)
    bytes.append(bigEndian: restOfHeader)
    return bytes + data
  }

  /// The checksum that the message ought to have.
  public func rightChecksum() -> UInt16 {
    var message = self
    message.checksum = 0
    return InternetChecksum.checksum(of: message.bytes)
  }

  /// Whether a receiver accepts the checksum: with it, the whole message sums up to zero (RFC 1071 §1).
  public var isChecksumRight: Bool { InternetChecksum.checksum(of: bytes) == 0 }

  /// Whether it is an echo request or its reply.
  public var isEcho: Bool { type == 8 || type == 0 }

  /// Whether it is an error, whose data are the beginning of the packet that it is about (RFC 792).
  var isError: Bool { [3, 4, 5, 11, 12].contains(type) }

  /// The name of the type, where it is a common one (IANA, ICMP Parameters).
  public var typeName: String? {
    switch type {
    case 0: "Echo reply"
    case 3: "Destination unreachable"
    case 4: "Source quench"
    case 5: "Redirect"
    case 8: "Echo request"
    case 9: "Router advertisement"
    case 10: "Router solicitation"
    case 11: "Time exceeded"
    case 12: "Parameter problem"
    case 13: "Timestamp request"
    case 14: "Timestamp reply"
    case 15: "Information request"
    case 16: "Information reply"
    case 17: "Address mask request"
    case 18: "Address mask reply"
    case 30: "Traceroute"
    case 40: "Security failures"
    case 42: "Extended echo request"
    case 43: "Extended echo reply"
    default: nil
    }
  }

  /// The name of the code, where its type gives it one (IANA, ICMP Parameters).
  public var codeName: String? {
    let names: [String]
    switch type {
    case 3: names = Self.unreachableCodes
    case 5: names = ["Network", "Host", "Type of service and network", "Type of service and host"]
    case 11: names = ["Time to live exceeded in transit", "Fragment reassembly time exceeded"]
    case 12: names = ["Pointer indicates the error", "Required option missing", "Bad length"]
    case 43:
      names = [
        "No error", "Malformed query", "No such interface", "No such table entry",
        "Several interfaces satisfy query",
      ]
    default: names = []
    }
    return names.indices.contains(Int(code)) ? names[Int(code)] : nil
  }

  /// The codes of destination unreachable from 0 on (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1).
  private static let unreachableCodes = [
    "Network unreachable", "Host unreachable", "Protocol unreachable", "Port unreachable",
    "Fragmentation needed", "Source route failed", "Destination network unknown",
    "Destination host unknown", "Source host isolated", "Network administratively prohibited",
    "Host administratively prohibited", "Network unreachable for type of service",
    "Host unreachable for type of service", "Communication administratively filtered",
    "Host precedence violation", "Precedence cutoff in effect",
  ]
}
