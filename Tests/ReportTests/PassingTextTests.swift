// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

@testable import Report

/// What is shown of packets as they pass.
@Suite struct PassingTextTests {
  /// An ARP request and a frame of a protocol that nobody knows.
  private static let request: [UInt8] =
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1]
    + [2, 0, 0, 0, 0, 1, 1, 1, 1, 100, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
  private static let other: [UInt8] = [UInt8](repeating: 2, count: 12) + [0x88, 0xb5, 1]

  private func left(_ frame: [UInt8], _ host: HostName, at timestamp: UInt64) -> PassingEvent {
    PassingEvent(
      .left(FrameSummary(frame: frame, tellingFlags: true), length: frame.count), at: host,
      timestamp: timestamp)
  }

  @Test("a frame is shown by its time since the first, who sent it, what it is and how long")
  func frames() {
    var text = PassingText(palette: Palette(isColoured: false))
    let first = text.lines([left(Self.request, .sender, at: 5_000_000_000)])
    #expect(first == ["  0.000000  sender ──────▶ receiver  ARP request for 1.1.1.1 by 1.1.1.100, 42 bytes"])
    let second = text.lines([left(Self.other, .receiver, at: 17_250_001_000)])
    #expect(second == [" 12.250001  sender ◀────── receiver  a frame of EtherType 0x88b5, 15 bytes"])
    // The other end's clock was read a moment before.
    #expect(text.lines([left(Self.other, .receiver, at: 4_999_999_999)])[0].hasPrefix("  0.000000  "))
  }

  @Test("what kernels send by themselves stands back, and what was lost stands out")
  func colours() {
    var text = PassingText(palette: Palette(isColoured: true))
    #expect(text.lines([left(Self.request, .sender, at: 0)])[0].hasPrefix("\u{1b}[2m"))
    #expect(text.lines([left(Self.other, .sender, at: 0)])[0].hasPrefix("  0.000000"))
    #expect(text.lines([PassingEvent(.missed(1), at: .sender)])[0].hasPrefix("\u{1b}[31m"))
  }

  @Test("what the cable did is shown at the packet's arrow")
  func deeds() {
    var text = PassingText(palette: Palette(isColoured: false))
    let deeds: [(CableDeed.Kind, HostName, String)] = [
      (.dropped, .sender, "sender ──✗     receiver  packet 2: dropped"),
      (.lost, .receiver, "sender     ✗── receiver  reverse packet 2: lost"),
      (.bitFlipped(7), .sender, "sender ──~───▶ receiver  packet 2: bit 7 flipped"),
      (.delayed(.milliseconds(20)), .receiver, "sender ◀───~── receiver  reverse packet 2: delayed 20 ms"),
    ]
    for (kind, host, line) in deeds {
      let event = PassingEvent(.treated(CableDeed(CablePacket(2, from: host), kind)), at: host)
      #expect(text.lines([event]) == ["            " + line])
    }
  }

  @Test("of what comes at once the first are shown, and how many more there were; what was not seen is told")
  func many() {
    var text = PassingText(palette: Palette(isColoured: false))
    let lines = text.lines((0..<102).map { left(Self.other, .sender, at: $0) })
    #expect(lines.count == 101 && lines.last == "            … and 2 more at once")
    #expect(text.lines((0..<100).map { left(Self.other, .sender, at: $0) }).count == 100)
    #expect(text.lines([]).isEmpty)
    #expect(
      text.lines([PassingEvent(.missed(3), at: .receiver)])
        == ["            3 frames not seen at the receiver: there was no room"])
  }
}
