// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Linux

/// The filter of a capture that takes of connections only how they begin and end; the kernel runs it.
@Suite("captures without the segments in between")
struct PassingSegmentsTests {
  /// A frame of a version with a segment of TCP that has these flags, behind so many bytes of options or extensions.
  private static func frame(_ version: IPVersion, flags: UInt8, behind more: Int = 0) throws -> [UInt8] {
    let ethernet = EthernetHeader(
      destination: TestCable.farMAC, source: TestCable.nearMAC, etherType: version.etherType)
    let tcp = [UInt8](repeating: 0, count: 12) + [0x50, flags] + [UInt8](repeating: 0, count: 6)
    let header: IPHeader
    switch version {
    case .v4:
      header = .v4(
        IPv4Header(
          source: TestCable.nearAddress, destination: TestCable.farAddress, protocol: 6,
          options: [UInt8](repeating: 1, count: more)))
    case .v6:
      let near = try #require(IPv6Address("fd00::100"))
      header = .v6(IPv6Header(source: near, destination: .loopback, nextHeader: 6))
    }
    return ethernet.bytes + IPPacket.build(header: header, payload: tcp).bytes
  }

  @Test(
    "of a connection only segments with SYN, FIN or RST pass, of either version",
    arguments: IPVersion.allCases)
  func passingSegments(version: IPVersion) throws {
    // FIN 1, SYN 2, RST 4, PSH 8, ACK 16 (RFC 9293 §3.1).
    for (flags, passes) in [
      (1, true), (2, true), (4, true), (17, true), (18, true), (20, true), (8, false), (16, false),
      (24, false),
    ] as [(UInt8, Bool)] {
      let frame = try Self.frame(version, flags: flags)
      #expect(try SocketFilter.ofPassingSegments.takes(frame) == passes, "\(flags)")
    }
  }

  @Test("behind options of IPv4 the flags are looked at where they are; what is no TCP passes")
  func passingOthers() throws {
    let filter = SocketFilter.ofPassingSegments
    #expect(try filter.takes(Self.frame(.v4, flags: 16, behind: 8)) == false)
    #expect(try filter.takes(Self.frame(.v4, flags: 1, behind: 8)) == true)
    for version in IPVersion.allCases {
      var frame = try Self.frame(version, flags: 16)
      // The protocol, or the next header: UDP.
      frame[version == .v4 ? 23 : 20] = 17
      #expect(try filter.takes(frame) == true)
    }
    #expect(try filter.takes([UInt8](repeating: 0xff, count: 12) + [0x08, 0x06] + [0, 1]) == true)
  }
}
