// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Linux

/// Which sockets are there now and were not before, in namespaces of their own.
@Suite("socket tables, as root")
struct SocketTableTests {
  @Test("a socket is found behind more than the kernel prints at once, and those that were there are not")
  func many() throws {
    let space = try NetworkNamespace()
    try space.enter { () throws(SystemError) in
      var others: [RawSocketBox] = []
      for _ in 0..<200 { others.append(RawSocketBox(try RawSocket(protocol: 252))) }
      var table = try SocketTable(protocol: 253)
      #expect(try !table.hasGained())
      for _ in 0..<200 { others.append(RawSocketBox(try RawSocket(protocol: 252))) }
      #expect(try !table.hasGained(), "of another protocol")
      let wanted = try RawSocket(protocol: 253)
      #expect(try table.hasGained())
      _ = wanted.rawDescriptor
      withExtendedLifetime(others) {}
    }
  }

  @Test("packet sockets and sockets with headers of their own count too", arguments: [true, false])
  func others(isPacket: Bool) throws {
    let space = try NetworkNamespace()
    try space.enter { () throws(SystemError) in
      var table = try SocketTable(protocol: 253)
      if isPacket {
        let packet = try PacketSocket(closedBy: ClosingPool())
        #expect(try table.hasGained())
        _ = packet.rawDescriptor
      } else {
        let raw = try RawSocket(protocol: 255)
        #expect(try table.hasGained())
        _ = raw.rawDescriptor
      }
    }
  }
}

/// Holds a socket in a list.
private final class RawSocketBox {
  let socket: RawSocket
  init(_ socket: consuming RawSocket) { self.socket = socket }
}
