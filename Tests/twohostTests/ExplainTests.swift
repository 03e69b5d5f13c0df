// SPDX-License-Identifier: Apache-2.0

import Testing

/// `twohost explain`: what would be sent, without sending it.
@Suite("A scenario that is explained")
struct ExplainTests {
  private func explain(_ text: String, _ options: String...) throws -> String {
    let folder = try TestFolder()
    try folder.write(text, to: "x.json5")
    let ended = try Program.run([TwoHostProgram.path, "explain", "x.json5"] + options, in: folder.path)
    #expect(ended.status == 0)
    #expect(ended.errors.isEmpty)
    return ended.output
  }

  // The bytes of the documented packet "Hi".
  @Test("the documented packet is shown byte for byte, with its way out, its reason and its fields")
  func documented() throws {
    let path = TwoHostProgram.checkout + "/scenarios/documented/hello-quit-exact-bytes.json5"
    let output = try TwoHostProgram.run("explain", path).output
    #expect(output.contains("sender     1.1.1.100/24   f0:1f:af:28:8d:92\n"))
    #expect(output.contains("receiver   1.1.1.1/24     00:00:91:06:41:e1\n"))
    #expect(output.contains("mtu        1500 bytes\narp        static\n"))
    #expect(output.contains(": from the sender by header\n  the file asks for this way\n"))
    #expect(output.contains("  0000  45 00 00 16 36 dd 00 00 80 fd fe a7 01 01 01 64 "))
    #expect(output.contains("  0010  01 01 01 01 48 69 "))
    #expect(output.contains("  Time to Live                        128\n"))
    #expect(!output.contains("chosen by the kernel"), "all of it is known")
  }

  @Test("what the kernel chooses is said, and so is what it will fragment")
  func plainSocket() throws {
    let output = try explain("{ exchange: ['Hi', { payload: { size: 1481 }, repeat: 3 }] }")
    #expect(output.contains("sender     1.1.1.100/24   MAC address chosen by the kernel\n"))
    #expect(output.contains("message 1, line 1: from the sender by socket\n  a plain socket can carry all"))
    #expect(output.contains("  identification 0 stands for one that the kernel chooses"))
    #expect(output.contains("message 2, line 1: from the sender by socket, 3 times\n"))
    #expect(output.contains("the kernel sends these 1501 bytes as fragments of at most 1500 bytes\n"))
  }

  @Test(
    "a way out is explained by what the kernel refuses or changes of the simpler ones, or by the file's own word"
  )
  func reasons() throws {
    let refused = "header: { options: [{ raw: '0702' }] }"
    let options = "the kernel refuses these options of a plain socket: a record route of length 2"
    let chosen = try explain("{ exchange: [{ \(refused) }] }")
    #expect(chosen.contains(": from the sender by header\n  not by socket: \(options)"), "\(chosen)")
    let expected = try explain("{ exchange: [{ \(refused), expect: { error: 'EINVAL' } }] }")
    #expect(expected.contains(": from the sender by socket\n  refused by socket: \(options)"), "\(expected)")
    #expect(expected.contains("the send call must fail with EINVAL: nothing leaves\n"))
    let asked = try explain("{ exchange: [{ payload: 'x', via: 'socket' }] }")
    #expect(asked.contains(": from the sender by socket\n  the file asks for this way\n"), "\(asked)")
    let tooLong = "payload: { size: 1481 }, via: 'socket', header: { dontFragment: true }"
    let uncut = try explain("{ exchange: [{ \(tooLong), expect: { error: 'EMSGSIZE' } }] }")
    #expect(!uncut.contains("as fragments of"), "\(uncut)")
  }

  @Test("a flow is shown by its first packet, whose numbers and pattern are as they would be at the time 0")
  func flow() throws {
    let output = try explain(
      "{ exchange: [{ flow: { packets: 1000, size: 40, rate: 5 }, via: 'frame' }], timeout: '5min' }")
    let heading =
      "message 1, line 1: from the sender by frame, a flow of 1000 packets, 40 bytes of payload each, 5 per"
      + " second\n"
    #expect(output.contains(heading), "\(output)")
    #expect(output.contains("the first packet, sent at time 0"))
    #expect(output.contains("32 68 66 6c 00 00 00 01"), "the magic number and the flow's")
    #expect(output.contains("Total Length                        60 bytes"))
  }

  @Test("what a cable does is listed with the network, for each direction")
  func cable() throws {
    let output = try explain(
      """
      { network: { cable: { drop: [2], reverse: { duplicate: [1], loss: { percent: 10, seed: 1 } } } },
        exchange: ['a', 'b', { payload: 'c', from: 'receiver' }] }
      """)
    #expect(output.contains("cable            drops packet 2\n"))
    #expect(
      output.contains(
        "cable, reverse   loses 10 % of the packets, with seed 1\ncable, reverse   duplicates packet 1\n"),
      "\(output)")
  }

  @Test(
    "what the cable takes by a match is said with what is asked of it",
    arguments: [
      ("drop: [{ udp: {} }]", "drops packet 1 of those that match (UDP)"),
      (
        "duplicate: [{ nth: [1, 2, 3], header: { ttl: { min: 2 }, options: 'none' } }]",
        "duplicates packets 1, 2 and 3 of those that match (time to live at least 2; no options)"
      ),
      (
        "swap: [{ nth: 'every', tcp: { flags: ['syn', 'ack'], options: 'any' } }]",
        "lets the next packet overtake every packet of those that match (TCP, flags ack, syn, any options)"
      ),
      (
        "corrupt: [{ packet: { nth: { every: 2 }, payload: { minLength: 1 } }, bit: 7 }]",
        "flips bit 7 of every 2nd packet of those that match (payload at least 1 byte)"
      ),
      (
        "truncate: [{ packet: { nth: 2, frame: { padding: 0 } }, to: 20 }]",
        "truncates packet 2 of those that match (padding 0) to 20 bytes"
      ),
      (
        "delay: [{ packet: { nth: { every: 1 }, icmp: { type: 8 }, payload: { contains: 'ab' } }, by: '20ms' }]",
        "delays every packet of those that match (ICMP, type 8; payload 2 bytes within) by 20 ms"
      ),
      ("drop: [{ header: { options: ['nop'] } }]", "drops packet 1 of those that match (options 01000000)"),
      ("swap: [[1, 2]]", "lets packet 2 overtake packet 1"),
    ])
  func cableByMatch(_ cable: String, _ text: String) throws {
    let exchange = "exchange: ['a', { payload: 'b', from: 'receiver' }]"
    let output = try explain("{ network: { cable: { \(cable) } }, pacing: 'burst', \(exchange) }")
    #expect(output.contains("cable      \(text)\n"), "\(output)")
  }

  @Test("of programs it is said when they are ready, how they end, and what they may leave")
  func programs() throws {
    let output = try explain(
      """
      { network: { sender: { offload: true } }, exchange: ['a'], expect: { receiver: { unread: 'any' } },
        sender: { run: ['true'], ready: { listening: 7 } },
        receiver: { run: ['cat'], ready: { stderr: 'up' }, stop: 'terminate' } }
      """)
    let expected = [
      "offload    the sender leaves checksums and segmentation to a network card",
      "  the sender is ready when it has a socket on port 7",
      "  the receiver is ready when it has printed up on its standard error",
      "  the receiver is ended by SIGTERM after the exchange",
      "  the receiver may leave unread what it is sent",
    ]
    #expect(expected.allSatisfy { output.contains($0 + "\n") }, "\(output)")
    let plain = try explain("{ sender: { run: ['true'] }, exchange: ['a'] }")
    #expect(!plain.contains("the sender is") && !plain.contains("offload"))
  }

  @Test("a frame is shown whole: its own addresses, those of the network, or 0 for the kernel's choice")
  func frame() throws {
    let asked = "frame: { source: '02:00:00:00:00:07', padTo: 60 }"
    let unknown = try explain("{ exchange: [{ payload: 'x', \(asked) }] }")
    #expect(unknown.contains(": from the sender by frame\n  not by socket: "))
    #expect(unknown.contains("  00:00:00:00:00:00 stands for a MAC address that the kernel chooses\n"))
    #expect(unknown.contains("  0000  00 00 00 00 00 00 02 00 00 00 00 07 08 00 45 00 "))
    #expect(unknown.contains("\n  0030 "), "60 bytes are four lines")
    let network = "network: { receiver: { mac: '02:00:00:00:00:08' } }"
    let known = try explain("{ \(network), exchange: [{ payload: 'x', \(asked) }] }")
    #expect(known.contains("  0000  02 00 00 00 00 08 02 00 00 00 00 07 08 00 45 00 "))
    #expect(!known.contains("stands for a MAC address"))
  }

  @Test("each case of a matrix is explained, or the one that is asked for")
  func matrix() throws {
    let text = "{ matrix: { ttl: [1, 64] }, exchange: [{ payload: 'x', header: { ttl: '${ttl}' } }] }"
    let all = try explain(text)
    #expect(all.contains("x[ttl=1]") && all.contains("x[ttl=64]"))
    let one = try explain(text, "--filter", "ttl=64")
    #expect(!one.contains("x[ttl=1]") && one.contains("x[ttl=64]"))
  }

  @Test("a scenario that is wrong is told its errors, status 2")
  func wrong() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: [] }", to: "x.json5")
    let ended = try TwoHostProgram.run("explain", "x.json5", in: folder.path)
    #expect(ended.status == 2)
    #expect(ended.output.isEmpty)
    #expect(ended.errors.contains("--> x.json5:1:13"))
  }
}
