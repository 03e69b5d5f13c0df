// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

/// The text of an address: one for each (RFC 5952 §4).
@Suite struct IPv6AddressTests {
  private static func address(_ groups: [UInt16]) -> IPv6Address {
    let halves = [groups.prefix(4), groups.suffix(4)].map { half in
      half.reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
    }
    return IPv6Address(high: halves[0], low: halves[1])
  }

  @Test(
    "each example of RFC 5952 has its recommended text",
    arguments: [
      // §4.1: no leading zeros, and a group of zeros alone is 0.
      ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], "2001:db8::1"),
      ([0x2001, 0xdb8, 0xaaaa, 0xbbbb, 0xcccc, 0xdddd, 0xeeee, 1], "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"),
      // §4.2.1: as short as can be.
      ([0x2001, 0xdb8, 0, 0, 0, 0, 2, 1], "2001:db8::2:1"),
      // §4.2.2: one group alone is not shortened.
      ([0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], "2001:db8:0:1:1:1:1:1"),
      // §4.2.3: the longest run, and of two that are as long the first.
      ([0x2001, 0, 0, 1, 0, 0, 0, 1], "2001:0:0:1::1"),
      ([0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], "2001:db8::1:0:0:1"),
      // §4.3: lower case.
      (
        [0x2001, 0xdb8, 0xaaaa, 0xbbbb, 0xcccc, 0xdddd, 0xeeee, 0xaaaa],
        "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"
      ),
      // §5: an IPv4-mapped address has the dotted one in it, and its neighbour has not.
      ([0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201], "::ffff:192.0.2.1"),
      ([0, 0, 0, 0, 0, 0xfffe, 0xc000, 0x201], "::fffe:c000:201"),
      ([0, 0, 0, 1, 0, 0xffff, 0xc000, 0x201], "::1:0:ffff:c000:201"),
    ] as [([UInt16], String)])
  func examples(_ groups: [UInt16], _ text: String) {
    #expect(Self.address(groups).description == text)
  }

  // RFC 4291 §2.2 and §2.5 have these.
  @Test(
    "a run of zeros is shortened at either end, and all of it",
    arguments: [
      ([0, 0, 0, 0, 0, 0, 0, 0], "::"), ([0, 0, 0, 0, 0, 0, 0, 1], "::1"),
      ([0xff01, 0, 0, 0, 0, 0, 0, 0x101], "ff01::101"),
      ([0x2001, 0xdb8, 0, 0, 8, 0x800, 0x200c, 0x417a], "2001:db8::8:800:200c:417a"),
      ([0xfe80, 0, 0, 0, 0, 0, 0, 0], "fe80::"),
      ([0, 0x2001, 0xdb8, 1, 1, 1, 1, 0], "0:2001:db8:1:1:1:1:0"),
    ] as [([UInt16], String)])
  func ends(_ groups: [UInt16], _ text: String) {
    #expect(Self.address(groups).description == text)
  }
}
