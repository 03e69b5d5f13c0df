// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@testable import Linux

/// A copy of a program's socket, from which what the program left there can be read when it has closed its own.
@Suite("copies of a program's sockets, as root")
struct HeldSocketTests {
  private static let here = IPv4Address(127, 0, 0, 1)

  /// Opens a raw socket, says so, and for each line that is typed reads a packet; then it closes the socket.
  private static let script = """
    import socket, sys
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
    print('open', flush=True)
    for line in sys.stdin: s.recv(99)
    s.close()
    print('closed', flush=True)
    import signal
    signal.pause()
    """

  /// A namespace with a program that has a raw socket.
  private struct Scene: ~Copyable {
    let space: NetworkNamespace
    var program: ConfinedProgram
    let inode: UInt64

    init(_ arguments: [String]) throws {
      let made = try NetworkNamespace()
      try made.enter { () throws(SystemError) in
        var netlink = try NetlinkSocket()
        try netlink.perform([.raise(link: 1)], until: Deadline(after: .seconds(30)))
      }
      let launch = ProgramLaunch(
        arguments: arguments, environment: [("PATH", "/usr/local/bin:/usr/bin:/bin")], directory: "/",
        capabilities: [ConfinedProgramTests.netRaw], user: .root, processors: nil, input: [], endsInput: false
      )
      var started = try ConfinedProgram(launch, in: made, until: Deadline(after: .seconds(30)))
      try started.await { $0.standardOutput.total > 0 }
      let listed = try made.enter { () throws(SystemError) in try HostSockets().list(.whole) }
      inode = try #require(listed.first { $0.kind == .raw(protocol: 253) }).inode
      space = made
      program = started
    }

    /// Hands the program's socket packets with these payloads.
    func send(_ payloads: [[UInt8]]) throws {
      try space.enter { () throws(SystemError) in
        // One of the same protocol would be handed them too.
        let sender = try RawSocket(protocol: 255, header: .own)
        for payload in payloads {
          let header = IPv4Header(source: here, destination: here, protocol: 253)
          try sender.send(IPv4Packet.build(header: header, payload: payload).bytes, to: .v4(here))
        }
      }
    }
  }

  @Test("what a program left unread is in the copy when the program has closed its socket, in order")
  func unread() throws {
    var scene = try Scene(["python3", "-c", Self.script])
    let held = scene.program.hold(scene.inode)
    let copy = try #require(held)
    #expect(copy.inode == scene.inode && copy.isOpen)
    #expect(try copy.memory().queued == 0)
    try scene.send([[1], [2], [3]])
    #expect(try copy.memory().queued > 0)

    try scene.program.type(Array("read\n".utf8))
    try scene.program.closeInput()
    try scene.program.await { $0.standardOutput.head.firstRange(of: Array("closed".utf8)) != nil }
    #expect(!copy.isOpen)
    let buffer = ReceiveBuffer(capacity: 4096)
    var payloads: [[UInt8]] = []
    while let datagram = try copy.takeUnread(into: buffer) {
      payloads.append(try IPv4Packet(parsing: datagram.datagram.bytes[...]).payload)
    }
    #expect(payloads == [[2], [3]])
    let memory = try copy.memory()
    #expect(memory.queued == 0 && memory.dropped == 0)
    // No process has one any more that could be copied again.
    let again = scene.program.hold(scene.inode)
    #expect(again == nil)
  }

  @Test("what had no room in a program's socket is counted in the copy")
  func dropped() throws {
    let scene = try Scene(["python3", "-c", Self.script])
    let held = scene.program.hold(scene.inode)
    let copy = try #require(held)
    try scene.send(Array(repeating: [UInt8](repeating: 0, count: 1000), count: 1000))
    let memory = try copy.memory()
    // Each takes more than its bytes (socket(7)): no more than these are there.
    #expect(memory.dropped >= 1000 - memory.room / 1000 && memory.dropped < 1000)
    #expect(memory.queued > 0)
  }

  @Test("a socket of a process that the program started is found too, and that of nobody below it is not")
  func descendants() throws {
    let scene = try Scene(["sh", "-c", "python3 -c \"$0\" </dev/null; :", Self.child])
    let copy = scene.program.hold(scene.inode)
    #expect(copy?.isOpen == true)
    let own = try scene.space.enter { () throws(SystemError) in
      try RawSocket(protocol: 252)
    }
    let listed = try scene.space.enter { () throws(SystemError) in try HostSockets().list(.whole) }
    let inode = try #require(listed.first { $0.kind == .raw(protocol: 252) }).inode
    let others = scene.program.hold(inode)
    #expect(others == nil)
    withExtendedLifetime(own) {}
  }

  private static let child = """
    import signal, socket
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
    print('open', flush=True)
    signal.pause()
    """
}
