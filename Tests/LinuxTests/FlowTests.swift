// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Testing
import Wire

@testable import Linux

@Suite("flows, as root")
struct FlowTests {
  private func format(_ packets: Int, size: Int = 64, isIdentified: Bool = false) -> FlowFormat {
    FlowFormat(
      from: .v4(TestCable.nearAddress), to: .v4(TestCable.farAddress), protocol: 253, number: 1,
      packets: packets, size: size, isIdentified: isIdentified)
  }

  private func take(_ sequences: [UInt64], of format: FlowFormat, _ tally: inout FlowTally) {
    for sequence in sequences {
      let packet = format.header(of: sequence).bytes + format.payload(of: sequence, at: 1000)
      packet.withUnsafeBytes { tally.take($0, length: $0.count, at: 3000) }
    }
  }

  // MARK: - Counting

  @Test(
    "packets are counted by the definitions of RFC 4737: of copies the first, and late is behind a later one")
  func definitions() {
    let format = format(10)
    var tally = FlowTally(format)
    // 5 and 4 come behind 6; the copy of 2 is no late packet, and neither is 7 behind them.
    take([1, 2, 3, 6, 5, 2, 4, 7, 9], of: format, &tally)
    #expect(tally.delivered == 8)
    #expect(tally.reordered == 2 && tally.latecomers == [5, 4])
    #expect(tally.duplicated == 1 && tally.duplicates == [2])
    #expect(tally.missing == [8, 10])
    #expect(tally.wrong == 0)
  }

  @Test("a packet that is wrong is of no number, and one that was cut is wrong")
  func wrong() {
    let format = format(100)
    var tally = FlowTally(format)
    take(Array(2...100), of: format, &tally)
    var packet = format.header(of: 1).bytes + format.payload(of: 1, at: 1000)
    packet.withUnsafeBytes { tally.take($0, length: $0.count + 8, at: 3000) }
    packet[70] ^= 1
    for _ in 0..<9 { packet.withUnsafeBytes { tally.take($0, length: $0.count, at: 3000) } }
    #expect(tally.wrong == 10 && tally.delivered == 99 && tally.missing == [1])
    #expect(tally.wrongPackets.count == 4 && tally.wrongPackets.last == packet)
  }

  @Test("percentiles are exact to one part in 128, and never more than the longest")
  func percentiles() {
    var times = LatencyHistogram()
    #expect(times.percentile(50) == 0)
    for time in 1...1000 { times.add(UInt64(time) * 1000) }
    for percent in [50, 90, 99, 100] {
      let exact = Double(percent) * 10_000
      let seen = Double(times.percentile(percent))
      #expect(seen >= exact && seen <= exact * (1 + 1.0 / 128), "\(percent): \(seen)")
    }
    #expect(times.max == 1_000_000 && times.percentile(100) == 1_000_000)
    times.add(0)
    times.add(.max)
    #expect(times.max == .max && times.percentile(100) == .max)
  }

  @Test(
    "a percentile is the least time within which at least so many of a hundred came (nearest rank)",
    arguments: [
      ([7], [1: 7, 50: 7, 100: 7]), ([1, 2, 3], [33: 1, 34: 2, 50: 2, 66: 2, 67: 3, 90: 3, 99: 3]),
      // Wikipedia, Percentile, "Worked examples of the nearest-rank method".
      ([15, 20, 35, 40, 50], [5: 15, 20: 15, 21: 20, 30: 20, 40: 20, 41: 35, 50: 35, 100: 50]),
      ([3, 6, 7, 8, 8, 10, 13, 15, 16, 20], [25: 7, 50: 8, 75: 15, 90: 16, 91: 20, 99: 20, 100: 20]),
    ] as [([UInt64], [Int: UInt64])])
  func nearestRank(values: [UInt64], expected: [Int: UInt64]) {
    var times = LatencyHistogram()
    // Whatever the order in which they come.
    for value in values.reversed() { times.add(value) }
    for (percent, time) in expected { #expect(times.percentile(percent) == time, "p\(percent)") }
  }

  @Test("times are counted together that have the same eight leading bits, from 256 on", arguments: 8...63)
  func sameLeadingBits(power: UInt64) {
    let (edge, step) = (UInt64(1) << power, UInt64(1) << (power - 7))
    // The last time below the edge, the first two that are counted together, and the first behind them.
    for (time, shown) in [
      (edge - 1, edge - 1), (edge, edge + (step - 1)), (edge + (step - 1), edge + (step - 1)),
      (edge + step, edge + 2 * step - 1),
    ] {
      var times = LatencyHistogram()
      times.add(time)
      #expect(times.percentile(100) == time, "never more than the longest")
      times.add(.max)
      #expect(times.percentile(50) == shown, "\(time)")
    }
  }

  // MARK: - Over a cable

  @Test(
    "what a socket has no room for is lost, and counted by it and by the flow alike",
    arguments: [false, true])
  func overflow(byFrame: Bool) throws {
    let cable = try TestCable()
    let format = format(2000, size: 1000, isIdentified: byFrame)
    let closing = cable.closing
    let receiver = try cable.far.enter { () throws(SystemError) in
      try FlowReceiver(format, boundTo: format.destination, room: 100_000)
    }
    var sender = try cable.near.enter { () throws(SystemError) in
      guard byFrame else { return try FlowSender(format, closedBy: closing) }
      let header = EthernetHeader(
        destination: TestCable.farMAC, source: TestCable.nearMAC, etherType: .ipv4)
      return try FlowSender(format, under: header, link: TestCable.nearLink, closedBy: closing)
    }
    // Nobody takes anything until all have left.
    while sender.sent < 2000 && !cable.deadline.hasPassed { _ = try sender.send(atMost: 64) }
    let affinity = try CPUAffinity.ofThisThread()
    try receiver.start(besides: affinity.processors[0], of: affinity)
    while receiver.count == 0 && !cable.deadline.hasPassed {
      let question = receiver.askWhetherEmpty()
      _ = try Readiness.wait(toRead: [receiver.rawDescriptor], until: cable.deadline)
      if receiver.isAnswered(question) { break }
    }
    let tally = try receiver.finish()
    #expect(tally.delivered > 0 && tally.dropped > 0)
    #expect(tally.delivered + tally.dropped == 2000)
    #expect(tally.wrong == 0 && tally.duplicated == 0 && tally.reordered == 0)
    #expect(tally.missing.first == tally.delivered + 1, "what came first has found room")
  }

  @Test("a receiver to whom nothing comes says so when it is asked, and ends")
  func silence() throws {
    let cable = try TestCable()
    let receiver = try cable.far.enter { () throws(SystemError) in try FlowReceiver(format(5)) }
    let affinity = try CPUAffinity.ofThisThread()
    try receiver.start(besides: affinity.processors[0], of: affinity)
    #expect(!receiver.await(1))
    let question = receiver.askWhetherEmpty()
    while !receiver.isAnswered(question) && !cable.deadline.hasPassed {
      _ = try Readiness.wait(toRead: [receiver.rawDescriptor], until: cable.deadline)
    }
    #expect(receiver.isAnswered(question))
    let tally = try receiver.finish()
    #expect(tally.delivered == 0 && tally.end == 0 && tally.missing == [1, 2, 3, 4])
  }

  // MARK: - Over IPv6

  /// What is received over the loopback interface of a new namespace of what is sent there.
  private func tally(
    _ format: FlowFormat, _ send: (borrowing RawSocket) throws(SystemError) -> Void
  ) throws -> FlowTally {
    let space = try NetworkNamespace()
    let deadline = Deadline(after: .seconds(30))
    return try space.enter { () throws(SystemError) in
      var netlink = try NetlinkSocket()
      try netlink.perform([.raise(link: 1)], until: deadline)
      let receiver = try FlowReceiver(format, boundTo: format.destination)
      try send(RawSocket(protocol: format.protocol, over: .v6))
      let affinity = try CPUAffinity.ofThisThread()
      try receiver.start(besides: affinity.processors[0], of: affinity)
      return try receiver.finish()
    }
  }

  private func formatOverIPv6(_ packets: Int) -> FlowFormat {
    FlowFormat(
      from: .v6(.loopback), to: .v6(.loopback), protocol: 253, number: 1, packets: packets, size: 64,
      isIdentified: false)
  }

  @Test(
    "a receiver over IPv6 makes the header of what it is told, and one that is another is wrong, with that header"
  )
  func headerOverIPv6() throws {
    let format = formatOverIPv6(9)
    let level = Int32(IPPROTO_IPV6)
    let tally = try tally(format) { socket throws(SystemError) in
      let payload = { (number: UInt64) in format.payload(of: number, at: 1) }
      // Without a word about it the kernel makes up a flow label.
      try socket.send(payload(1), to: .v6(.loopback))
      try Descriptor.setOption(
        of: socket.rawDescriptor, "IPV6_AUTOFLOWLABEL", level: level, IPV6_AUTOFLOWLABEL, to: Int32(0))
      try socket.send(payload(2), to: .v6(.loopback))
      try Descriptor.setOption(
        of: socket.rawDescriptor, "IPV6_UNICAST_HOPS", level: level, IPV6_UNICAST_HOPS, to: Int32(63))
      try socket.send(payload(3), to: .v6(.loopback))
      try Descriptor.setOption(
        of: socket.rawDescriptor, "IPV6_UNICAST_HOPS", level: level, IPV6_UNICAST_HOPS, to: Int32(64))
      try Descriptor.setOption(
        of: socket.rawDescriptor, "IPV6_TCLASS", level: level, IPV6_TCLASS, to: Int32(0xb8))
      try socket.send(payload(4), to: .v6(.loopback))
      // A packet without payload is no end.
      try socket.send([], to: .v6(.loopback))
      try Descriptor.setOption(
        of: socket.rawDescriptor, "IPV6_TCLASS", level: level, IPV6_TCLASS, to: Int32(0))
      try socket.send(payload(5), to: .v6(.loopback))
    }
    #expect(tally.delivered == 2 && tally.wrong == 4)
    let faults = tally.wrongPackets.map { format.faults(in: $0).map(\.text) }
    #expect(
      faults == [
        ["its version, traffic class or flow label differs"], ["its hop limit differs"],
        ["its version, traffic class or flow label differs"], ["it has 40 bytes, but was sent with 104"],
      ])
    #expect(tally.wrongPackets.map(\.count) == [104, 104, 104, 40])
  }

  @Test("a flow of IPv6 comes whole, as many packets as a batch has and one more")
  func overIPv6() throws {
    for packets in [1, 64, 65] {
      let format = formatOverIPv6(packets)
      let pool = ClosingPool()
      let tally = try tally(format) { _ throws(SystemError) in
        var sender = try FlowSender(format, closedBy: pool)
        while sender.sent < packets { _ = try sender.send(atMost: 64) }
      }
      #expect(tally.delivered == packets && tally.wrong == 0)
    }
  }

  @Test("the drops of an interface are the fourth number of its line")
  func interfaceDrops() {
    let text = """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo
          lo:       0       0    0    0    0     0          0         0        0       0    0    0    0
        eth0:  100000    2000    0   17    0     0          0         0        5       6    0    7    0
      """
    #expect(NetworkCounters.drops(by: "eth0", in: text) == 17)
    #expect(NetworkCounters.drops(by: "eth1", in: text) == 0)
  }
}
