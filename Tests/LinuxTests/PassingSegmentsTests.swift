// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Linux

/// Which frames a capture takes that passes over the segments of a connection.
@Suite struct PassingSegmentsTests {
  /// A frame of IPv4 with a header of so many bytes, a protocol, a fragment's word and the flags that TCP would have.
  private func frame(
    flags: UInt8, protocol number: UInt8 = 6, headerLength: Int = 20, fragment: UInt16 = 0x4000
  ) -> [UInt8] {
    var ip = [UInt8](repeating: 0, count: headerLength)
    ip[0] = 0x40 | UInt8(headerLength / 4)
    (ip[6], ip[7]) = (UInt8(fragment >> 8), UInt8(truncatingIfNeeded: fragment))
    ip[9] = number
    var tcp = [UInt8](repeating: 0, count: 32)
    tcp[13] = flags
    return [UInt8](repeating: 0x11, count: 12) + [0x08, 0x00] + ip + tcp
  }

  private func takes(_ frame: [UInt8]) throws -> Bool? { try SocketFilter.ofPassingSegments.takes(frame) }

  @Test(
    "what begins or ends a connection is taken, and what passes on it is not, behind headers of any length")
  func segments() throws {
    for length in [20, 24, 60] {
      for flags: UInt8 in 0...0xff {
        #expect(try takes(frame(flags: flags, headerLength: length)) == (flags & 0x07 != 0), "\(flags)")
      }
    }
  }

  @Test("other protocols, later pieces and other frames are taken, whatever stands where flags would")
  func others() throws {
    #expect(try takes(frame(flags: 0x10, protocol: 17)) == true)
    #expect(try takes(frame(flags: 0x10, fragment: 0x2001)) == true)
    #expect(try takes(frame(flags: 0x10, fragment: 0x2000)) == false)
    var arp = frame(flags: 0x10)
    arp[13] = 0x06
    #expect(try takes(arp) == true)
  }
}
