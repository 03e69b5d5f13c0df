// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite("Ways out")
struct WayOutTests {
  private func message(_ text: String, in network: String = "{}") throws -> Message {
    try #require(scenario("{ network: \(network), exchange: [\(text)] }").exchange.first)
  }

  // raw(7), ip(7), packet(7), and what Linux 6.18 was seen to do.
  @Test(
    "a message leaves by the first way that carries it as it asks",
    arguments: [
      ("'x'", WayOut.socket), ("{ header: { ttl: 1, dscp: 46, dontFragment: true } }", .socket),
      ("{ payload: { size: 65515 } }", .socket), ("{ header: { version: 4, headerLength: 20 } }", .socket),
      ("{ header: { identification: 7 } }", .header), ("{ header: { ttl: 0 } }", .header),
      ("{ header: { version: 5, reserved: true } }", .header), ("{ header: { source: '1.1.1.7' } }", .header),
      ("{ header: { moreFragments: true } }", .header), ("{ header: { protocol: 255 } }", .header),
      ("{ header: { protocol: 0 } }", .header), ("{ payload: 'x', header: { protocol: 1 } }", .header),
      ("{ header: { protocol: 1 } }", .header), ("{ payload: 'xy', header: { protocol: 1 } }", .socket),
      ("{ header: { checksum: 'bad' } }", .frame), ("{ header: { totalLength: 21 } }", .frame),
      ("{ header: { identification: 0 } }", .frame),
      ("{ header: { identification: 0, dontFragment: true } }", .header),
      ("{ header: { source: '0.0.0.0' } }", .frame), ("{ frame: { padTo: 60 } }", .frame),
      ("{ header: { destination: '1.1.1.77' } }", .socket),
      ("{ header: { destination: '1.1.1.255' } }", .socket),
      ("{ header: { destination: '1.1.1.100' } }", .frame),
      ("{ header: { destination: '127.0.0.1' } }", .frame),
      ("{ header: { destination: '0.0.0.0' } }", .frame), ("{ header: { destination: '8.8.8.8' } }", .frame),
      ("{ header: { destination: '224.0.0.1' } }", .frame),
      ("{ header: { destination: '255.255.255.255' } }", .frame),
      ("{ header: { options: ['nop', { routerAlert: 0 }, { recordRoute: 0 }] } }", .socket),
      ("{ header: { options: [{ recordRoute: 1 }] } }", .header),
      ("{ header: { options: [{ raw: '070704 00000000' }] } }", .header),
      ("{ header: { options: [{ raw: '0702' }] } }", .header),
      ("{ header: { options: [{ raw: '0702' }], checksum: 'bad' } }", .frame),
    ])
  func first(_ text: String, _ way: WayOut) throws {
    let message = try message(text)
    #expect(message.wayOut == way)
    #expect(message.reasons.allSatisfy { $0.hasPrefix("not by ") } == (way != .socket))
  }

  @Test("a protocol that no socket can be opened for is so whoever says it")
  func protocolOfScenario() throws {
    for number in [0, 255] {
      let text = "protocol: \(number), receiver: { idle: true }"
      #expect(try scenario("{ \(text), exchange: ['x'] }").exchange[0].wayOut == .header)
      let flow = "exchange: [{ flow: { packets: 2 } }]"
      #expect(try scenario("{ \(text), \(flow) }").exchange[0].wayOut == .frame)
    }
    #expect(try scenario("{ exchange: [{ flow: { packets: 2 } }] }").exchange[0].wayOut == .socket)
  }

  @Test(
    "hosts that ask by ARP send to those who answer, and frames go to anybody",
    arguments: [
      ("1.1.1.1", WayOut.socket), ("1.1.1.255", .socket), ("1.1.1.77", .frame), ("1.1.1.0", .frame),
    ])
  func dynamic(_ destination: String, _ way: WayOut) throws {
    let text = "{ header: { destination: '\(destination)' } }"
    #expect(try message(text, in: "{ arp: 'dynamic' }").wayOut == way)
  }

  @Test(
    "a network that holds groups and loopback addresses makes no hosts of them",
    arguments: [
      ("{ header: { destination: '224.0.0.9' } }", WayOut.header),
      ("{ header: { destination: '224.0.0.9', ttl: 1 } }", .socket),
      ("{ header: { destination: '224.0.0.1', ttl: 0 } }", .frame),
      ("{ header: { destination: '127.1.2.3' } }", .frame),
      ("{ header: { destination: '255.255.255.255' } }", .socket),
      ("{ header: { destination: '240.0.0.1' } }", .socket),
    ])
  func everything(_ text: String, _ way: WayOut) throws {
    let hosts = "sender: { address: '10.0.0.1/0' }, receiver: { address: '10.0.0.2/0' }"
    #expect(try message(text, in: "{ \(hosts) }").wayOut == way)
    // To a network that begins with 0 the kernel makes no route by itself.
    #expect(try message(text, in: "{ \(hosts), arp: 'dynamic' }").wayOut == .frame)
  }

  @Test(
    "a message that expects an error leaves by the first way that is refused with it",
    arguments: [
      ("{ payload: { size: 1481 }, expect: { error: 'EMSGSIZE' } }", WayOut.header),
      ("{ payload: { size: 1481 }, header: { dontFragment: true }, expect: { error: 'EMSGSIZE' } }", .socket),
      ("{ payload: { size: 65516 }, expect: { error: 'EMSGSIZE' } }", .socket),
      ("{ frame: { padTo: 1515 }, expect: { error: 'EMSGSIZE' } }", .frame),
      ("{ header: { options: [{ raw: '0702' }] }, expect: { error: 'EINVAL' } }", .socket),
      ("{ header: { ttl: 0 }, expect: { error: 'EINVAL' } }", .socket),
      ("{ header: { destination: '8.8.8.8' }, expect: { error: 'ENETUNREACH' } }", .socket),
      ("{ header: { protocol: 1 }, expect: { error: 'EFAULT' } }", .socket),
      // Of two errors the first counts.
      (
        "{ payload: { size: 1481 }, header: { options: [{ raw: '0702' }] }, expect: { error: 'EMSGSIZE' } }",
        .header
      ),
      // Nobody is known to refuse this: it is sent, and the case says so.
      ("{ payload: 'x', expect: { error: 'EPERM' } }", .socket),
    ])
  func expected(_ text: String, _ way: WayOut) throws {
    #expect(try message(text).wayOut == way)
  }

  @Test("the reasons are the file's own word, the kernel's for each simpler way, or that of a refusal")
  func reasons() throws {
    #expect(try message("'x'").reasons == ["a plain socket can carry all that it asks for"])
    #expect(try message("{ payload: 'x', via: 'socket' }").reasons == ["the file asks for this way"])
    #expect(
      try message("{ header: { options: [{ raw: '0702' }], checksum: 'bad' } }").reasons == [
        "not by socket: the kernel writes the checksum of a plain socket's packets",
        "not by socket: the kernel refuses these options of a plain socket: a record route of length 2, which"
          + " needs 3 (EINVAL)",
        "not by header: the kernel writes the checksum into your own header",
      ])
    #expect(
      try message("{ header: { ttl: 0 }, expect: { error: 'EINVAL' } }").reasons == [
        "refused by socket: the kernel takes 1 to 255 as a plain socket's time to live (EINVAL)"
      ])
  }
}
