// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

/// Which packets a cable treats, by what they are.
@Suite struct CableSelectionTests {
  /// The numbers of the packets of an exchange that a match means, and how many matched.
  private func chosen(
    _ match: String, of exchange: String, wholly: Bool = true
  ) throws -> (numbers: [Int], matched: Int) {
    let text =
      "{ network: { cable: { drop: [\(match)] } }, exchange: [\(exchange), { payload: 'x', from: 'receiver' }] }"
    let scenario = try Scenario(text: text)
    var selection = CableSelection(try #require(scenario.network.cable).value.forward, from: .sender)
    var numbers: [Int] = []
    for (index, message) in scenario.exchange.dropLast().enumerated() {
      let packet = message.ipv4(in: scenario)
      let frame = message.frame.frame(
        carrying: .v4(packet), from: MACAddress(2, 0, 0, 0, 0, 1), to: MACAddress(2, 0, 0, 0, 0, 2))
      if !selection.orders(for: frame, number: index + 1).isEmpty { numbers.append(index + 1) }
    }
    return (numbers, selection.matched[0] ?? -1)
  }

  private static let segments = """
    { tcp: { destinationPort: 80, flags: ['syn'] } }, { tcp: { destinationPort: 80 } },
    { tcp: { destinationPort: 80, flags: ['psh', 'ack'] }, payload: 'Quit' },
    { udp: { destinationPort: 80 }, payload: 'Quit' }, { payload: 'raw' }, { header: { ttl: 1 }, payload: '' },
    { icmp: { type: 8, identifier: 7 } }, { tcp: { destinationPort: 81, checksum: 'bad' }, payload: 'x' },
    { payload: 'in a frame', frame: { padTo: 60 } }
    """

  static let rows: [(match: String, numbers: [Int], matched: Int)] = [
    ("{ nth: 'every', tcp: {} }", [1, 2, 3], 3),
    ("{ nth: 'every', tcp: { checksum: 'any' } }", [1, 2, 3, 8], 4),
    ("{ nth: 'every', tcp: { checksum: 'invalid' } }", [8], 1), ("{ tcp: { flags: ['ack'] } }", [2], 1),
    ("{ tcp: { flags: ['syn', 'ack'] } }", [], 0),
    ("{ nth: 'every', tcp: { checksum: 'any' }, payload: { minLength: 1 } }", [3, 8], 2),
    ("{ nth: 'every', tcp: {}, payload: '' }", [1, 2], 2),
    ("{ nth: 2, payload: { contains: 'Quit' } }", [4], 2),
    ("{ nth: 'every', payload: { contains: 'Quit' } }", [3, 4], 2),
    ("{ nth: 'every', udp: { destinationPort: { min: 80, max: 81 } } }", [4], 1),
    ("{ header: { ttl: { max: 1 } } }", [6], 1), ("{ header: { protocol: 253 }, payload: 'raw' }", [5], 1),
    ("{ icmp: { type: 8, identifier: 7 } }", [7], 1), ("{ icmp: { type: 8, identifier: 8 } }", [], 0),
    ("{ frame: { padding: { min: 1 } } }", [9], 1), ("{ nth: 'every', frame: { length: 34 } }", [6], 1),
    ("{ nth: { every: 4 }, header: { version: 4 } }", [4, 8], 9),
    ("{ nth: [2, 9], header: { version: 4 } }", [2, 9], 9), ("4", [4], -1),
  ]

  @Test("packets are chosen by their fields, payload and frame", arguments: rows)
  func chosen(_ row: (match: String, numbers: [Int], matched: Int)) throws {
    let (numbers, matched) = try chosen(row.match, of: Self.segments)
    #expect(numbers == row.numbers)
    #expect(matched == row.matched)
  }

  @Test("only the first piece of a datagram has its ports")
  func pieces() throws {
    let piece = "header: { protocol: 17, identification: 1, %@ }, payload: { hex: '9c40 0050 0009 0000 00' }"
    let pieces = ["moreFragments: true", "fragmentOffset: 8"].map {
      "{ via: 'frame', \(piece.replacing("%@", with: $0)) }"
    }
    let exchange = pieces.joined(separator: ", ")
    #expect(try chosen("{ nth: 'every', udp: { destinationPort: 80 } }", of: exchange).numbers == [1])
    #expect(try chosen("{ nth: 'every', header: { protocol: 17 } }", of: exchange).numbers == [1, 2])
  }
}
