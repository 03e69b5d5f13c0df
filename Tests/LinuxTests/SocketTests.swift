// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Wire

@testable import Linux

@Suite("raw and packet sockets, as root")
struct SocketTests {
  private let payload = Array("Hello World !".utf8)

  @Test("a payload crosses under the kernel's header, and both captures see it with its direction and time")
  func kernelHeader() throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    let nearCapture = try cable.nearCapture()
    let farCapture = try cable.farCapture()
    var sender = try cable.near.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let receiver = try cable.far.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    try sender.setTTL(7)
    try sender.setTypeOfService(0x2e << 2 | 1)
    try sender.setDontFragment(true)
    let before = now()
    try sender.send(payload, to: .v4(TestCable.farAddress))

    let delivered = try cable.next(receiver, into: buffer)
    let sent = try cable.next(nearCapture, into: buffer)
    let arrived = try cable.next(farCapture, into: buffer)
    let packet = try IPv4Packet(parsing: delivered.bytes[...])
    #expect(packet.payload == payload && packet.header.ttl == 7 && packet.header.dontFragment)
    #expect(packet.header.dscp == 0x2e && packet.header.ecn == 1 && packet.header.isChecksumRight)
    #expect(packet.header.source == TestCable.nearAddress)

    #expect(sent.isOutgoing && !arrived.isOutgoing)
    let ethernet = EthernetHeader(destination: TestCable.farMAC, source: TestCable.nearMAC)
    #expect(sent.bytes == ethernet.bytes + delivered.bytes)
    #expect(arrived.bytes == sent.bytes)
    let times = [before, sent.timestamp, arrived.timestamp, now()]
    #expect(times == times.sorted())
    #expect(try receiver.receive(into: buffer) == nil && farCapture.receive(into: buffer) == nil)
  }

  @Test("each packet leaves with the TTL and type of service set last, or those of a new socket")
  func changingHeader() throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    var sender = try cable.near.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let receiver = try cable.far.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    for (ttl, service) in [(UInt8(64), UInt8(0)), (9, 0), (9, 4), (64, 4), (64, 0), (255, 0xff), (64, 0)] {
      try sender.setTTL(ttl)
      try sender.setTypeOfService(service)
      try sender.send(payload, to: .v4(TestCable.farAddress))
      let header = try IPv4Packet(parsing: cable.next(receiver, into: buffer).bytes[...]).header
      #expect(header.ttl == ttl && header.dscp << 2 | header.ecn == service)
    }
    #expect(throws: SystemError.self) { try sender.setTTL(0) }
  }

  @Test("a header of one's own leaves as it was given, byte for byte, as documented")
  func ownHeader() throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    let receiver = try cable.far.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let sender = try cable.near.enter { () throws(SystemError) in
      try RawSocket(protocol: 255, header: .own)
    }
    // "Hi", as the documented receiver printed it.
    let documented = try HexDump.bytes(fromHex: "4500001636dd000080fdfea701010164010101014869")
    try sender.send(documented, to: .v4(TestCable.farAddress))
    #expect(try cable.next(receiver, into: buffer).bytes == documented)
  }

  @Test(
    "in a header of one's own the kernel overwrites total length and checksum, and an identification of 0")
  func overwritten() throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    let capture = try cable.farCapture()
    let sender = try cable.near.enter { () throws(SystemError) in
      try RawSocket(protocol: 255, header: .own)
    }
    // raw(7), IP_HDRINCL: what is asked is 99 bytes, a checksum of 0x0bad and the identification 0.
    let asked = try HexDump.bytes(fromHex: "450000630000000080fd0bad0101016401010101486921")
    try sender.send(asked, to: .v4(TestCable.farAddress))
    let frame = try cable.next(capture, into: buffer).bytes
    let sent = try IPv4Packet(parsing: frame.dropFirst(EthernetHeader.length))
    #expect(sent.header.totalLength == 23)
    #expect(sent.header.checksum != 0x0bad && sent.header.isChecksumRight)
    #expect(sent.header.identification != 0)
    #expect(sent.header.ttl == 128 && sent.payload == Array("Hi!".utf8))
  }

  @Test("a packet longer than the way out is refused by its error's name")
  func tooLong() throws {
    let cable = try TestCable(mtu: 1280)
    let sender = try cable.near.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    try sender.setDontFragment(true)
    let error = #expect(throws: SystemError.self) {
      try sender.send([UInt8](repeating: 0, count: 1261), to: .v4(TestCable.farAddress))
    }
    #expect(error?.description == "sendto(1.1.1.1, 1261 bytes): Message too long (EMSGSIZE)")
    try sender.send([UInt8](repeating: 0, count: 1260), to: .v4(TestCable.farAddress))
  }

  @Test("a frame is sent whole and captured at the far end, but not by the socket that sent it")
  func frame() throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    let nearCapture = try cable.nearCapture()
    let farCapture = try cable.farCapture()
    let header = EthernetHeader(
      destination: TestCable.farMAC, source: TestCable.nearMAC, etherType: .localExperimental1)
    let frame = header.bytes + payload
    try nearCapture.send(frame)
    #expect(try cable.next(farCapture, into: buffer).bytes == frame)
    #expect(try nearCapture.receive(into: buffer) == nil)
    let error = #expect(throws: SystemError.self) { try nearCapture.send([UInt8](repeating: 0, count: 2000)) }
    #expect(error?.errno.name == "EMSGSIZE")
  }

  @Test("a buffer that is too small keeps its beginning and the original length")
  func smallBuffer() throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 25)
    let capture = try cable.farCapture()
    let receiver = try cable.far.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let sender = try cable.near.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    try sender.send(payload, to: .v4(TestCable.farAddress))
    let delivered = try cable.next(receiver, into: buffer)
    #expect(delivered.originalLength == 33 && delivered.bytes.suffix(5) == Array("Hello".utf8)[...])
    let arrived = try cable.next(capture, into: buffer)
    #expect(arrived.originalLength == 47 && arrived.bytes.count == 25)
  }

  @Test("frames that find no room are counted as dropped, and the rest is there")
  func drops() throws {
    let cable = try TestCable(mtu: 65_535)
    let buffer = ReceiveBuffer(capacity: 100)
    var capture = try cable.nearCapture()
    let sender = try cable.nearCapture()
    #expect(try capture.statistics() == CaptureStatistics())
    // More than twice the socket's buffer of 4 MiB, which the kernel doubles (socket(7)); of a type that
    // nobody answers.
    let header = EthernetHeader(
      destination: TestCable.farMAC, source: TestCable.nearMAC, etherType: .localExperimental1)
    let large = header.bytes + [UInt8](repeating: 0, count: 65_000)
    for _ in 0..<300 { try sender.send(large) }
    let counts = try capture.statistics()
    var read: UInt64 = 0
    while try capture.receive(into: buffer) != nil { read += 1 }
    #expect(counts.received == 300)
    #expect(counts.dropped > 0 && counts.dropped < 300)
    #expect(read == counts.received - counts.dropped)
    // The kernel starts its counts anew with every reading; ours go on.
    #expect(try capture.statistics() == counts)
  }

  // The kernel takes the tag out of a frame that comes in (PACKET_AUXDATA in packet(7)).
  @Test(
    "a tagged frame is captured with its tag at both ends, of whichever kind and with all its bits",
    arguments: [[0x81, 0x00, 0x00, 0x07], [0x81, 0x00, 0xff, 0xff], [0x88, 0xa8, 0xb0, 0x64]] as [[UInt8]])
  func tagged(_ tag: [UInt8]) throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    let nearCapture = try cable.nearCapture()
    let farCapture = try cable.farCapture()
    let sender = try cable.nearCapture()
    let untagged =
      EthernetHeader(
        destination: TestCable.farMAC, source: TestCable.nearMAC, etherType: .localExperimental1
      ).bytes + payload
    let frame = untagged.prefix(12) + tag + untagged.dropFirst(12)
    for sent in [Array(frame), untagged] {
      try sender.send(sent)
      for captured in [try cable.next(nearCapture, into: buffer), try cable.next(farCapture, into: buffer)] {
        #expect(captured.bytes == sent)
        #expect(captured.originalLength == sent.count)
      }
    }
  }

  @Test("a tag within a tag is kept with both")
  func twoTags() throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    let farCapture = try cable.farCapture()
    let frame =
      TestCable.farMAC.octets + TestCable.nearMAC.octets
      + [0x88, 0xa8, 0x00, 0x64, 0x81, 0x00, 0x00, 0x07, 0x88, 0xb5] + payload
    try cable.nearCapture().send(frame)
    #expect(try cable.next(farCapture, into: buffer).bytes == frame)
  }

  @Test("a socket that ignores its own host's packets is handed those that came over the cable alone")
  func ownPackets() throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    try cable.near.enter { () throws(SystemError) in
      var netlink = try NetlinkSocket()
      try netlink.perform([.raise(link: 1)], until: cable.deadline)
    }
    let choosy = try cable.near.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let other = try cable.near.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    try choosy.ignoreOwnPackets()
    let own = try cable.near.enter { () throws(SystemError) in try RawSocket(protocol: 252, header: .own) }
    let destinations = [
      TestCable.nearAddress, IPv4Address(127, 0, 0, 1), IPv4Address(1, 1, 1, 255), IPv4Address.broadcast,
    ]
    // Another source does not make them come over the cable.
    for source in [TestCable.nearAddress, IPv4Address(9, 9, 9, 9)] {
      for destination in destinations {
        let header = IPv4Header(source: source, destination: destination, protocol: 253)
        let packet = IPv4Packet.build(header: header, payload: payload)
        do throws(SystemError) {
          try own.send(packet.bytes, to: .v4(destination))
        } catch {
          // Without a gateway there is no way to all.
          #expect(destination == .broadcast && error.errno.name == "ENETUNREACH")
        }
      }
    }
    let far = try cable.far.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    try far.send([7], to: .v4(TestCable.nearAddress))
    try far.send([8], to: .v4(IPv4Address(1, 1, 1, 255)))
    let came = [try cable.next(choosy, into: buffer), try cable.next(choosy, into: buffer)]
    #expect(try came.map { try IPv4Packet(parsing: $0.bytes[...]).payload } == [[7], [8]])
    #expect(try choosy.receive(into: buffer) == nil && choosy.memory().dropped == 0)
    // A socket that does not is handed those of its own host first.
    #expect(try IPv4Packet(parsing: cable.next(other, into: buffer).bytes[...]).payload == payload)
  }

  /// The time of day in nanoseconds, by the clock of the kernel's timestamps.
  private func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
