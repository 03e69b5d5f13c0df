// SPDX-License-Identifier: Apache-2.0

import Wire

/// A network as a scenario asks for it.
enum NetworkChoice: Sendable {
  case named(Located<String>)
  case inline(Network)
}

extension ValueType where Value == NetworkChoice {
  /// A name, or the network itself.
  static func networkChoice(_ layers: Transports) -> ValueType {
    choice(
      "a network's name or an object", text: ValueType<String>.networkName.located.map { .named($0) },
      object: ObjectType<Network>.network(with: layers).value.map { .inline($0) })
  }
}

extension ValueType where Value == String {
  /// The name of a network file: never a path, so that nothing outside a folder `netns` is opened.
  static let networkName = string.parsed(
    as: "a name of letters, digits, \"-\" and \"_\"", pattern: "[A-Za-z0-9_-]+"
  ) {
    text -> String? in
    let isName = text.utf8.allSatisfy { byte in
      let character = Character(Unicode.Scalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber || "-_".contains(character))
    }
    return isName && !text.isEmpty ? text : nil
  }
}

extension ObjectType where Object == Network {
  /// A network, inline or a file's whole content.
  static let network = network(with: Protocols.all.transports)

  /// A network whose cable may match packets with headers of some protocols.
  static func network(with layers: Transports) -> ObjectType {
    ObjectType(
      "a network", { _ in Network.lan },
      keys: [
        Key(
          "sender", ObjectType<HostForm>.host.value,
          "the sending host; default: 1.1.1.100/24 and fd00::100/64"
        ) {
          $1.fill(&$0.sender)
        },
        Key(
          "receiver", ObjectType<HostForm>.host.value,
          "the receiving host; default: 1.1.1.1/24 and fd00::1/64"
        ) {
          $1.fill(&$0.receiver)
        },
        Key("mtu", .integer(68...65_535, unit: "bytes"), \.mtu, "the MTU of both ends; default: 1500"),
        Key(
          "arp", .word, \.arp, "how the hosts learn each other's MAC address; default: \"static\""),
        Key(
          "cable", ObjectType<Cable>.cable(layers).value.located, \.cable,
          "what is done to the sender's IP packets on the way, chosen by number from 1 or by a match, and"
            + " in `reverse` to the receiver's; default: nothing"
        ),
        .schema,
      ])
  }
}

/// A host as a file writes it.
struct HostForm: Sendable {
  var addresses: Located<[IPInterface]>?
  var mac: Located<MACAddress>?
  var offload: Located<Bool>?
  var mute: Located<Bool>?

  func fill(_ host: inout Host) {
    if let addresses {
      let (all, span) = (addresses.value, addresses.span)
      host.ipv4 =
        all.lazy.compactMap { if case .v4(let one) = $0 { Located(one, at: span) } else { nil } }.first
      host.ipv6 =
        all.lazy.compactMap { if case .v6(let one) = $0 { Located(one, at: span) } else { nil } }.first
    }
    host.mac = mac
    host.offload = offload
    host.mute = mute
  }
}

extension ObjectType where Object == HostForm {
  /// One host on the cable.
  static let host = ObjectType(
    "a host such as { address: \"1.1.1.100/24\" }", { _ in HostForm() },
    keys: [
      Key(
        "address", ValueType<[IPInterface]>.addresses.located, \.addresses,
        "its address with the prefix length of its network, or a list of an IPv4 and an IPv6 address"),
      Key("mac", ValueType.mac.located, \.mac, "its MAC address; default: chosen by the kernel"),
      Key(
        "mute", ValueType.bool.located, \.mute,
        "whether its kernel has no address and answers nothing, so what it sends leaves as frames, and"
          + " nothing sent to it is delivered; default: false"),
      Key(
        "offload", ValueType.bool.located, \.offload,
        "whether its kernel leaves work such as checksums to a network card, and nothing does it; if left"
          + " out or false, packets look as on a wire"),
    ])
}

extension ValueType where Value == [IPInterface] {
  private static let single = ValueType<IPInterface>.interface
  private static let several = ValueType<[IPInterface]>.list(
    of: .interface, "a list of an IPv4 and an IPv6 address", count: 1...2
  ).checked { all in
    all.count == 2 && all[0].address.version == all[1].address.version
      ? "a host has only one \(all[0].address.version) address" : nil
  }

  /// The addresses of a host: one, or one of each version.
  static let addresses = choice(
    "\(single.phrase), or a list of an IPv4 and an IPv6 one", of: [single.shape, several.shape]
  ) { value in
    if case .array = value { several } else { single.map { [$0] } }
  }
}
