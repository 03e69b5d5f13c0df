// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

/// Connections of TCP between two hosts.
@Suite struct TCPSocketTests {
  /// How many bytes a socket has and nobody has read (tcp(7), `FIONREAD`).
  private func unread(_ socket: Int32) -> Int32 {
    var count: Int32 = 0
    _ = ioctl(socket, UInt(FIONREAD), &count)
    return count
  }

  private func canBeRead(_ socket: Int32) throws -> Bool {
    try Readiness.wait(toRead: [socket], until: Deadline(after: .zero))
  }

  @Test("a socket can be read once so many bytes have come as it wakes up at, or no more will")
  func wakesUp() throws {
    let cable = try TestCable()
    let listener = try cable.far.enter { () throws(SystemError) in
      try TCPSocket(listeningAt: 7777, of: .any(.v4))
    }
    let client = try cable.near.enter { () throws(SystemError) in
      try TCPSocket(from: 0, to: .v4(TestCable.farAddress), port: 7777)
    }
    #expect(try Readiness.wait(toRead: [listener.rawDescriptor], until: cable.deadline))
    guard let server = try listener.accept() else {
      Issue.record("no connection")
      return
    }
    let number = server.rawDescriptor
    try server.wakeUp(atBytes: 3)
    let bytes: [UInt8] = [1, 2, 3]
    #expect(try bytes[..<2].withUnsafeBytes { try client.send($0) } == 2)
    #expect(eventually { unread(number) == 2 })
    #expect(try !canBeRead(number))
    #expect(try bytes[2...].withUnsafeBytes { try client.send($0) } == 1)
    #expect(try Readiness.wait(toRead: [number], until: cable.deadline))
    var room = [UInt8](repeating: 0, count: 9)
    #expect(try room.withUnsafeMutableBytes { try server.receive($0) } == 3)
    #expect(room[..<3] == bytes[...])
    #expect(try !canBeRead(number))
    try client.endSending()
    #expect(try Readiness.wait(toRead: [number], until: cable.deadline))
    #expect(try room.withUnsafeMutableBytes { try server.receive($0) } == 0)
  }
}
