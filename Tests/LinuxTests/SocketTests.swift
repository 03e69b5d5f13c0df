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
    try sender.send(payload, to: TestCable.farAddress)

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
      try sender.send(payload, to: TestCable.farAddress)
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
    try sender.send(documented, to: TestCable.farAddress)
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
    try sender.send(asked, to: TestCable.farAddress)
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
      try sender.send([UInt8](repeating: 0, count: 1261), to: TestCable.farAddress)
    }
    #expect(error?.description == "sendto(1.1.1.1, 1261 bytes): Message too long (EMSGSIZE)")
    try sender.send([UInt8](repeating: 0, count: 1260), to: TestCable.farAddress)
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
    try sender.send(payload, to: TestCable.farAddress)
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

  /// The time of day in nanoseconds, by the clock of the kernel's timestamps.
  private func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
