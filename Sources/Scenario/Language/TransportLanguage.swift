// SPDX-License-Identifier: Apache-2.0

import Wire

/// The protocols whose headers a message may have; tests may have others.
typealias Transports = [any TransportProtocol]

extension Key where Object == Message {
  /// A key for the header of each protocol.
  static func transports(_ layers: Transports) -> [Key] {
    layers.map { layer in
      Key(
        layer.filterName, ObjectType<TransportFields>.fields(of: layer).value,
        "\(layer.title) header between IP header and payload; it implies the protocol number"
      ) { $0.transports.append($1) }
    }
  }
}

extension Key where Object == Scenario {
  /// A key for the header of each protocol.
  static func transports(_ layers: Transports) -> [Key] {
    layers.map { layer in
      let mirrors = layer.mirrored.isEmpty ? "" : "; in messages from the receiver the ports are swapped"
      return Key(
        layer.filterName, ObjectType<TransportFields>.fields(of: layer).value,
        "\(layer.title) header of every message that names no other protocol\(mirrors)"
      ) { $0.transports.append($1) }
    }
  }
}

extension Key {
  /// A key for what is asked of the header of each protocol.
  static func transports(_ layers: Transports, _ seen: SeenProperty) -> [Key] {
    layers.map { layer in
      Key(
        layer.filterName, ObjectType<TransportMatchers>.matchers(of: layer).value,
        "fields of the \(layer.title) header,"
          + " whose lengths and checksum must be correct unless the file says otherwise"
      ) { $0[keyPath: seen].transports.append($1) }
    }
  }
}

extension ObjectType where Object == TransportFields {
  /// The fields of a protocol's header that a message may set.
  static func fields(of layer: any TransportProtocol) -> ObjectType {
    let keys = layer.messageFields.map { field -> Key<TransportFields> in
      if field.isChecksum {
        return Key(field.key, .sentChecksum, \.checksum, "\(field.title); default: \"good\"")
      }
      let value = ValueType<UInt64>.value(of: field).located
      return Key(field.key, value, "\(field.title)\(leftOut(of: field))") { $0.values[field.key] = $1 }
    }
    let options = Key<TransportFields>(
      "options", ValueType<[UInt8]>.options(of: layer).located,
      "default: none; padded with end options to a multiple of 4"
    ) { $0.options = $1 }
    let others = (layer.hasOptions ? [options] : []) + (layer.hasQuotations ? [quotes] : [])
    return ObjectType(
      "an object of \(layer.title) header fields", named: "\(layer.title)Fields",
      { TransportFields(layer, at: $0) }, keys: keys + others)
  }

  private static let quotes = Key<TransportFields>(
    "quotes", ValueType<Int>.integer(1...CaseSize.mostMessages).located,
    "the number of an earlier message: its packet, as it arrived,"
      + " follows the header, as much as an error may quote"
  ) { $0.quotes = $1 }

  private static func leftOut(of field: LayerField) -> String {
    switch field.leftOut {
    case .value(let value): "; default: \(field.text(value))"
    case .required: "; required here or in the scenario's header, unless a program sends it"
    case .length: "; default: header and payload"
    case .headerLength: "; default: header and options"
    case .checksum: ""
    }
  }
}

extension ObjectType where Object == TransportMatchers {
  /// The fields of a protocol's header of which something may be asked.
  static func matchers(of layer: any TransportProtocol) -> ObjectType {
    let keys = layer.messageFields.map { field in
      Key<TransportMatchers>(
        field.key, ValueType<FieldMatcher>.matcher(of: field).located, field.title
      ) { $0.matchers[field.key] = $1 }
    }
    let options = Key<TransportMatchers>(
      "options",
      ValueType<OptionsMatcher>.optionsMatcher(ValueType<[UInt8]>.options(of: layer)),
      "the options, padding included; \"any\" also matches none"
    ) { $0.options = $1 }
    return ObjectType(
      "an object of \(layer.title) header fields", named: "\(layer.title)Matchers",
      { TransportMatchers(layer, at: $0) }, keys: keys + (layer.hasOptions ? [options] : []),
      remedies: layer.hasQuotations ? ["quotes": quotation] : [:])
  }

  private static let quotation =
    "only a message itself can say what it quotes: to check what a returned error quotes, use `payload`,"
    + " such as { prefix: { hex: \"45\" } }, which begins with the quoted IP header"
}

extension ValueType where Value == UInt64 {
  /// The value of a field, in the terms of the field.
  static func value(of field: LayerField) -> ValueType {
    switch field.form {
    case .flag: return ValueType<Bool>.bool.map { $0 ? 1 : 0 }
    case .flags(let names): return flags(names)
    case .ipv4Address: return ValueType<IPv4Address>.address.map { UInt64($0.rawValue) }
    default:
      let type = ValueType<Int>.integer(
        0...Int(clamping: field.range.upperBound), multipleOf: Int(field.multiple), unit: field.unit)
      return type.map { UInt64($0) }
    }
  }

  /// The flags that are set, as bits, of which the first name is the top one.
  private static func flags(_ names: [String]) -> ValueType {
    let bits = names.enumerated().map { ($0.element, UInt64(1) << UInt64(names.count - 1 - $0.offset)) }
    return ValueType<[UInt64]>.list(
      of: .word(bits), "a list of flags such as [\"\(names[names.count - 1])\"]"
    ).map { $0.reduce(0, |) }
  }
}

extension ValueType where Value == FieldMatcher {
  /// What a field of a transport header may be: a value, a word, or an object.
  static func matcher(of field: LayerField) -> ValueType {
    guard field.isChecksum else {
      return matcher(ValueType<UInt64>.value(of: field), words: [("any", .any)])
    }
    let words: [(String, FieldMatcher)] = [
      ("any", .any), ("good", .valid), ("bad", .invalid), ("zero", .value(0)), ("valid", .valid),
      ("invalid", .invalid), ("offloaded", .offloaded),
    ]
    return matcher(ValueType<UInt64>.value(of: field), words: words)
  }
}

extension ValueType where Value == [UInt8] {
  /// The options of a protocol's header, padded to a multiple of 4 bytes; 40 bytes have room.
  static func options(of layer: any TransportProtocol) -> ValueType {
    ValueType<[TCPOption]>.tcpOptions.map { TCPOption.paddedBytes(of: $0) }.checked { bytes in
      bytes.count <= 40 ? nil : "these options take \(bytes.count) bytes, but a header has room for 40"
    }
  }
}

extension LayerField {
  /// A value as a file writes it.
  func tree(of value: UInt64) -> JSON5Tree {
    switch form {
    case .flag: return .literal(value == 0 ? "false" : "true")
    case .flags(let names):
      let set = names.enumerated().filter { value >> UInt64(names.count - 1 - $0.offset) & 1 == 1 }
      return .array(set.reversed().map { .string($0.element) })
    case .ipv4Address: return .string(IPv4Address(rawValue: UInt32(truncatingIfNeeded: value)).description)
    case .hexadecimal, .hexadecimalNamed: return .literal("0x\(String(value, radix: 16))")
    default: return .number(value)
    }
  }
}
