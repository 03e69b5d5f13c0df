// SPDX-License-Identifier: Apache-2.0

/// A question to a name server in a datagram of UDP (RFC 1035 §4.1).
struct DNSQuery {
  /// The name that is asked for, `example.com`; `.` for the root.
  let name: String

  private static let port: UInt16 = 53
  private static let (datagramHeader, header) = (8, 12)
  private static let longestName = 253

  /// Reads a datagram from its UDP header on; nil where it goes to no name server, or asks for no name that can be read.
  init?(datagram bytes: ArraySlice<UInt8>) {
    guard bytes.count > Self.datagramHeader + Self.header else { return nil }
    var reader = ByteReader(bytes.dropFirst(2), order: .big)
    guard reader.uint16() == Self.port else { return nil }
    let message = Array(bytes.dropFirst(Self.datagramHeader))
    // QR says that it is an answer, and QDCOUNT how many questions there are (§4.1.1).
    guard message[2] & 0x80 == 0, message[4] != 0 || message[5] != 0 else { return nil }
    guard let name = Self.name(in: message[Self.header...]) else { return nil }
    self.name = name
  }

  /// Labels, each behind its length, up to the empty one (§3.1).
  private static func name(in bytes: ArraySlice<UInt8>) -> String? {
    var labels: [String] = []
    var rest = bytes
    while let length = rest.popFirst(), length > 0 {
      // A pointer has the two highest bits (§4.1.4), and none stands in a first question.
      guard length < 64, rest.count > length, labels.count <= longestName / 2 else { return nil }
      let label = rest.prefix(Int(length))
      guard label.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
      labels.append(String(decoding: label, as: UTF8.self))
      rest = rest.dropFirst(Int(length))
      if rest.first == 0 { return labels.joined(separator: ".") }
    }
    return labels.isEmpty ? "." : nil
  }
}
