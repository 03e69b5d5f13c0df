// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// What the judge finds on a TCP connection, and that it finds nothing where all is right.
@Suite struct StreamFindingTests {
  private static let two =
    "{ tcp: { destinationPort: 7777 }, exchange: [{ stream: 'hello' }, { stream: 'back', from: 'receiver' }] }"
  /// The same between two programs, of which only the cable tells.
  private static let programs = two.replacing(
    "exchange:", with: "sender: { run: ['./a'] }, receiver: { run: ['./b'] }, exchange:")

  /// The two messages on a connection that is opened and ended as it should be.
  private func play(_ text: String = two) throws -> PlayedStream {
    var played = try PlayedStream(text)
    played.exchange()
    played.close(after: 5, 4)
    played.deliver()
    return played
  }

  @Test("a connection on which all came in order passes, over the end of sequence numbers too")
  func passes() throws {
    let played = try play()
    #expect(played.kinds == [])
    let stream = try #require(played.record.stream)
    #expect(stream.value(of: .segments) == 8)
    #expect(stream.value(of: .retransmissions) == 0)
    #expect(stream.conversation.isOver && !stream.conversation.isReset)
  }

  @Test(
    "the captures at both ends may be looked at in any order, also where the client began in vain before",
    arguments: HostName.allCases, 0...3)
  func orders(first: HostName, refusals: Int) throws {
    var played = try PlayedStream(Self.programs)
    for port in 0..<UInt64(refusals) {
      played.send(.sender, -1, PlayedStream.syn, acknowledging: nil, clientPort: 50_001 + port)
      let refusal = PlayedStream.rst | PlayedStream.ack
      played.send(.receiver, -1, refusal, acknowledging: 0, clientPort: 50_001 + port)
    }
    played.exchange()
    played.close(after: 5, 4)
    played.endPrograms()
    #expect(try played.look(first: first) == 0)
    #expect(played.kinds == [])
    let stream = try #require(played.record.stream)
    #expect(stream.value(of: .segments) == 8 && stream.conversation.attempts == refusals + 1)
    #expect(stream.received(from: .sender) == 5 && stream.received(from: .receiver) == 4)
  }

  @Test("between programs the cable tells which bytes came, and a wrong one at its place")
  func betweenPrograms() throws {
    for (sent, kinds) in [("hello", [String]()), ("hellp", ["stream payload"])] {
      var played = try PlayedStream(Self.programs)
      played.open()
      played.send(.sender, 0, PlayedStream.ack, sent)
      played.send(.receiver, 0, PlayedStream.ack, "back", acknowledging: 5)
      played.close(after: 5, 4)
      played.endPrograms()
      #expect(played.kinds == kinds)
    }
  }

  @Test("a byte that a program sends wrong is the program's, and one that changes behind it is not")
  func origins() throws {
    var wrong = try PlayedStream(Self.programs)
    wrong.open()
    wrong.send(.sender, 0, PlayedStream.ack, "hellp")
    wrong.endPrograms()
    #expect(wrong.verdict.messages[0].findings[0].text == "byte 4: wanted 0x6f, delivered 0x70")
    #expect(wrong.verdict.messages[0].changes == ["The sender sent it that way."])
    var changed = try PlayedStream(Self.programs)
    changed.open()
    changed.send(.sender, 0, PlayedStream.ack, "hello", as: "hellp")
    changed.endPrograms()
    #expect(
      changed.verdict.messages[0].changes
        == ["The byte was correct when it left the sender, and was changed after that."])
  }

  @Test("a byte that a socket was handed otherwise is found at its place in its message")
  func differences() throws {
    var played = try play()
    played.deliver("hellO", to: .receiver, difference: StreamDifference(offset: 4, wanted: 0x6f, seen: 0x4f))
    let finding = try #require(played.verdict.allFindings.first)
    #expect(played.kinds == ["stream payload"])
    #expect(finding.text == "byte 4: wanted 0x6f, delivered 0x4f")
    #expect(played.verdict.messages[0].payload?.position == 4)
    #expect(played.verdict.messages[1].findings.isEmpty)
  }

  @Test("bytes that did not come are counted, and no end is asked of a connection that lacks some")
  func incomplete() throws {
    var played = try PlayedStream(Self.two)
    played.open()
    played.send(.sender, 0, PlayedStream.ack, "hel")
    played.deliver("hel", to: .receiver)
    played.deliver("", to: .sender)
    #expect(played.kinds == ["stream incomplete", "stream incomplete"])
    #expect(played.verdict.messages[0].findings[0].text == "3 of 5 bytes came to the receiver")
  }

  @Test("bytes that nobody asked for are told")
  func surplus() throws {
    var played = try PlayedStream(Self.two)
    played.open()
    played.send(.sender, 0, PlayedStream.ack, "hello!!")
    played.send(.receiver, 0, PlayedStream.ack, "back", acknowledging: 7)
    played.close(after: 7, 4)
    played.deliver("back", to: .sender)
    played.deliver("hello!!", to: .receiver)
    #expect(played.kinds == ["stream surplus"])
    #expect(
      played.verdict.findings[0].text == "2 bytes more came from the sender than the file says: 2121")
  }

  @Test("a segment that is sent again is counted, and is no fault")
  func retransmission() throws {
    var played = try PlayedStream(Self.two)
    played.open()
    played.send(.sender, 0, PlayedStream.ack, "hello", arrives: false)
    played.send(.sender, 0, PlayedStream.ack, "hello")
    played.send(.receiver, 0, PlayedStream.ack, "back", acknowledging: 5)
    played.close(after: 5, 4)
    played.deliver()
    #expect(played.kinds == [])
    #expect(played.record.stream?.value(of: .retransmissions) == 1)
  }

  @Test("bytes that are sent again as others are an overlap")
  func overlap() throws {
    var played = try PlayedStream(Self.two)
    played.open()
    played.send(.sender, 0, PlayedStream.ack, "hel")
    played.send(.sender, 1, PlayedStream.ack, "Ello")
    #expect(played.kinds.contains("stream overlap sender"))
    #expect(
      played.verdict.findings.map(\.text).contains("the sender sent byte 1 again, with another value")
    )
  }

  @Test("bytes that never leave although later ones do are a gap; a segment behind it is out of order")
  func gap() throws {
    var played = try PlayedStream(Self.two)
    played.open()
    played.send(.sender, 3, PlayedStream.ack, "lo")
    #expect(played.kinds.contains("stream gap sender"))
    #expect(
      played.verdict.findings.map(\.text)
        .contains("the sender never sent bytes 0…2, but sent later ones"))
    #expect(played.record.stream?.value(of: .outOfOrder) == 1)
    played.send(.sender, 0, PlayedStream.ack, "hel")
    #expect(!played.kinds.contains("stream gap sender"))
  }

  @Test("an acknowledgment of what did not come is wrong, and one of what was lost on the cable too")
  func acknowledgment() throws {
    for arrives in [true, false] {
      var played = try PlayedStream(Self.two)
      played.open()
      played.send(.sender, 0, PlayedStream.ack, "hello", arrives: arrives)
      played.send(.receiver, 0, PlayedStream.ack, acknowledging: arrives ? 6 : 5)
      #expect(played.kinds.contains("stream acknowledgment receiver"))
    }
  }

  @Test("a FIN that never comes, or that nobody acknowledges, is told of the host that lacks it")
  func endings() throws {
    var played = try PlayedStream(Self.two)
    played.exchange()
    played.deliver()
    #expect(played.kinds == ["stream notEnded sender", "stream notEnded receiver"])
    played.send(.sender, 5, PlayedStream.fin | PlayedStream.ack, acknowledging: 4)
    #expect(
      played.verdict.findings.map(\.text) == [
        "the FIN of the sender was never acknowledged",
        "the receiver never ended its side of the connection (FIN)",
      ])
  }

  @Test("a reset is told, unless the file asks for one; and where it does, that there was none")
  func resets() throws {
    let asking = Self.two.replacing("exchange:", with: "expect: { stream: { reset: true } }, exchange:")
    for (text, isReset, kinds) in [
      (Self.two, true, ["stream reset"]), (asking, true, []), (asking, false, ["stream reset"]),
    ] {
      var played = try PlayedStream(text)
      played.exchange()
      if isReset {
        played.send(.receiver, 4, PlayedStream.rst | PlayedStream.ack, acknowledging: 5)
      } else {
        played.close(after: 5, 4)
      }
      played.deliver()
      #expect(played.kinds == kinds)
    }
  }

  @Test(
    "bytes that a program closed its socket without having read are told, unless it may leave them, or a reset tells"
  )
  func unread() throws {
    let mayLeave = Self.programs.replacing(
      "exchange:", with: "expect: { receiver: { unread: 'any' } }, exchange:")
    for (text, hosts, kinds) in [
      (Self.programs, Set([HostName.receiver]), ["unread receiver"]), (Self.programs, [], []),
      (mayLeave, [.receiver], []), (Self.two, [.receiver], []),
    ] {
      var played = try PlayedStream(text)
      played.exchange()
      played.close(after: 5, 4)
      if text == Self.two { played.deliver() }
      played.closeUnread(by: hosts)
      played.endPrograms()
      #expect(played.kinds == kinds)
    }
  }

  @Test("where the time runs out the message is marked of which bytes are lacking", arguments: [0, 1])
  func place(lacking: Int) throws {
    var played = try PlayedStream(Self.programs)
    played.open()
    if lacking == 1 { played.send(.sender, 0, PlayedStream.ack, "hello") }
    played.send(.receiver, 0, PlayedStream.ack, "bac", acknowledging: lacking == 1 ? 5 : 0)
    let verdict = Judge.timedOut(played.scenario, played.record, awaiting: "bytes")
    let finding = try #require(verdict.allFindings.first { $0.kind == .timedOut })
    #expect(finding.span.range == played.scenario.exchange[lacking].span.range)
  }

  @Test("where the time runs out what is lacking is told once")
  func missingTime() throws {
    var played = try PlayedStream(Self.programs)
    played.open()
    played.send(.sender, 0, PlayedStream.ack, "hel")
    played.closeUnread(by: [.receiver])
    played.endPrograms()
    #expect(Set(played.kinds) == ["stream incomplete", "unread receiver"])
    let verdict = Judge.timedOut(
      played.scenario, played.record, awaiting: "the last 2 of 5 bytes of message 1")
    #expect(verdict.allFindings.map(\.kind) == [.timedOut])
  }

  @Test("a reset behind the end of both sides says nothing of the connection")
  func resetBehindTheEnd() throws {
    var played = try play()
    played.send(.receiver, 5, PlayedStream.rst, acknowledging: nil)
    #expect(played.kinds == [])
  }

  @Test("an answer that leaves before its question came is out of turn, and in a burst it is not")
  func outOfTurn() throws {
    for (text, kinds) in [
      (Self.two, ["outOfTurn"]), (Self.two.replacing("exchange:", with: "pacing: 'burst', exchange:"), []),
    ] {
      var played = try PlayedStream(text)
      played.open()
      played.send(.receiver, 0, PlayedStream.ack, "back", acknowledging: 0)
      played.send(.sender, 0, PlayedStream.ack, "hello", acknowledging: 4)
      played.close(after: 5, 4)
      played.deliver()
      #expect(played.kinds == kinds)
    }
  }

  @Test("a connection that was refused, never answered or never begun is told as such")
  func notOpened() throws {
    var refused = try PlayedStream(Self.programs)
    refused.send(.sender, -1, PlayedStream.syn, acknowledging: nil)
    refused.send(.receiver, -1, PlayedStream.rst | PlayedStream.ack, acknowledging: 0)
    refused.endPrograms()
    var unanswered = try PlayedStream(Self.programs)
    unanswered.send(.sender, -1, PlayedStream.syn, acknowledging: nil)
    unanswered.endPrograms()
    var absent = try PlayedStream(Self.programs)
    absent.endPrograms()
    let texts = [refused, unanswered, absent].map { $0.verdict.allFindings.map(\.text) }
    #expect(
      texts == [
        ["the receiver refused the connection to its port 7777: nothing is listening there"],
        ["the receiver did not answer the SYN to its port 7777"],
        ["the sender opened no connection to port 7777 of the receiver"],
      ])
  }

  @Test("what was counted is held against what the file asks", arguments: StreamMeasure.allCases)
  func measures(_ measure: StreamMeasure) throws {
    for (matcher, isWrong) in [("{ max: 100 }", false), ("{ min: 1000, max: 2000 }", true)] {
      let asking = Self.two.replacing(
        "exchange:", with: "expect: { stream: { \(measure.rawValue): \(matcher) } }, exchange:")
      let played = try play(asking)
      #expect(played.kinds == (isWrong ? ["stream \(measure.rawValue)"] : []))
    }
  }

  @Test("a host that tells again and again that it has no room does so once")
  func zeroWindows() throws {
    var played = try PlayedStream(Self.two)
    played.open()
    for window: UInt64 in [0, 0, 100, 0] {
      played.send(.receiver, 0, PlayedStream.ack, window: window)
    }
    #expect(played.record.stream?.value(of: .zeroWindows) == 2)
  }

  @Test("whatever a program sends until its end is held against what is asked of it")
  func openEnd() throws {
    let text = """
      { tcp: { destinationPort: 7777 }, receiver: { run: ['./a'] }, exchange: [{ stream: 'GET' },
        { stream: { until: 'end' }, from: 'receiver', expect: { payload: { prefix: 'OK' } } }] }
      """
    for (answer, kinds) in [("OK, and more", [String]()), ("no", ["stream payload"])] {
      var played = try PlayedStream(text)
      played.open()
      played.send(.sender, 0, PlayedStream.ack, "GET")
      played.send(.receiver, 0, PlayedStream.ack, answer, acknowledging: 3)
      played.close(after: 3, answer.utf8.count)
      played.deliver(answer, to: .sender)
      played.endPrograms()
      #expect(played.kinds == kinds)
    }
  }

  @Test("a byte that nobody asks for hides none behind it that is asked for")
  func unaskedBytes() throws {
    let text = Self.programs.replacing(
      "{ stream: 'hello' }",
      with: """
        { stream: 'hello', expect: { payload: { prefix: 'h' } } }, { stream: 'world' }
        """)
    for (sent, kinds) in [("hallo", [String]()), ("jallo", ["stream payload"])] {
      for (next, others) in [("world", [String]()), ("wurld", ["stream payload"])] {
        var played = try PlayedStream(text)
        played.open()
        played.send(.sender, 0, PlayedStream.ack, sent + next)
        played.send(.receiver, 0, PlayedStream.ack, "back", acknowledging: 10)
        played.close(after: 10, 4)
        played.endPrograms()
        #expect(played.kinds == kinds + others)
      }
    }
  }

  @Test("a client that was refused and begins anew from another port has the connection that it opens then")
  func secondAttempt() throws {
    let conversation = try #require(TCPConversation(Scenario(text: Self.programs)))
    #expect(conversation.attempts == 0)
    var played = try PlayedStream(Self.programs)
    played.send(.sender, -1, PlayedStream.syn, acknowledging: nil, clientPort: 50_001)
    played.send(.receiver, -1, PlayedStream.rst | PlayedStream.ack, acknowledging: 0, clientPort: 50_001)
    played.exchange()
    played.close(after: 5, 4)
    played.endPrograms()
    #expect(played.kinds == [])
    #expect(played.record.stream?.conversation.attempts == 2)
  }
}
