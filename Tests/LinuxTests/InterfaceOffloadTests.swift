// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Testing
import Wire

@testable import Linux

@Suite("What a kernel leaves to the card")
struct InterfaceOffloadTests {
  @Test("it can be turned off on a veth, again too, and on no interface that is not there")
  func turnedOff() throws {
    let cable = try TestCable()
    for _ in 0..<2 {
      try InterfaceOffload.turnOff(on: "eth0", by: cable.nearNetlink)
    }
    do throws(SystemError) {
      try InterfaceOffload.turnOff(on: "eth9", by: cable.nearNetlink)
      Issue.record("there is no eth9")
    } catch {
      #expect(error.errno.name == "ENODEV")
    }
  }

  @Test(
    "the checksum of UDP is left to the card until that is turned off, and then is right on the cable",
    arguments: [true, false])
  func checksum(_ isLeft: Bool) throws {
    let cable = try TestCable()
    let buffer = ReceiveBuffer(capacity: 2000)
    let near = try cable.nearCapture()
    let far = try cable.farCapture()
    if !isLeft { try InterfaceOffload.turnOff(on: "eth0", by: cable.nearNetlink) }
    try cable.near.enter { () throws(SystemError) in
      let socket = try Descriptor.socket(
        "UDP", family: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
      var address = TestCable.farAddress.socketAddress
      address.sin_port = UInt16(7777).bigEndian
      try withSocketAddress(of: address) { pointer, length throws(SystemError) in
        _ = try systemCall("sendto") { sendto(socket.rawValue, "odd", 3, 0, pointer, length) }
      }
    }
    for frame in [try cable.next(near, into: buffer), try cable.next(far, into: buffer)] {
      #expect(frame.isChecksumOffloaded == isLeft)
      let packet = try IPv4Packet(parsing: frame.bytes.dropFirst(EthernetHeader.length))
      // The pseudo-header of RFC 768: addresses, protocol and length.
      let header = packet.header
      let pseudo =
        header.source.octets + header.destination.octets + [0, 17, 0, UInt8(packet.payload.count)]
      #expect((InternetChecksum.checksum(of: pseudo + packet.payload) == 0) == !isLeft)
    }
  }
}
