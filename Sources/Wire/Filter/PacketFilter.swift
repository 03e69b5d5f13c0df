// SPDX-License-Identifier: Apache-2.0

/// An expression that a packet's fields match or do not, in the terms of Wireshark's display filters.
public struct PacketFilter: Sendable {
  /// How a field's value stands to the one in the expression.
  enum Comparison: Sendable {
    case equal
    case notEqual
    case less
    case atMost
    case greater
    case atLeast
  }

  /// A value as the expression has it.
  enum Operand: Hashable, Sendable {
    case number(UInt64)
    case text(String)
  }

  indirect enum Expression: Sendable {
    /// One of these fields or layers is there.
    case presence([String])
    /// The value of one of these fields stands so; not equal says that no one is equal, and one is there.
    case comparison([String], Comparison, Operand)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
  }

  /// Names of several fields of which either end may match.
  static let aliases = [
    "eth.addr": ["eth.src", "eth.dst"], "ip.addr": ["ip.src", "ip.dst"],
    "ipv6.addr": ["ipv6.src", "ipv6.dst"],
    "udp.port": ["udp.srcport", "udp.dstport"], "tcp.port": ["tcp.srcport", "tcp.dstport"],
  ]

  /// Every name that an expression may have.
  public static func names(_ protocols: Protocols = .all) -> [String] {
    protocols.filterNames + aliases.keys.sorted()
  }

  private let root: Expression

  /// Reads an expression; throws `PacketFilterError` with the place of what is wrong.
  public init(_ text: String, protocols: Protocols = .all) throws(PacketFilterError) {
    var parser = PacketFilterParser(text, protocols)
    root = try parser.parse()
  }

  /// Whether a packet matches, which is the `number`th of its file.
  public func matches(_ dissection: Dissection, of packet: CaptureFile.Packet, number: Int) -> Bool {
    let layers = [Dissection.Layer(frame: packet, number: number)] + dissection.layers
    return Self.holds(root, layers)
  }

  private static func holds(_ expression: Expression, _ layers: [Dissection.Layer]) -> Bool {
    switch expression {
    case .presence(let names):
      layers.contains { layer in
        names.contains(layer.filterName) || layer.fields.contains { names.contains($0.filterName) }
      }
    case .comparison(let names, let comparison, let operand):
      holds(fields(names, layers), comparison, operand)
    case .not(let inner): !holds(inner, layers)
    case .and(let left, let right): holds(left, layers) && holds(right, layers)
    case .or(let left, let right): holds(left, layers) || holds(right, layers)
    }
  }

  private static func fields(_ names: [String], _ layers: [Dissection.Layer]) -> [Dissection.Field] {
    layers.flatMap { layer in layer.fields.filter { names.contains($0.filterName) } }
  }

  private static func holds(
    _ fields: [Dissection.Field], _ comparison: Comparison, _ operand: Operand
  ) -> Bool {
    guard comparison != .notEqual else {
      return !fields.isEmpty && fields.allSatisfy { !holds($0, .equal, operand) }
    }
    return fields.contains { holds($0, comparison, operand) }
  }

  private static func holds(_ field: Dissection.Field, _ comparison: Comparison, _ operand: Operand) -> Bool {
    switch operand {
    case .text(let text): return comparison == .equal && field.value == text
    case .number(let wanted):
      guard let number = field.number else { return false }
      return switch comparison {
      case .equal, .notEqual: number == wanted
      case .less: number < wanted
      case .atMost: number <= wanted
      case .greater: number > wanted
      case .atLeast: number >= wanted
      }
    }
  }
}

extension Dissection.Layer {
  /// What a capture says of a packet, as Wireshark has it.
  fileprivate init(frame packet: CaptureFile.Packet, number: Int) {
    func field(_ name: String, _ number: UInt64?, _ text: String? = nil) -> Dissection.Field {
      Dissection.Field(name, "frame.\(name)", text ?? "", 0..<0, number: number)
    }
    var fields = [
      field("number", UInt64(number)), field("len", UInt64(packet.originalLength)),
      field("cap_len", UInt64(packet.bytes.count)),
    ]
    if let name = packet.interfaceName { fields.append(field("interface_name", nil, name)) }
    if let comment = packet.comment { fields.append(field("comment", nil, comment)) }
    if let direction = packet.direction {
      fields.append(field("packet_flags_direction", UInt64(direction.rawValue)))
    }
    self.init(name: "Frame", filterName: "frame", fields: fields)
  }
}
