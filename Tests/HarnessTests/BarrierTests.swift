// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

@Suite("barrier markers")
struct BarrierMarkerTests {
  private let near = MACAddress(2, 0, 0, 0, 0, 1)
  private let far = MACAddress(2, 0, 0, 0, 0, 2)

  @Test(
    "a marker is a frame of the shortest length, for local experiments, with its number and its seal at the end"
  )
  func frame() throws {
    let frame = BarrierMarker(number: 0x0102_0304_0506_0708).frame(from: near, to: far)
    let known: [UInt8] =
      [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]  // Ethernet, IEEE 802 local experimental 1
      + Array("twohost barrier ".utf8) + [1, 2, 3, 4, 5, 6, 7, 8]
    #expect(frame.starts(with: known) && frame.count == 60)
    #expect(frame.suffix(14) == Array(repeating: 0, count: 14)[...])
    #expect(BarrierMarker.prefixLength == known.count + 8)
    #expect(BarrierMarker(frame) == BarrierMarker(number: 0x0102_0304_0506_0708))
  }

  @Test("a frame that is cut, of another type, with another text, number or seal is no marker")
  func noMarker() {
    let frame = BarrierMarker(number: .max).frame(from: near, to: far)
    for count in 0..<46 { #expect(BarrierMarker(Array(frame.prefix(count))) == nil) }
    for index in 12..<46 {
      var other = frame
      other[index] ^= 1
      #expect(BarrierMarker(other) == nil)
    }
  }

  @Test("the seal is SipHash-2-4, and its key is another each time")
  func seal() {
    // The vector for the key 00…0f and the bytes 00…07 that the authors publish.
    let known = MarkerSeal(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
    #expect(known.of(0x0706_0504_0302_0100) == 0x93f5_f579_9a93_2462)
    #expect(MarkerSeal().of(1) != MarkerSeal().of(1))
  }

  @Test("every bit of the number tells two markers apart")
  func numbers() {
    for bit in 0..<64 {
      let marker = BarrierMarker(number: 1 << bit)
      #expect(BarrierMarker(marker.frame(from: near, to: far)) == marker)
      #expect(marker != BarrierMarker(number: 0))
    }
  }
}

@Suite("the barrier, as root")
struct WatchTests {
  /// Two hosts on a cable, whose roles have sockets for another protocol than packets here are of.
  private func hosts(_ deadline: Deadline) throws -> HostPair {
    try HostPair(
      scenario(#"{ protocol: 254, exchange: ["x"] }"#), with: testResources(),
      until: deadline)
  }

  private func outgoing(_ frames: [FrameRecord], _ host: HostName) -> [[UInt8]] {
    frames.filter { $0.host == host && $0.isOutgoing }.map(\.bytes)
  }

  private func incoming(_ frames: [FrameRecord], _ host: HostName) -> [[UInt8]] {
    frames.filter { $0.host == host && !$0.isOutgoing }.map(\.bytes)
  }

  @Test("when a barrier has come, no packet is missing and no marker is among them: 200 rounds of 40 packets")
  func complete() throws {
    let deadline = Deadline(after: .seconds(60))
    let hosts = try hosts(deadline)
    let sender = try hosts.sender.space.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let receiver = try hosts.receiver.space.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let affinity = try CPUAffinity.ofThisThread()
    try affinity.keepCurrent()
    defer { affinity.restore() }
    var watch = Watch()
    let buffer = ReceiveBuffer(capacity: 2000)
    for round in 0..<200 {
      for number in 0..<40 {
        try sender.send([UInt8(round), UInt8(number)], to: Network.lan.receiver.address(of: .v4))
      }
      let frames = try watch.settled(hosts, until: deadline)
      let sent = outgoing(frames, .sender)
      #expect(sent.map { $0.suffix(2) } == (0..<40).map { [UInt8(round), UInt8($0)] })
      #expect(incoming(frames, .receiver) == sent && frames.count == 80)
      for frame in sent { #expect(try receiver.receive(into: buffer)?.bytes == Array(frame.dropFirst(14))) }
      #expect(try receiver.receive(into: buffer) == nil)
    }
    #expect(watch.rounds == 200)
  }

  @Test("what was sent from any processor has come with a barrier of all: 50 rounds")
  func processors() throws {
    let deadline = Deadline(after: .seconds(60))
    let hosts = try hosts(deadline)
    let sender = try hosts.sender.space.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let receiver = try hosts.receiver.space.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let affinity = try CPUAffinity.ofThisThread()
    let home = try affinity.keepCurrent()
    defer { affinity.restore() }
    var watch = Watch(mostSent: [.sender: .max])
    watch.processors = [home] + affinity.processors.filter { $0 != home }
    let buffer = ReceiveBuffer(capacity: 2000)
    for _ in 0..<50 {
      for processor in affinity.processors {
        try CPUAffinity.keep(processor)
        for number in 0..<10 { try sender.send([UInt8(number)], to: Network.lan.receiver.address(of: .v4)) }
      }
      try CPUAffinity.keep(watch.processors[0])
      let frames = try watch.settled(hosts, until: deadline)
      #expect(outgoing(frames, .sender).count == 10 * affinity.processors.count)
      #expect(incoming(frames, .receiver).count == 10 * affinity.processors.count)
      for _ in 0..<(10 * affinity.processors.count) { #expect(try receiver.receive(into: buffer) != nil) }
    }
    #expect(watch.rounds == 50)
    // The receiver was silent: from there one processor's marker is enough.
    #expect(watch.markers == [.receiver: 50 * UInt64(affinity.processors.count), .sender: 50])
  }

  @Test("what was handed to the socket as it was sent has come through, and nothing else has")
  func comeThrough() throws {
    let deadline = Deadline(after: .seconds(60))
    let hosts = try hosts(deadline)
    let affinity = try CPUAffinity.ofThisThread()
    try affinity.keepCurrent()
    defer { affinity.restore() }
    let buffer = ReceiveBuffer(capacity: 2000)
    for (number, isOpen, comes) in [(UInt8(253), true, true), (253, false, false), (1, true, false)] {
      let sender = try hosts.sender.space.enter { () throws(SystemError) in try RawSocket(protocol: number) }
      let listening = isOpen ? number : 254
      let receiver = try hosts.receiver.space.enter { () throws(SystemError) in
        try RawSocket(protocol: listening)
      }
      var watch = Watch(mostSent: [.sender: .max])
      #expect(watch.hasComeThrough(to: .receiver, []))
      try sender.send([0, 0, 0xff, 0xff, 0, 0, 0, 0], to: Network.lan.receiver.address(of: .v4))
      try watch.settle(hosts, until: deadline)
      let packet = try receiver.receive(into: buffer)
      let deliveries = [packet].compactMap { $0 }.map {
        Delivery(bytes: $0.bytes, originalLength: $0.originalLength, at: .receiver, timestamp: 0)
      }
      #expect(deliveries.count == (isOpen ? 1 : 0))
      #expect(watch.hasComeThrough(to: .receiver, deliveries) == comes)
      #expect(!watch.hasComeThrough(to: .sender, deliveries) && !watch.hasComeThrough(to: .receiver, []))
    }
  }

  @Test("what comes back is there too: 100 rounds of 5 packets that the receiver refuses")
  func replies() throws {
    let deadline = Deadline(after: .seconds(60))
    let hosts = try hosts(deadline)
    let sender = try hosts.sender.space.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let affinity = try CPUAffinity.ofThisThread()
    try affinity.keepCurrent()
    defer { affinity.restore() }
    var watch = Watch()
    var roundsWithReplies: UInt64 = 0
    for _ in 0..<100 {
      for _ in 0..<5 { try sender.send([1], to: Network.lan.receiver.address(of: .v4)) }
      let frames = try watch.settled(hosts, until: deadline)
      #expect(outgoing(frames, .sender).count == 5)
      // The kernel limits how many refusals it sends (icmp(7)); those that it sent must have come.
      #expect(incoming(frames, .sender) == outgoing(frames, .receiver))
      if !incoming(frames, .sender).isEmpty { roundsWithReplies += 1 }
    }
    // After a reply there is one round more: the sender might have answered it.
    #expect(roundsWithReplies > 0 && watch.rounds == 100 + roundsWithReplies)
  }

  @Test(
    "a marker of another barrier, of no barrier, or of this one again is a packet like any other",
    arguments: ["another", "none", "again"])
  func foreignMarker(kind: String) throws {
    let deadline = Deadline(after: .seconds(60))
    let hosts = try hosts(deadline)
    let sender = try hosts.sender.space.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    // Without one, the refusal that comes back would lead to a second round, and hide what the first missed.
    let receiver = try hosts.receiver.space.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let affinity = try CPUAffinity.ofThisThread()
    try affinity.keepCurrent()
    defer { affinity.restore() }
    let program = try hosts.receiver.space.enter { () throws(SystemError) in
      try PacketSocket(link: hosts.receiver.link, closedBy: ClosingPool())
    }
    var watch = Watch()
    if kind == "again" { try watch.settle(hosts, until: deadline) }
    // The second marker of the first round went from the receiver to the sender.
    var foreign = BarrierMarker(number: kind == "again" ? 2 : 999)
      .frame(from: hosts.receiver.mac, to: hosts.sender.mac)
    if kind == "none" { foreign[45] ^= 1 }
    try program.send(foreign)
    try sender.send([1], to: Network.lan.receiver.address(of: .v4))
    let frames = try watch.settled(hosts, until: deadline)
    #expect(outgoing(frames, .sender).count == 1)
    #expect(incoming(frames, .receiver) == outgoing(frames, .sender))
    #expect(outgoing(frames, .receiver) == [foreign] && incoming(frames, .sender) == [foreign])
    #expect(try receiver.receive(into: ReceiveBuffer(capacity: 100)) != nil)
  }

  @Test(
    "a marker that is under way and that somebody sends too, from whichever end, is a packet like any other")
  func replayedMarker() throws {
    let deadline = Deadline(after: .seconds(60))
    for host in HostName.allCases {
      let hosts = try hosts(deadline)
      let affinity = try CPUAffinity.ofThisThread()
      try affinity.keepCurrent()
      defer { affinity.restore() }
      let link = hosts.link(of: host)
      let program = try hosts.enter(host) { () throws(SystemError) in
        try PacketSocket(link: link, closedBy: ClosingPool())
      }
      let next = BarrierMarker(number: 1).frame(from: hosts.mac(of: host), to: hosts.mac(of: host.other))
      try program.send(next)
      var watch = Watch()
      let frames = try watch.settled(hosts, until: deadline)
      #expect(outgoing(frames, host) == [next] && incoming(frames, host.other) == [next], "\(host)")
    }
  }

  @Test("past the deadline a barrier is given up, and no silence is taken for proof")
  func timesOut() throws {
    let hosts = try hosts(Deadline(after: .seconds(60)))
    var watch = Watch()
    let error = #expect(throws: SystemError.self) {
      _ = try watch.settled(hosts, until: Deadline(after: .zero))
    }
    #expect(error?.errno == .timedOut)
  }

  @Test("a marker that does not come out is sent again, with another number")
  func lost() throws {
    var hosts = try hosts(Deadline(after: .seconds(60)))
    // Nothing comes out at an end that nobody looks at.
    hosts.receiver.capture = try PacketSocket(closedBy: ClosingPool())
    var watch = Watch(after: 41)
    let error = #expect(throws: SystemError.self) {
      try watch.settle(hosts, until: Deadline(after: .milliseconds(500)))
    }
    #expect(error?.errno == .timedOut)
    #expect(watch.lastMarker > 42 && watch.rounds == 1)
  }

  @Test(
    "frames without end are no longer taken at an end that alone is looked at", arguments: HostName.allCases)
  func endless(unwatched: HostName) throws {
    var hosts = try hosts(Deadline(after: .seconds(60)))
    let program = try hosts.sender.space.enter { () throws(SystemError) in
      try PacketSocket(link: hosts.sender.link, closedBy: ClosingPool())
    }
    let blind = try PacketSocket(closedBy: ClosingPool())
    switch unwatched {
    case .sender: hosts.sender.capture = blind
    case .receiver: hosts.receiver.capture = blind
    }
    var watch = Watch(mostSent: [.sender: 10])
    let frame = BarrierMarker(number: 1).frame(from: hosts.sender.mac, to: hosts.receiver.mac)
    for _ in 0..<10 { try program.send(frame) }
    try watch.collect(hosts)
    try program.send(frame)
    let error = #expect(throws: SystemError.self) { try watch.collect(hosts) }
    #expect(error?.errno == .noBufferSpace)
  }

  @Test("a marker that comes out is sent once, and behind those that have passed")
  func once() throws {
    let deadline = Deadline(after: .seconds(60))
    let hosts = try hosts(deadline)
    var watch = Watch(after: 41)
    try watch.settle(hosts, until: deadline)
    #expect(watch.lastMarker == 43 && watch.markers == [.receiver: 1, .sender: 1])
  }

  @Test("the counts of a capture are of the packets alone, and all of them")
  func counts() throws {
    let record = try playedRecord(of: #"{ network: { arp: "dynamic" }, exchange: ["Hello World !", "Hi"] }"#)
    for host in HostName.allCases {
      let frames = record.frames.filter { $0.host == host }
      #expect(frames.count == 4)
      #expect(record.counts[host] == CaptureCounts(received: UInt64(frames.count), dropped: 0))
    }
  }
}

extension Watch {
  /// The frames of one settling.
  fileprivate mutating func settled(
    _ hosts: borrowing HostPair, until deadline: Deadline
  ) throws(SystemError) -> [FrameRecord] {
    try settle(hosts, until: deadline)
    return takeFrames()
  }
}
