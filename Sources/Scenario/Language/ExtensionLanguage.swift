// SPDX-License-Identifier: Apache-2.0

import Wire

extension ValueType where Value == [SentExtension] {
  /// Extension headers of IPv6, in the order of the wire.
  static let extensions = ValueType<[SentExtension]>.list(
    of: .extensionHeader, "a list of extension headers such as [{ hopByHop: {} }]"
  ).checked { headers in
    let length = headers.reduce(0) { $0 + $1.header.bytes.count }
    return length <= Int(UInt16.max)
      ? nil : "these headers take \(length) bytes, but a packet has room for 65535"
  }
}

extension ValueType where Value == SentExtension {
  /// One header: an object with the header's one key.
  static let extensionHeader = ExtensionForm.type.map {
    $0.header
      ?? SentExtension(header: IPv6ExtensionHeader(number: IPv6ExtensionHeader.noNextNumber, bytes: []))
  }
}

/// An extension header as a file writes it.
struct ExtensionForm: Sendable {
  var said: [String] = []
  var header: SentExtension?

  /// Exactly one header.
  static let type = ObjectType<ExtensionForm>.extensionForm.value.exactlyOne(
    of: ["hopByHop", "destination", "routing", "fragment", "raw"].map { [$0] }, in: \.said,
    "an extension header is an object with exactly one key, such as { hopByHop: {} }")
}

extension ObjectType where Object == ExtensionForm {
  static let extensionForm = ObjectType(
    "an extension header", { _ in ExtensionForm() },
    keys: [
      key(
        "hopByHop", OptionsHeaderForm.type(number: IPv6ExtensionHeader.hopByHopNumber),
        "options for every node on the way (RFC 8200 §4.3)"),
      key(
        "destination", OptionsHeaderForm.type(number: IPv6ExtensionHeader.destinationNumber),
        "options for the destination (RFC 8200 §4.6)"),
      key("routing", RoutingHeaderForm.type, "addresses on the way (RFC 8200 §4.4)"),
      key("fragment", FragmentHeaderForm.type, "which fragment of a packet this is (RFC 8200 §4.5)"),
      key("raw", RawHeaderForm.type, "any header, by its number and its bytes, valid or not"),
    ])

  private static func key(
    _ name: String, _ type: ValueType<SentExtension>, _ meaning: String
  ) -> Key<ExtensionForm> {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.header = $1
    }
  }
}

/// What every extension header says of itself and of the next.
private protocol ExtensionBase: Sendable {
  var nextHeader: Int? { get set }
  var length: Int? { get set }
}

extension ExtensionBase {
  /// The header of a number that a type's own bytes stand in, behind the two that all have.
  fileprivate func header(_ number: UInt8, _ own: [UInt8]) -> SentExtension {
    let units = UInt8(truncatingIfNeeded: (own.count + 2) / IPv6ExtensionHeader.unit - 1)
    let stated = length.map { UInt8($0) } ?? units
    return SentExtension(
      header: IPv6ExtensionHeader(number: number, bytes: [0, stated] + own),
      nextHeader: nextHeader.map { UInt8($0) })
  }
}

extension Key where Object: ExtensionBase {
  fileprivate static var nextHeader: Key {
    Key(
      "nextHeader", ValueType<Int>.integer(0...255), "what it says follows; default: what actually follows"
    ) { $0.nextHeader = $1 }
  }

  fileprivate static var length: Key {
    Key(
      "length", ValueType<Int>.integer(0...255),
      "its length in units of 8 bytes, not counting the first; default: the actual length"
    ) { $0.length = $1 }
  }
}

/// A header of options as a file writes it.
private struct OptionsHeaderForm: ExtensionBase {
  var options: [[UInt8]] = []
  var nextHeader: Int?
  var length: Int?

  /// What a length of 255 units leaves behind the first two bytes.
  private static let mostOptions = 256 * IPv6ExtensionHeader.unit - 2

  static func type(number: UInt8) -> ValueType<SentExtension> {
    ObjectType<OptionsHeaderForm>.optionsHeader.value.checked { form in
      let count = form.options.reduce(0) { $0 + $1.count }
      return count <= mostOptions || form.length != nil
        ? nil
        : "these options take \(count) bytes, but a header has room for \(mostOptions): give it a `length`"
    }.map { form in
      form.header(number, padded(form.options.flatMap { $0 }))
    }
  }

  /// Options padded so that the header is a multiple of 8 bytes (RFC 8200 §4.2, appendix A).
  private static func padded(_ options: [UInt8]) -> [UInt8] {
    let unit = IPv6ExtensionHeader.unit
    let missing = (unit - (options.count + 2) % unit) % unit
    switch missing {
    case 0: return options
    case 1: return options + [0]
    default: return options + [1, UInt8(missing - 2)] + [UInt8](repeating: 0, count: missing - 2)
    }
  }
}

extension ObjectType where Object == OptionsHeaderForm {
  fileprivate static let optionsHeader = ObjectType(
    "a header of options such as { options: [{ routerAlert: 0 }] }", { _ in OptionsHeaderForm() },
    keys: [
      Key(
        "options", ValueType<[[UInt8]]>.list(of: .ipv6Option, "a list of options"), \.options,
        "default: none; padded to a multiple of 8 bytes"),
      .nextHeader, .length,
    ])
}

extension ValueType where Value == [UInt8] {
  /// One option of IPv6: a word, or an object with the option's one key.
  fileprivate static let ipv6Option = choice(
    "\"pad1\" or an object such as { padN: 4 }", text: .word([("pad1", [0])]),
    object: IPv6OptionForm.type.map(\.bytes))
}

/// An option of IPv6 as a file writes it in its long form.
private struct IPv6OptionForm: Sendable {
  var said: [String] = []
  var bytes: [UInt8] = []

  static let type = ObjectType<IPv6OptionForm>.ipv6Option.value.exactlyOne(
    of: ["padN", "routerAlert", "jumboPayload", "homeAddress", "raw"].map { [$0] }, in: \.said,
    "an option is an object with exactly one key, such as { padN: 4 }")
}

extension ObjectType where Object == IPv6OptionForm {
  fileprivate static let ipv6Option = ObjectType(
    "an IPv6 option", { _ in IPv6OptionForm() },
    keys: [
      key(
        "padN",
        ValueType<Int>.integer(2...257, unit: "bytes").map { count in
          [1, UInt8(count - 2)] + [UInt8](repeating: 0, count: count - 2)
        }, "this many bytes of padding, including its type and length (RFC 8200 §4.2)"),
      key(
        "routerAlert", ValueType<Int>.integer(0...65_535).map { [5, 2, UInt8($0 >> 8), UInt8($0 & 0xFF)] },
        "0 asks routers to look at MLD (RFC 2711)"),
      key(
        "jumboPayload",
        ValueType<Int>.integer(0...Int(UInt32.max), unit: "bytes").map { length in
          [0xC2, 4] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        }, "the payload length of a packet for which the field is too small (RFC 2675)"),
      key(
        "homeAddress", ValueType<IPv6Address>.ipv6Address.map { [0xC9, 16] + $0.octets },
        "where a mobile node is at home (RFC 6275 §6.3)"),
      key("raw", ValueType<[UInt8]>.hex, "bytes in hexadecimal, valid or not"),
    ])

  private static func key(_ name: String, _ type: ValueType<[UInt8]>, _ meaning: String) -> Key<
    IPv6OptionForm
  > {
    Key(name, type, meaning) {
      $0.said.append(name)
      $0.bytes = $1
    }
  }
}

/// A routing header as a file writes it.
private struct RoutingHeaderForm: ExtensionBase {
  var type = 0
  var segmentsLeft: Int?
  var addresses: [IPv6Address] = []
  var nextHeader: Int?
  var length: Int?

  static let type = ObjectType<RoutingHeaderForm>.routingHeader.value.map { form in
    let left = form.segmentsLeft ?? form.addresses.count
    return form.header(
      IPv6ExtensionHeader.routingNumber,
      [UInt8(form.type), UInt8(left), 0, 0, 0, 0] + form.addresses.flatMap(\.octets))
  }
}

extension ObjectType where Object == RoutingHeaderForm {
  fileprivate static let routingHeader = ObjectType(
    "a routing header such as { type: 2, addresses: [\"fd00::9\"] }", { _ in RoutingHeaderForm() },
    keys: [
      Key("type", .integer(0...255), \.type, "default: 0, which RFC 5095 forbids"),
      Key(
        "segmentsLeft", ValueType<Int>.integer(0...255),
        "how many addresses are still ahead; default: all"
      ) { $0.segmentsLeft = $1 },
      Key(
        "addresses",
        ValueType<[IPv6Address]>.list(of: .ipv6Address, "a list of IPv6 addresses", count: 0...127),
        \.addresses, "default: none"),
      .nextHeader, .length,
    ])
}

/// A fragment header as a file writes it.
private struct FragmentHeaderForm: ExtensionBase {
  var offset = 0
  var moreFragments = false
  var identification = 0
  var nextHeader: Int?
  var length: Int?

  static let type = ObjectType<FragmentHeaderForm>.fragmentHeader.value.map { form in
    SentExtension(
      header: .fragment(
        nextHeader: 0, offset: UInt16(form.offset), moreFragments: form.moreFragments,
        identification: UInt32(form.identification)), nextHeader: form.nextHeader.map { UInt8($0) })
  }
}

extension ObjectType where Object == FragmentHeaderForm {
  fileprivate static let fragmentHeader = ObjectType(
    "a fragment header such as { offset: 8, moreFragments: true }", { _ in FragmentHeaderForm() },
    keys: [
      Key(
        "offset", .integer(0...65_528, multipleOf: 8, unit: "bytes"), \.offset,
        "where the fragment belongs; default: 0"),
      Key("moreFragments", .bool, \.moreFragments, "default: false"),
      Key(
        "identification", .integer(0...Int(UInt32.max)), \.identification,
        "what the fragments of one packet have in common; default: 0"),
      .nextHeader,
    ])
}

/// A header by its bytes as a file writes it.
private struct RawHeaderForm: Sendable {
  var number = 0
  var bytes: [UInt8] = []

  static let type = ObjectType<RawHeaderForm>.rawHeader.value.checked {
    $0.bytes.isEmpty ? "a header has at least one byte, which says what follows" : nil
  }.map { form in
    SentExtension(
      header: IPv6ExtensionHeader(number: UInt8(form.number), bytes: form.bytes), nextHeader: form.bytes.first
    )
  }
}

extension ObjectType where Object == RawHeaderForm {
  fileprivate static let rawHeader = ObjectType(
    "a header such as { number: 60, hex: \"3b00 0104 0000 0000\" }", { _ in RawHeaderForm() },
    keys: [
      Key(
        "number", .integer(0...255), \.number, isRequired: true,
        "the number by which the previous header announces it (IANA, IPv6 Extension Header Types)"),
      Key(
        "hex", ValueType<[UInt8]>.hex, \.bytes, isRequired: true,
        "all its bytes; the first says what follows"),
    ])
}

extension ValueType where Value == Located<ExtensionsMatcher> {
  /// What the extension headers may be: a list of them, "none", or "any", which may be none.
  static let extensionsMatcher = ValueType<ExtensionsMatcher>.choice(
    "a list of extension headers, \"none\" or \"any\"", text: .word([("none", .equals([])), ("any", .any)]),
    other: ValueType<[SentExtension]>.extensions.map { .equals($0) }
  ).located
}
