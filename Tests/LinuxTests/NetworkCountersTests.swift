// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Linux

@Suite("network counters")
struct NetworkCountersTests {
  @Test("pairs of lines are read into names and values, and lines without a partner are passed over")
  func parse() {
    // The beginning of a /proc/net/snmp of Linux 6.18.
    let text = """
      Ip: Forwarding DefaultTTL InReceives InHdrErrors
      Ip: 2 64 23 1
      Icmp: InMsgs InErrors
      Icmp: 4 0
      Alone: A B
      """
    let counters = NetworkCounters.parse(text)
    #expect(counters["Ip.InReceives"] == 23)
    #expect(counters["Ip.InHdrErrors"] == 1)
    #expect(counters["Icmp.InMsgs"] == 4)
    #expect(counters.count == 6)
  }

  @Test("the counters of a new namespace are there and begin at 0")
  func fresh() throws {
    let space = try NetworkNamespace()
    let counters = try space.enter { () throws(SystemError) in try NetworkCounters.read() }
    #expect(counters["Ip.InReceives"] == 0)
    #expect(counters["IpExt.InCsumErrors"] == 0)
    #expect(counters["Ip.InReceives2"] == nil)
  }

  @Test("a rise is the difference of two readings")
  func rises() {
    let rises = NetworkCounters.rises(from: ["a": 1, "b": 5], to: ["a": 4, "b": 5, "c": 2])
    #expect(rises == ["a": 3, "b": 0, "c": 2])
  }
}
