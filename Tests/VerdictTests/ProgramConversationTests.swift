// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict

/// Connections between two programs that send each other what they like, without an exchange.
@Suite struct ProgramConversationTests {
  /// What is found where the segments of connections that are made by hand pass between two programs.
  private static func findings(
    network: String = "{}", _ connections: ((inout PlayedStream) -> Void)...
  ) throws -> [String] {
    let streams = "exchange: [{ stream: 'hello' }, { stream: 'back', from: 'receiver' }]"
    let frames = try connections.flatMap { segments -> [FrameRecord] in
      var played = try PlayedStream("{ sender: { run: ['a'] }, tcp: { destinationPort: 7777 }, \(streams) }")
      segments(&played)
      return played.record.stream?.frames ?? []
    }
    let scenario = try Scenario(
      text: "{ sender: { run: ['a'] }, receiver: { run: ['b'] }, network: \(network) }")
    var record = CaseRecord()
    record.burst = MessageRecord(frames: frames)
    for host in HostName.allCases { record.programs[host] = .right }
    return Judge.judge(scenario, record).allFindings.map { "\($0.kind.name): \($0.text)" }
  }

  @Test(
    "a connection that is whole and ended passes, whatever bytes are on it, and so does one that was reset")
  func passes() throws {
    let whole = try Self.findings {
      $0.exchange()
      $0.close(after: 5, 4)
    }
    #expect(whole == [])
    let reset = try Self.findings {
      $0.exchange()
      $0.send(.sender, 5, PlayedStream.rst)
    }
    #expect(reset == [])
    let refused = try Self.findings {
      $0.send(.sender, -1, PlayedStream.syn, acknowledging: nil)
      $0.send(.receiver, 0, PlayedStream.rst | PlayedStream.ack)
    }
    #expect(refused == [], "nobody says that there must be a connection")
  }

  @Test("a gap, bytes that come again as others, and a wrong acknowledgment are told")
  func faults() throws {
    let gap = try Self.findings {
      $0.open()
      $0.send(.sender, 3, PlayedStream.ack, "lo")
      $0.send(.sender, 5, PlayedStream.rst)
    }
    #expect(gap == ["stream gap sender: the sender never sent bytes 0…2, but sent later ones"])
    let overlap = try Self.findings {
      $0.exchange()
      $0.send(.sender, 0, PlayedStream.ack, "jello")
      $0.close(after: 5, 4)
    }
    #expect(overlap == ["stream overlap sender: the sender sent byte 0 again, with another value"])
    let acknowledgment = try Self.findings {
      $0.open()
      $0.send(.receiver, 0, PlayedStream.ack, acknowledging: 9)
      $0.close(after: 0, 0)
    }
    #expect(
      acknowledgment == [
        "stream acknowledgment receiver: the receiver acknowledged 9 bytes, but only 0 had arrived"
      ])
  }

  @Test("a side that never ends is told, but not over a cable that may have lost what would say so")
  func endings() throws {
    let open = { (played: inout PlayedStream) in
      played.exchange()
      played.send(.sender, 5, PlayedStream.fin | PlayedStream.ack, acknowledging: 4)
    }
    #expect(
      try Self.findings(open) == [
        "stream notEnded receiver: the receiver never ended its side of the connection (FIN)"
      ])
    #expect(try Self.findings(network: "{ cable: { loss: { percent: 1, seed: 1 } } }", open) == [])
  }

  @Test("of several connections each is followed, and named by its ports")
  func several() throws {
    let found = try Self.findings(
      {
        $0.exchange()
        $0.close(after: 5, 4)
      },
      {
        $0.send(.sender, -1, PlayedStream.syn, acknowledging: nil, clientPort: 40_001)
        $0.send(.receiver, -1, PlayedStream.syn | PlayedStream.ack, clientPort: 40_001)
        $0.send(.sender, 2, PlayedStream.ack, "late", clientPort: 40_001)
        $0.send(.receiver, 0, PlayedStream.rst | PlayedStream.ack, clientPort: 40_001)
      })
    #expect(
      found == [
        "stream gap sender: the sender never sent bytes 0…1, but sent later ones (from port 40001 to port"
          + " 7777)"
      ])
  }

  @Test("a connection from the ports of an earlier one is another, and each is judged for itself")
  func portsAgain() throws {
    let whole = { (played: inout PlayedStream) in
      played.exchange()
      played.close(after: 5, 4)
    }
    #expect(
      try Self.findings(whole) {
        $0.begin = [.sender: 70_000, .receiver: 900_000]
        whole(&$0)
      } == [])
    let refused = { (played: inout PlayedStream) in
      played.begin[.sender] = 4
      played.send(.sender, -1, PlayedStream.syn, acknowledging: nil)
      played.send(.receiver, 0, PlayedStream.rst | PlayedStream.ack)
    }
    let gap = try Self.findings(refused, whole) {
      $0.begin = [.sender: 70_000, .receiver: 900_000]
      $0.open()
      $0.send(.sender, 3, PlayedStream.ack, "lo")
      $0.send(.sender, 5, PlayedStream.rst)
    }
    #expect(
      gap == [
        "stream gap sender: the sender never sent bytes 0…2, but sent later ones (from port 40000 to port"
          + " 7777)"
      ])
  }
}
