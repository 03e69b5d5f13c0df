// SPDX-License-Identifier: Apache-2.0

import Wire

@testable import Scenario

/// A message as a file may say it, of fields at their edges in any combination.
struct GeneratedMessage {
  /// The message in JSON5.
  let text: String

  /// Draws one for a network.
  init(in network: GeneratedNetwork, _ random: inout SplitMix64) {
    var draw = Draw(network: network, random: random)
    defer { random = draw.random }
    text = draw.message()
  }
}

/// A network with what is at the edges of it.
struct GeneratedNetwork: Sendable, CustomStringConvertible {
  let sender: String
  let receiver: String
  let prefix: Int
  var mtu = 1500
  var arp = "static"
  var isOfIPv6 = false
  /// An address of nobody in it, its lowest and its highest.
  let inside: [String]

  var description: String {
    "{ sender: { address: '\(sender)/\(prefix)' }, receiver: { address: '\(receiver)/\(prefix)' }, mtu: \(mtu),"
      + " arp: '\(arp)' }"
  }

  /// Where the random messages for it begin, which are others for each.
  var seed: UInt64 { description.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) } }

  static let all = [
    GeneratedNetwork(
      sender: "1.1.1.100", receiver: "1.1.1.1", prefix: 24, inside: ["1.1.1.77", "1.1.1.0", "1.1.1.255"]),
    GeneratedNetwork(
      sender: "1.1.1.100", receiver: "1.1.1.1", prefix: 24, arp: "dynamic",
      inside: ["1.1.1.77", "1.1.1.0", "1.1.1.255"]),
    GeneratedNetwork(
      sender: "10.0.0.1", receiver: "10.0.0.2", prefix: 30, mtu: 68, inside: ["10.0.0.0", "10.0.0.3"]),
    GeneratedNetwork(
      sender: "10.0.0.0", receiver: "10.0.0.1", prefix: 31, mtu: 576, inside: ["10.0.0.0", "10.0.0.1"]),
    GeneratedNetwork(
      sender: "10.0.0.0", receiver: "10.0.0.1", prefix: 31, arp: "dynamic", inside: ["10.0.0.0", "10.0.0.1"]),
    GeneratedNetwork(
      sender: "172.16.0.1", receiver: "172.31.255.254", prefix: 12, mtu: 65_535,
      inside: ["172.16.0.0", "172.31.255.255"]),
    GeneratedNetwork(
      sender: "10.0.0.1", receiver: "10.0.0.2", prefix: 0, mtu: 1280, inside: ["9.9.9.9", "0.0.0.5"]),
    GeneratedNetwork(
      sender: "10.0.0.1", receiver: "10.0.0.2", prefix: 0, arp: "dynamic", inside: ["9.9.9.9", "0.0.0.5"]),
    GeneratedNetwork(
      sender: "200.0.0.1", receiver: "200.0.0.2", prefix: 1, inside: ["128.0.0.0", "255.255.255.254"]),
    GeneratedNetwork(
      sender: "200.0.0.1", receiver: "200.0.0.2", prefix: 1, arp: "dynamic",
      inside: ["128.0.0.0", "255.255.255.254"]),
    GeneratedNetwork(
      sender: "10.0.0.1", receiver: "10.0.0.2", prefix: 4, mtu: 69, inside: ["0.0.0.5", "15.255.255.255"]),
    GeneratedNetwork(
      sender: "fd00::100", receiver: "fd00::1", prefix: 64, isOfIPv6: true, inside: ["fd00::77", "fd00::"]),
    GeneratedNetwork(
      sender: "fd00::100", receiver: "fd00::1", prefix: 64, arp: "dynamic", isOfIPv6: true,
      inside: ["fd00::77"]),
    GeneratedNetwork(
      sender: "2001:db8::1", receiver: "2001:db8::2", prefix: 126, mtu: 1280, isOfIPv6: true,
      inside: ["2001:db8::3"]),
    GeneratedNetwork(
      sender: "fd00::1", receiver: "fd01::1", prefix: 0, mtu: 65_535, isOfIPv6: true, inside: ["2002::5"]),
  ]
}

private struct Draw {
  let network: GeneratedNetwork
  var random: SplitMix64

  private mutating func one<Value>(of values: [Value]) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }

  private mutating func happens(oneIn times: Int) -> Bool { Int.random(in: 0..<times, using: &random) == 0 }

  mutating func message() -> String {
    var members = ["payload: { size: \(size()) }"]
    let fields = headerFields()
    if !fields.isEmpty { members.append("header: { \(fields.joined(separator: ", ")) }") }
    if happens(oneIn: 8) { members.append("frame: { \(frameFields().joined(separator: ", ")) }") }
    if happens(oneIn: 3) { members.append("from: 'receiver'") }
    if happens(oneIn: 6) {
      members.append("expect: { error: '\(one(of: ["EMSGSIZE", "EINVAL", "ENETUNREACH", "EFAULT"]))' }")
    }
    return "{ \(members.joined(separator: ", ")) }"
  }

  /// Sizes around what fits, with room for options or without, and the smallest and largest.
  private mutating func size() -> Int {
    let options = one(of: network.isOfIPv6 ? [0, 0, 8, 16, 40] : [0, 0, 4, 12, 40])
    let edge = one(
      of: network.isOfIPv6
        ? [network.mtu - 40 - options, 65_535 - options] : [network.mtu - 20 - options, 65_515 - options])
    let sizes = [0, 1, 2, 7, 8, edge - 8, edge - 1, edge, edge + 1, edge + 8, network.mtu, 65_535]
    // Many fragments take time: not too often.
    let size = one(of: happens(oneIn: 3) ? sizes : [0, 1, 2, 3, 8, 20])
    return min(max(0, size), 65_535)
  }

  private mutating func headerFields() -> [String] {
    var fields: [String] = []
    for choice in network.isOfIPv6 ? choicesOfIPv6 : choicesOfIPv4 where happens(oneIn: choice.rarity) {
      fields.append("\(choice.key): \(one(of: choice.values))")
    }
    guard happens(oneIn: 6) else { return fields }
    return fields + [network.isOfIPv6 ? "extensions: [\(extensionHeader())]" : "options: [\(option())]"]
  }

  private typealias Choice = (key: String, rarity: Int, values: [String])

  private var choicesOfIPv6: [Choice] {
    let addresses =
      network.inside + [
        network.sender, network.receiver, "::", "::1", "ff01::1", "ff02::1", "ff05::9", "ff0e::9",
        "fe80::9", "2001:db8:1::1", "::ffff:1.1.1.1", "::1.1.1.1",
      ]
    return [
      ("version", 12, ["6", "6", "0", "4", "5", "15"]), ("dscp", 6, ["0", "46", "63"]),
      ("ecn", 6, ["0", "1", "2", "3"]), ("flowLabel", 8, ["0", "1", "0xfffff"]),
      ("payloadLength", 12, ["0", "1", "2", "8", "1460", "1461", "65535"]),
      (
        "nextHeader", 4,
        ["0", "1", "6", "17", "41", "43", "44", "58", "59", "60", "135", "253", "254", "255"]
      ),
      ("hopLimit", 5, ["0", "1", "2", "64", "255"]), ("source", 8, addresses.map { "'\($0)'" }),
      ("destination", 4, addresses.map { "'\($0)'" }),
    ]
  }

  private mutating func extensionHeader() -> String {
    one(of: [
      "{ hopByHop: {} }", "{ hopByHop: { options: [{ routerAlert: 0 }] } }", "{ destination: {} }",
      "{ destination: { options: [{ padN: 18 }] } }, { destination: {} }", "{ hopByHop: { length: 9 } }",
      "{ routing: { type: 2, addresses: ['\(network.receiver)'] } }", "{ routing: { segmentsLeft: 0 } }",
      "{ fragment: { offset: 8, moreFragments: true } }", "{ fragment: {} }",
      "{ raw: { number: 60, hex: '3b' } }",
      "{ raw: { number: 51, hex: '3b01000000000000' } }",
    ])
  }

  private var choicesOfIPv4: [Choice] {
    let addresses =
      network.inside + [
        network.sender, network.receiver, "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.255", "224.0.0.1",
        "224.0.0.9", "240.0.0.1", "255.255.255.255", "8.8.8.8",
      ]
    let booleans = ["true", "false"]
    return [
      ("version", 12, ["4", "4", "0", "5", "6", "15"]),
      ("headerLength", 12, ["20", "20", "24", "32", "60", "16", "0"]),
      ("dscp", 6, ["0", "46", "63"]), ("ecn", 6, ["0", "1", "2", "3"]),
      ("totalLength", 12, ["0", "19", "20", "21", "22", "28", "1500", "1501", "65535"]),
      ("identification", 6, ["0", "1", "0x36c8", "65535"]),
      ("reserved", 12, booleans), ("dontFragment", 4, booleans), ("moreFragments", 10, booleans),
      ("fragmentOffset", 10, ["0", "8", "65528"]), ("ttl", 5, ["0", "1", "2", "64", "255"]),
      ("protocol", 4, ["0", "1", "2", "6", "17", "41", "253", "254", "255"]),
      ("checksum", 10, ["'good'", "'bad'", "'zero'", "0xffff"]),
      ("source", 8, addresses.map { "'\($0)'" }), ("destination", 4, addresses.map { "'\($0)'" }),
    ]
  }

  private mutating func option() -> String {
    let raw = HexDump.hexString(one(of: GeneratedOptions.all))
    return one(of: [
      "'nop'", "'end'", "{ recordRoute: 0 }", "{ recordRoute: 9 }", "{ routerAlert: 0 }",
      "{ timestamp: { slots: 1, flag: 1 } }", "{ timestamp: { slots: 0, flag: 0 } }",
      "{ timestamp: { slots: 2, flag: 3 } }", "{ looseSourceRoute: ['\(network.receiver)'] }",
      "{ looseSourceRoute: ['\(network.inside[0])'] }", "{ strictSourceRoute: ['\(network.receiver)'] }",
      "{ raw: '\(raw)' }", "{ raw: '\(raw)' }", "{ raw: '\(raw)' }",
    ])
  }

  private mutating func frameFields() -> [String] {
    let longest = network.mtu + 14
    let lengths = [0, 60, longest - 1, longest, longest + 1, longest + 4].map { min($0, 65_535) }
    return [
      one(of: [
        "source: '02:00:00:00:00:aa'", "destination: 'ff:ff:ff:ff:ff:ff'",
        "etherType: \(network.isOfIPv6 ? "0x86dd" : "0x0800")", "etherType: 0x8100", "etherType: 0x0806",
      ]), "padTo: \(one(of: lengths))",
    ]
  }
}
