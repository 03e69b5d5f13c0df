// SPDX-License-Identifier: Apache-2.0

/// An option of an IPv4 header, well-formed or not (RFC 791 §3.1, RFC 2113).
///
/// A pointer counts bytes from the option's first byte, which is 1; the first slot is at 4, or 5 in a
/// timestamp.
public enum IPv4Option: Hashable, Sendable {
  /// End of the list, and the padding after it.
  case end
  /// One byte that does nothing.
  case noOperation
  /// Slots in which routers write their addresses.
  case recordRoute(pointer: UInt8, route: [IPv4Address])
  /// Slots in which routers write the time, in words of four bytes; overflow and flag are 0...15.
  case timestamp(pointer: UInt8, overflow: UInt8, flag: UInt8, words: [UInt32])
  /// A request to routers to look closer; 0 is the only value that RFC 2113 defines.
  case routerAlert(UInt16)
  /// Addresses that the packet must visit, with any others between.
  case looseSourceRoute(pointer: UInt8, route: [IPv4Address])
  /// Addresses that the packet must visit, with none between.
  case strictSourceRoute(pointer: UInt8, route: [IPv4Address])
  /// An option of another type with a length that fits; `data` is what follows the length.
  case unknown(type: UInt8, data: [UInt8])
  /// Bytes that are no option: the length is missing, below 2, beyond the header, or not that of the type.
  case malformed([UInt8])

  /// A record route option with empty slots.
  public static func recordRoute(slots: UInt8) -> IPv4Option {
    .recordRoute(pointer: 4, route: Array(repeating: .any, count: Int(slots)))
  }

  /// A timestamp option with empty slots; with flag 0 a slot is one word, else an address and a time.
  public static func timestamp(slots: UInt8, flag: UInt8) -> IPv4Option {
    let words = Int(slots) * (flag == 0 ? 1 : 2)
    return .timestamp(pointer: 5, overflow: 0, flag: flag, words: Array(repeating: 0, count: words))
  }

  /// A loose source route that has not been followed yet.
  public static func looseSourceRoute(_ route: [IPv4Address]) -> IPv4Option {
    .looseSourceRoute(pointer: 4, route: route)
  }

  /// A strict source route that has not been followed yet.
  public static func strictSourceRoute(_ route: [IPv4Address]) -> IPv4Option {
    .strictSourceRoute(pointer: 4, route: route)
  }

  /// Reads the options of a header; never fails, and the bytes of what it gives are `bytes` again.
  ///
  /// What follows the end of the list is padding and reads as further ends while it is zero, and is malformed
  /// from the first byte that is not.
  public static func parse(_ bytes: [UInt8]) -> [IPv4Option] {
    var rest = bytes[...]
    var options: [IPv4Option] = []
    while let type = rest.first {
      let option: IPv4Option
      if options.last == .end, type != Kind.end {
        option = .malformed(Array(rest))
      } else {
        option = parseFirst(type, of: rest)
      }
      options.append(option)
      rest = rest.dropFirst(option.length)
    }
    return options
  }

  /// The bytes of a list of options, padded with ends to a multiple of 4.
  public static func paddedBytes(of options: [IPv4Option]) -> [UInt8] {
    let bytes = options.flatMap { $0.bytes }
    let missing = (4 - bytes.count % 4) % 4
    return bytes + Array(repeating: Kind.end, count: missing)
  }

  /// The option as on the wire; a length beyond 255 loses its upper bits.
  public var bytes: [UInt8] {
    switch self {
    case .end: [Kind.end]
    case .noOperation: [Kind.noOperation]
    case .recordRoute(let pointer, let route): Self.bytes(Kind.recordRoute, pointer, route)
    case .looseSourceRoute(let pointer, let route): Self.bytes(Kind.looseSourceRoute, pointer, route)
    case .strictSourceRoute(let pointer, let route): Self.bytes(Kind.strictSourceRoute, pointer, route)
    case .timestamp(let pointer, let overflow, let flag, let words):
      Self.bytes(
        Kind.timestamp, data: [pointer, overflow << 4 | (flag & 0x0F)] + words.flatMap { Self.octets($0) })
    case .routerAlert(let value):
      Self.bytes(Kind.routerAlert, data: [UInt8(value >> 8), UInt8(value & 0xFF)])
    case .unknown(let type, let data): Self.bytes(type, data: data)
    case .malformed(let bytes): bytes
    }
  }

  private var length: Int {
    switch self {
    case .end, .noOperation: 1
    default: bytes.count
    }
  }
}

extension IPv4Option {
  /// The type bytes: copied flag, class and number in one (IANA, IP Option Numbers).
  public enum Kind {
    /// End of the list.
    public static let end: UInt8 = 0
    /// No operation.
    public static let noOperation: UInt8 = 1
    /// Record route.
    public static let recordRoute: UInt8 = 7
    /// Timestamp.
    public static let timestamp: UInt8 = 68
    /// Loose source route.
    public static let looseSourceRoute: UInt8 = 131
    /// A security label by the commercial IP security option (CIPSO).
    public static let commercialSecurity: UInt8 = 134
    /// Strict source route.
    public static let strictSourceRoute: UInt8 = 137
    /// Router alert (RFC 2113).
    public static let routerAlert: UInt8 = 148
  }

  private static func parseFirst(_ type: UInt8, of rest: ArraySlice<UInt8>) -> IPv4Option {
    switch type {
    case Kind.end: return .end
    case Kind.noOperation: return .noOperation
    default: break
    }
    guard let length = rest.dropFirst().first, length >= 2, length <= rest.count else {
      return .malformed(Array(rest))
    }
    let data = rest.prefix(Int(length)).dropFirst(2)
    return parse(type, data: data) ?? .malformed(Array(rest.prefix(Int(length))))
  }

  /// Reads what follows type and length; nil when it is too short for the type, or no whole number of words.
  private static func parse(_ type: UInt8, data: ArraySlice<UInt8>) -> IPv4Option? {
    var reader = ByteReader(data, order: .big)
    switch type {
    case Kind.recordRoute, Kind.looseSourceRoute, Kind.strictSourceRoute:
      guard data.count % 4 == 1 else { return nil }
      let pointer = reader.uint8()
      let route = (0..<(data.count / 4)).map { _ in reader.address() }
      return switch type {
      case Kind.recordRoute: .recordRoute(pointer: pointer, route: route)
      case Kind.looseSourceRoute: .looseSourceRoute(pointer: pointer, route: route)
      default: .strictSourceRoute(pointer: pointer, route: route)
      }
    case Kind.timestamp:
      guard data.count % 4 == 2 else { return nil }
      let (pointer, overflowAndFlag) = (reader.uint8(), reader.uint8())
      let words = (0..<(data.count / 4)).map { _ in reader.uint32() }
      return .timestamp(
        pointer: pointer, overflow: overflowAndFlag >> 4, flag: overflowAndFlag & 0x0F, words: words)
    case Kind.routerAlert:
      return data.count == 2 ? .routerAlert(reader.uint16()) : nil
    default:
      return .unknown(type: type, data: Array(data))
    }
  }

  private static func bytes(_ type: UInt8, data: [UInt8]) -> [UInt8] {
    [type, UInt8(truncatingIfNeeded: data.count + 2)] + data
  }

  private static func bytes(_ type: UInt8, _ pointer: UInt8, _ route: [IPv4Address]) -> [UInt8] {
    bytes(type, data: [pointer] + route.flatMap { $0.octets })
  }

  private static func octets(_ word: UInt32) -> [UInt8] {
    IPv4Address(rawValue: word).octets
  }
}

extension IPv4Option: CustomStringConvertible {
  /// The option's name and what it holds, "record route (pointer 8): 1.1.1.1, 0.0.0.0".
  public var description: String {
    switch self {
    case .end: "end of options"
    case .noOperation: "no operation"
    case .recordRoute(let pointer, let route): Self.describe("record route", pointer, route)
    case .looseSourceRoute(let pointer, let route): Self.describe("loose source route", pointer, route)
    case .strictSourceRoute(let pointer, let route): Self.describe("strict source route", pointer, route)
    case .timestamp(let pointer, let overflow, let flag, let words):
      Self.list(
        "timestamp (pointer \(pointer), overflow \(overflow), flag \(flag))",
        Self.describe(words, withAddresses: flag != 0))
    case .routerAlert(let value): "router alert: \(value)"
    case .unknown(let type, let data): "option \(type): \(HexDump.hexString(data))"
    case .malformed(let bytes): "malformed: \(HexDump.hexString(bytes))"
    }
  }

  private static func describe(_ name: String, _ pointer: UInt8, _ route: [IPv4Address]) -> String {
    list("\(name) (pointer \(pointer))", route.map { $0.description })
  }

  /// The words of a timestamp: times in milliseconds since midnight, after an address each where there are.
  private static func describe(_ words: [UInt32], withAddresses: Bool) -> [String] {
    words.enumerated().map { index, word in
      withAddresses && index % 2 == 0 ? IPv4Address(rawValue: word).description : "\(word) ms"
    }
  }

  private static func list(_ title: String, _ items: [String]) -> String {
    items.isEmpty ? title : "\(title): \(items.joined(separator: ", "))"
  }
}
