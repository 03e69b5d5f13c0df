// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What a program left in its sockets: of those that were handed the same message one must have read it.
@Suite struct UnreadPacketsTests {
  /// Three messages under two protocols to a program that did all else right.
  private static func played(unread: String = "none", exit: Int = 0) throws -> PlayedCase {
    var played = try PlayedCase(
      """
      { receiver: { run: ['./mine'] }, pacing: 'burst',
        exchange: ['one', 'two', { payload: 'three', header: { protocol: 252 } }],
        expect: { receiver: { unread: '\(unread)', exit: \(exit) } } }
      """)
    var program = ProgramRecord()
    (program.isReady, program.end) = (true, .exited(exit))
    played.programs[.receiver] = program
    return played
  }

  /// The packets of messages as sockets were handed them, by their numbers.
  private static func packets(_ numbers: [Int], of played: PlayedCase) -> [[UInt8]] {
    numbers.compactMap { played.messages[$0 - 1][.delivered]?.first?.bytes }
  }

  private static let (first, second) = ("a raw socket of protocol 253", "a raw socket of protocol 252")

  /// A socket that messages could be handed to, with what was left in it; nil where nobody knows.
  private static func socket(
    _ name: String, for messages: Set<Int>, unread: [[UInt8]]?, queued: Int = 0, dropped: Int = 0
  ) -> ProgramSocket {
    var socket = ProgramSocket(name: name)
    (socket.messages, socket.unread, socket.queued, socket.dropped) = (messages, unread, queued, dropped)
    return socket
  }

  /// What is said of a program with sockets.
  private static func texts(_ played: PlayedCase, _ sockets: [ProgramSocket]) -> [String] {
    var played = played
    played.programs[.receiver]?.sockets = sockets
    return played.verdict.allFindings.map { "\($0.kind.name): \($0.text)" }
  }

  @Test("a program that read all of it passes, and one that left a packet is told which, and where")
  func left() throws {
    let played = try Self.played()
    let left = { (numbers: [Int]) in
      Self.texts(
        played,
        [
          Self.socket(Self.first, for: [1, 2], unread: Self.packets(numbers.filter { $0 < 3 }, of: played)),
          Self.socket(Self.second, for: [3], unread: Self.packets(numbers.filter { $0 == 3 }, of: played)),
        ])
    }
    #expect(left([]) == [])
    #expect(left([2]) == ["unread receiver: the receiver did not read message 2, left in \(Self.first)"])
    #expect(
      left([1, 2]) == [
        "unread receiver: the receiver did not read message 1 and message 2, left in \(Self.first)"
      ])
    #expect(left([3]) == ["unread receiver: the receiver did not read message 3, left in \(Self.second)"])
    #expect(
      left([2, 3]) == [
        "unread receiver: the receiver did not read message 2 and message 3, left in \(Self.first)"
      ])
  }

  /// What is said of a program that was sent two messages over IPv6 and has a socket.
  private static func textsOverIPv6(_ socket: ProgramSocket) throws -> [String] {
    let scenario = try Scenario(
      text: "{ version: 6, receiver: { run: ['./mine'] }, exchange: ['one', 'two'] }")
    var record = CaseRecord()
    record.messages = scenario.plays.map { play in
      let bytes = play.message.packet(in: scenario).bytes
      var message = MessageRecord()
      message.frames = [false, true].map {
        .frame(bytes, etherType: .ipv6, at: $0 ? .sender : .receiver, isOutgoing: $0)
      }
      message.deliveries = [
        Delivery(
          bytes: bytes, originalLength: bytes.count, at: .receiver, timestamp: 0, version: .v6)
      ]
      return message
    }
    var program = ProgramRecord()
    (program.isReady, program.end, program.sockets) = (true, .exited(0), [socket])
    record.programs[.receiver] = program
    return Judge.judge(scenario, record).allFindings.map { "\($0.kind.name): \($0.text)" }
  }

  @Test("over IPv6 what is left is told by what follows its headers")
  func overIPv6() throws {
    let name = "a raw IPv6 socket of protocol 253"
    #expect(try Self.textsOverIPv6(Self.socket(name, for: [1, 2], unread: [])) == [])
    #expect(
      try Self.textsOverIPv6(Self.socket(name, for: [1, 2], unread: [Array("two".utf8)])) == [
        "unread receiver: the receiver did not read message 2, left in \(name)"
      ])
  }

  @Test("what kernels send by themselves over IPv6 nobody has to read, and what else is left is told of")
  func housekeeping() throws {
    // A report of multicast listeners (RFC 3810 §5.2).
    let report: [UInt8] = [143, 0, 0, 0, 0, 0, 0, 0]
    let name = "a packet socket of EtherType 0x86dd"
    var socket = Self.socket(name, for: [1, 2], unread: [report, report])
    #expect(try Self.textsOverIPv6(socket).count == 1)
    socket.housekeeping = [report]
    #expect(try Self.textsOverIPv6(socket) == [])
    socket.unread = [report, Array("two".utf8)]
    #expect(
      try Self.textsOverIPv6(socket) == [
        "unread receiver: the receiver did not read message 2, left in \(name)"
      ])
  }

  @Test("what is left of equal messages is the last of them, for a socket is read from its beginning")
  func equal() throws {
    var played = try PlayedCase(
      "{ receiver: { run: ['./mine'] }, pacing: 'burst', exchange: [{ payload: 'x', repeat: 3 }] }")
    played.programs[.receiver] = try Self.played().programs[.receiver]
    let one = Self.packets([1], of: played)
    #expect(
      Self.texts(played, [Self.socket(Self.first, for: [1], unread: one + one)]) == [
        "unread receiver: the receiver did not read message 1, 2 of 3 and message 1, 3 of 3, left in \(Self.first)"
      ])
  }

  @Test("of two sockets that were handed the same message one will do, whichever read it")
  func sameMessage() throws {
    let played = try Self.played()
    let (all, none) = (Self.packets([1, 2], of: played), [[UInt8]]())
    for (one, other) in [(all, none), (none, all), (Array(all.prefix(1)), Array(all.suffix(1)))] {
      let sockets = [one, other].map { Self.socket(Self.first, for: [1, 2], unread: $0) }
      #expect(Self.texts(played, sockets) == [])
    }
    let both = [all, Array(all.suffix(1))].map { Self.socket(Self.first, for: [1, 2], unread: $0) }
    #expect(
      Self.texts(played, both) == [
        "unread receiver: the receiver did not read message 2, left in \(Self.first)"
      ])
  }

  @Test("a socket that was handed nothing but another message does not stand for the one that was left")
  func otherMessage() throws {
    let played = try Self.played()
    let sockets = [
      Self.socket(Self.first, for: [1, 2], unread: []),
      Self.socket(Self.second, for: [3], unread: Self.packets([3], of: played)),
    ]
    #expect(
      Self.texts(played, sockets) == [
        "unread receiver: the receiver did not read message 3, left in \(Self.second)"
      ])
  }

  @Test("a message that is left in two sockets, of which one was handed more, is named once")
  func overlap() throws {
    let played = try Self.played()
    let sockets = [
      Self.socket(Self.first, for: [1, 2], unread: Self.packets([1, 2], of: played)),
      Self.socket(Self.second, for: [1], unread: Self.packets([1], of: played)),
    ]
    #expect(
      Self.texts(played, sockets) == [
        "unread receiver: the receiver did not read message 1 and message 2, left in \(Self.first)"
      ])
    // What the other read is read, although the first still has it.
    let read = [sockets[0], Self.socket(Self.second, for: [1], unread: [])]
    #expect(
      Self.texts(played, read) == [
        "unread receiver: the receiver did not read message 2, left in \(Self.first)"
      ])
  }

  @Test("packets that are no message's are counted, each once however many sockets have it")
  func others() throws {
    let played = try Self.played()
    let stray = [UInt8](repeating: 1, count: 20)
    let sockets = [
      Self.socket(Self.first, for: [1, 2], unread: Self.packets([2], of: played) + [stray, stray]),
      Self.socket(Self.second, for: [1], unread: [stray]),
      Self.socket(Self.second, for: [3], unread: []),
    ]
    #expect(
      Self.texts(played, sockets) == [
        "unread receiver: the receiver did not read message 2 and 2 other packets, left in \(Self.first)"
      ])
    #expect(
      Self.texts(played, [Self.socket(Self.first, for: [1, 2], unread: [stray])]) == [
        "unread receiver: the receiver did not read 1 other packet, left in \(Self.first)"
      ])
  }

  @Test("where nobody could look into a socket it is said how much memory is left in it, once")
  func queued() throws {
    let played = try Self.played()
    let text = { (bytes: String, name: String) in
      "unread receiver: the receiver left \(bytes) unread in \(name)"
    }
    #expect(
      Self.texts(played, [Self.socket(Self.first, for: [1, 2], unread: nil, queued: 768)])
        == [text("768 bytes", Self.first)])
    #expect(Self.texts(played, [Self.socket(Self.first, for: [1, 2], unread: nil)]) == [])
    let alike = [768, 0].map { Self.socket(Self.first, for: [1, 2], unread: nil, queued: $0) }
    #expect(Self.texts(played, alike) == [])
    let apart = [
      Self.socket(Self.first, for: [1, 2], unread: nil, queued: 768),
      Self.socket(Self.second, for: [3], unread: nil, queued: 1),
    ]
    #expect(Self.texts(played, apart) == [text("769 bytes", Self.first)])
    let overlapping = [
      Self.socket(Self.first, for: [1, 2], unread: nil, queued: 768),
      Self.socket(Self.second, for: [1], unread: nil, queued: 1024),
    ]
    #expect(Self.texts(played, overlapping) == [text("768 bytes", Self.first)])
  }

  @Test("drops are counted once for each message: of sockets that were handed the same, the fewest")
  func dropped() throws {
    let played = try Self.played()
    let dropping = { (rows: [(String, Set<Int>, Int)]) in
      Self.texts(played, rows.map { Self.socket($0.0, for: $0.1, unread: [], dropped: $0.2) })
    }
    #expect(dropping([(Self.first, [1, 2], 2), (Self.first, [1, 2], 0)]) == [])
    #expect(
      dropping([(Self.first, [1, 2], 2), (Self.second, [3], 1)]) == [
        "dropped receiver: \(Self.first) of the receiver dropped 3 packets: its receive buffer was full"
      ])
    #expect(
      dropping([(Self.first, [1, 2], 0), (Self.second, [3], 1)]) == [
        "dropped receiver: \(Self.second) of the receiver dropped 1 packet: its receive buffer was full"
      ])
    #expect(
      dropping([(Self.first, [1, 2], 1), (Self.first, [1], 3)]) == [
        "dropped receiver: \(Self.first) of the receiver dropped 1 packet: its receive buffer was full"
      ])
  }

  @Test("what the filters of all sockets keep out is not read, and what one lets through is")
  func refused() throws {
    let played = try Self.played()
    let socket = { (messages: Set<Int>, refused: Set<Int>) in
      var socket = Self.socket(Self.first, for: messages, unread: [])
      socket.refused = refused
      return socket
    }
    let text = { (messages: String) in
      "unread receiver: the receiver did not read \(messages): the filter of \(Self.first) rejects it"
    }
    #expect(Self.texts(played, [socket([1], [2])]) == [text("message 2")])
    #expect(Self.texts(played, [socket([1], [2, 3])]) == [text("message 2 and message 3")])
    #expect(Self.texts(played, [socket([1], [2]), socket([2], [1])]) == [])
    #expect(Self.texts(try Self.played(unread: "any"), [socket([1], [2])]) == [])
    var counted = played
    counted.programs[.receiver]?.sockets = [socket([1], [2])]
    #expect(counted.verdict.counts[.delivered] == 2)
    // What never came was kept out by nobody.
    counted.lose(at: [.arrived, .delivered], message: 1)
    #expect(counted.kinds == [.notSeen(.arrived)])
  }

  @Test("of sockets among which packets are dealt out each has to be read, unless another is handed all")
  func dealtOut() throws {
    let played = try Self.played()
    let socket = { (left: [Int], isHandedAlone: Bool) in
      var socket = Self.socket(Self.first, for: [1, 2], unread: Self.packets(left, of: played))
      socket.isHandedAlone = isHandedAlone
      return socket
    }
    let text = { (messages: String) in
      "unread receiver: the receiver did not read \(messages), left in \(Self.first)"
    }
    #expect(Self.texts(played, [socket([], true), socket([], true)]) == [])
    #expect(Self.texts(played, [socket([], true), socket([2], true)]) == [text("message 2")])
    #expect(Self.texts(played, [socket([1], true), socket([2], true)]) == [text("message 1 and message 2")])
    #expect(Self.texts(played, [socket([1], true), socket([], false)]) == [])
    #expect(Self.texts(played, [socket([1], true), socket([2], false)]) == [text("message 2")])
  }

  @Test("what was dropped, or had no socket to go to, is not counted as delivered")
  func counts() throws {
    var played = try Self.played()
    #expect(played.verdict.counts[.delivered] == 3)
    played.programs[.receiver]?.sockets = [
      Self.socket(Self.first, for: [1, 2], unread: [], dropped: 1)
    ]
    #expect(played.verdict.counts[.delivered] == 2)
    var record = played.record
    record.messages[2].hasTaker = false
    let verdict = Judge.judge(played.scenario, record)
    #expect(verdict.counts[.delivered] == 1)
    #expect(
      verdict.allFindings.map(\.text).first
        == "the receiver did not read message 3: it had ended by then (exited with status 0)")
  }

  @Test("what came when all sockets were closed was not read, and what came before was")
  func closed() throws {
    var played = try Self.played()
    for (closings, texts) in [
      ([1 as UInt64?, 1], ["the receiver did not read message 1, message 2 and message 3"]), ([3, 3], []),
      ([5, 5], []),
      ([1, nil], []), ([1, 5], []),
    ] as [([UInt64?], [String])] {
      played.programs[.receiver]?.sockets = closings.map { closed in
        var socket = Self.socket(Self.first, for: [1, 2, 3], unread: [])
        socket.closed = closed
        return socket
      }
      var record = played.record
      let frames = record.frames.map { frame in
        FrameRecord(
          host: frame.host, isOutgoing: frame.isOutgoing, timestamp: 3, bytes: frame.bytes,
          originalLength: frame.originalLength)
      }
      for index in record.messages.indices { record.messages[index].frames = [] }
      record.burst?.frames = frames
      let found = Judge.judge(played.scenario, record).allFindings.map(\.text)
      #expect(found == texts.map { "\($0): it had ended by then (exited with status 0)" })
    }
  }

  @Test("where a program may leave what it likes nothing of this is found")
  func anything() throws {
    var played = try Self.played(unread: "any")
    played.programs[.receiver]?.unreadInput = 3
    let sockets = [
      Self.socket(Self.first, for: [1, 2], unread: Self.packets([1, 2], of: played), dropped: 2),
      Self.socket(Self.second, for: [3], unread: nil, queued: 768),
    ]
    #expect(Self.texts(played, sockets) == [])
  }

  @Test("of a program that failed it is not said that it left anything: that follows")
  func failed() throws {
    var played = try Self.played()
    played.programs[.receiver]?.end = .exited(1)
    let sockets = [Self.socket(Self.first, for: [1, 2], unread: Self.packets([1], of: played))]
    #expect(Self.texts(played, sockets) == ["exit receiver: wanted exit status 0, exited with status 1"])
    // Nor of one that is to fail, and does.
    played = try Self.played(exit: 3)
    #expect(Self.texts(played, sockets) == [])
  }
}
