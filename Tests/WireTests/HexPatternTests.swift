// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite("Bytes of which some digits may be any")
struct HexPatternTests {
  @Test("a dot is any digit, and every other must be there")
  func matches() throws {
    let pattern = try HexPattern("1388 .... 0.:.d")
    #expect(pattern.count == 6)
    for hex in ["13880000000d", "1388ffff0f3d", "1388abcd01fd"] {
      #expect(pattern.matches(KnownBytes.bytes(hex)[...]), "\(hex)")
    }
    for hex in [
      "13890000000d", "03880000000d", "13880000100d", "13880000000c", "13880000000d00", "1388000000",
    ] {
      #expect(!pattern.matches(KnownBytes.bytes(hex)[...]), "\(hex)")
    }
    #expect(try HexPattern("").matches([]))
    #expect(HexPattern([1, 2]).matches([1, 2]) && !HexPattern([1, 2]).matches([1, 3]))
  }

  @Test("what is no digit and no dot is pointed at")
  func errors() {
    for (text, index, reason) in [
      ("1", 0, HexError.Reason.halfByte), ("..x.", 2, .notHexadecimal), ("12 .", 3, .halfByte),
      (":..", 0, .misplacedColon),
    ] {
      #expect(throws: HexError.self) { try HexPattern(text) }
      do throws(HexError) { _ = try HexPattern(text) } catch {
        #expect(error.index == index && error.reason == reason, "\(text)")
      }
    }
  }
}
