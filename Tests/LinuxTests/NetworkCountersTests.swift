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
    let counters = try space.enter { () throws(SystemError) in try NetworkCounters.read() }.values
    #expect(counters["Ip.InReceives"] == 0)
    #expect(counters["IpExt.InCsumErrors"] == 0)
    #expect(counters["Ip.InReceives2"] == nil)
  }

  @Test("a rise is the difference of two readings")
  func rises() {
    let before = NetworkCounters.Reading(snmp: Array("t: a b\nt: 1 5\n".utf8), netstat: [], snmp6: [])
    let after = NetworkCounters.Reading(
      snmp: Array("t: a b\nt: 4 5\n".utf8), netstat: Array("u: c\nu: 2\n".utf8), snmp6: [])
    #expect(NetworkCounters.rises(from: before, to: after) == ["t.a": 3, "t.b": 0, "u.c": 2])
    #expect(NetworkCounters.rises(from: nil, to: before) == ["t.a": 1, "t.b": 5])
  }
}
