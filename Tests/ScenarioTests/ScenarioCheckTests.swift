// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

/// What a file may not say although each of its words is right: the sentences, at the edges of what is right.
@Suite("Words that contradict each other")
struct ScenarioCheckTests {
  /// All that is wrong with a scenario's text, in the order in which it is told.
  private func errors(in text: String) throws -> [String] {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let library = ScenarioLibrary(paths: [try folder.write(text, to: "case.json5")])
    return library.diagnostics.reported.map(\.message)
  }

  // MARK: - Hosts

  @Test(
    "a host has an address of class A, B or C (RFC 1122 §3.2.1.3), and none that means this or the own host",
    arguments: [
      ("0.0.0.1", false), ("0.255.255.254", false), ("1.0.0.1", true), ("126.255.255.254", true),
      ("127.0.0.1", false), ("127.255.255.254", false), ("128.0.0.1", true), ("223.255.255.254", true),
      ("224.0.0.1", false), ("224.255.255.254", false), ("225.0.0.1", false), ("239.1.1.1", false),
      ("240.0.0.1", false), ("255.255.255.254", false),
    ])
  func addresses(address: String, isRight: Bool) throws {
    // The other host has the neighbour's address, in a network that holds both.
    let other = address.hasSuffix("1") ? address + "0" : address.dropLast() + "3"
    for (one, two, wrong) in [("sender", "receiver", 0), ("receiver", "sender", 1)] {
      let text =
        "{ network: { \(one): { address: '\(address)/8' }, \(two): { address: '\(other)/8' } }, exchange: ['x'] }"
      let sentences = [address, String(other)].map { "\($0) cannot be the address of a host on a cable" }
      // Both are of the same kind; the sender's is told of first.
      #expect(try errors(in: text) == (isRight ? [] : [sentences[wrong], sentences[1 - wrong]]))
    }
  }

  @Test(
    "a network's own address and its broadcast address are no host's, but in a network of two (RFC 3021)",
    arguments: [
      ("10.0.0.0/30", "10.0.0.1/30", "10.0.0.0 is the network's own address of 10.0.0.0/30, not a host's"),
      ("10.0.0.3/30", "10.0.0.2/30", "10.0.0.3 is the broadcast address of 10.0.0.3/30, not a host's"),
      ("10.0.0.1/30", "10.0.0.2/30", nil), ("10.0.0.0/31", "10.0.0.1/31", nil),
      ("10.0.0.255/8", "10.0.1.0/8", nil),
    ] as [(String, String, String?)])
  func networkAddresses(sender: String, receiver: String, error: String?) throws {
    let text =
      "{ network: { sender: { address: '\(sender)' }, receiver: { address: '\(receiver)' } }, exchange: ['x'] }"
    #expect(try errors(in: text) == [error].compactMap { $0 })
  }

  @Test(
    "a host's MAC address is one of a single host (IEEE 802, the lowest bit of the first byte)",
    arguments: [
      ("00:00:00:00:00:00", false), ("01:00:00:00:00:00", false), ("03:00:00:00:00:01", false),
      ("ff:ff:ff:ff:ff:ff", false), ("00:00:00:00:00:01", true), ("02:00:00:00:00:00", true),
      ("fe:ff:ff:ff:ff:ff", true), ("80:00:00:00:00:00", true),
    ])
  func hardwareAddresses(address: String, isRight: Bool) throws {
    for host in ["sender", "receiver"] {
      let hosts = ["sender": "1.1.1.1/24", "receiver": "1.1.1.2/24"].sorted { $0 < $1 }.map {
        name, interface in
        "\(name): { address: '\(interface)'" + (name == host ? ", mac: '\(address)' }" : " }")
      }
      let sentence = "\(address) cannot be the MAC address of a host: it is not a unicast address"
      let text = "{ network: { \(hosts.joined(separator: ", ")) }, exchange: ['x'] }"
      #expect(try errors(in: text) == (isRight ? [] : [sentence]))
    }
  }

  // MARK: - Places

  @Test(
    "a message that is to be seen behind a place where it is not is refused, with the first place where it is not",
    arguments: [
      ("sent: false, arrived: true", ["a message that is not sent cannot be arrived"]),
      ("sent: false, delivered: true", ["a message that is not sent cannot be delivered"]),
      ("arrived: false, delivered: true", ["a message that is not arrived cannot be delivered"]),
      ("sent: false, arrived: false, delivered: true", ["a message that is not sent cannot be delivered"]),
      (
        "sent: false, arrived: true, delivered: true",
        ["a message that is not sent cannot be arrived", "a message that is not sent cannot be delivered"]
      ),
      ("sent: false, arrived: {}", ["a message that is not sent cannot be arrived"]),
      ("sent: false", []), ("sent: true, arrived: false", []), ("sent: false, arrived: false", []),
      ("arrived: false, delivered: false", []), ("sent: true, arrived: true, delivered: false", []),
    ])
  func places(expectation: String, sentences: [String]) throws {
    #expect(try errors(in: "{ exchange: [{ expect: { \(expectation) } }] }") == sentences)
  }

  // MARK: - Programs

  @Test(
    "a counter that can be told to belong to no message is refused once, and for one reason",
    arguments: [
      (
        "sender: { run: ['x'] }, pacing: 'burst'",
        "in a burst no counter can be assigned to one message"
      ),
      (
        "receiver: { run: ['x'] }, pacing: 'burst'",
        "in a burst no counter can be assigned to one message"
      ),
      ("sender: { run: ['x'] }", "a program without typed input sends when it likes"),
      ("sender: { run: ['x'], stdin: 'exchange' }", nil), ("receiver: { run: ['x'] }", nil),
    ] as [(String, String?)])
  func counters(roles: String, sentence: String?) throws {
    let found = try errors(
      in: "{ \(roles), exchange: ['a', { expect: { counters: { 'Ip.InDelivers': 1 } } }] }")
    #expect(found.count == (sentence == nil ? 0 : 1), "\(found)")
    #expect(sentence == nil || found.first?.hasPrefix(sentence ?? "") == true, "\(found)")
  }

  // MARK: - The cable

  @Test(
    "the pieces of a message are counted as the kernel cuts it (RFC 791 §3.2), options in each",
    arguments: [
      // A header of 20 bytes leaves 1480 for a piece; one of 24 leaves 1476, of which 1472 are whole units of 8.
      (2960, "", 2), (2961, "", 3), (2960, "options: ['nop']", 3), (2944, "options: ['nop']", 2),
      (2948, "options: ['nop']", 2), (2949, "options: ['nop']", 3), (1476, "options: ['nop']", 1),
      (1477, "options: ['nop']", 2), (1480, "", 1), (1481, "", 2),
    ])
  func pieces(size: Int, header: String, count: Int) throws {
    for number in [count, count + 1] {
      let text =
        "{ network: { cable: { drop: [\(number)] } }, exchange: [{ payload: { size: \(size) }, via: 'socket',"
        + " header: { \(header) }, expect: { arrived: false } }], expect: { unexpected: 'ignore' } }"
      let sentence = "packet \(number) never enters the cable: the sender sends \(count)"
      #expect(try errors(in: text) == (number == count ? [] : [sentence]))
    }
  }

  @Test(
    "what is done to a packet is within it, up to its last bit and its last byte",
    arguments: [
      // 20 bytes of header and 4 of payload; the largest that is not cut in pieces; and one whose pieces are not known.
      (4, "corrupt: [{ packet: 1, bit: 191 }]", nil),
      (4, "corrupt: [{ packet: 1, bit: 192 }]", "packet 1 has 24 bytes: there is no bit 192"),
      (4, "truncate: [{ packet: 1, to: 23 }]", nil),
      (4, "truncate: [{ packet: 1, to: 24 }]", "packet 1 has 24 bytes: it cannot be truncated to 24"),
      (1480, "corrupt: [{ packet: 1, bit: 11999 }]", nil),
      (1480, "corrupt: [{ packet: 1, bit: 12000 }]", "packet 1 has 1500 bytes: there is no bit 12000"),
      (1480, "truncate: [{ packet: 1, to: 1499 }]", nil),
      (
        1480, "truncate: [{ packet: 1, to: 1500 }]",
        "packet 1 has 1500 bytes: it cannot be truncated to"
          + " 1500"
      ),
      (1481, "corrupt: [{ packet: 1, bit: 12000 }]", nil),
    ] as [(Int, String, String?)])
  func withinThePacket(size: Int, cable: String, error: String?) throws {
    let text =
      "{ network: { cable: { \(cable) } }, exchange: [{ payload: { size: \(size) }, expect: { delivered: false } }] }"
    #expect(try errors(in: text) == [error].compactMap { $0 })
  }
}
