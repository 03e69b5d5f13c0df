// SPDX-License-Identifier: Apache-2.0

import Wire

/// What the kernel does with the options that a plain socket is to send (`IP_OPTIONS`, ip(7)).
///
/// It refuses what no header may hold. Of the rest it fills in routes and times, follows source routes, and clears what
/// stands behind the end; all else it sends as it is. Under a header of one's own it looks at no option. Each rule was
/// measured on Linux 6.18, as root and as root of a user namespace; where a rule leaves room, it is on the side of
/// another way out.
struct SocketOptions {
  /// Why the kernel does not take them (`EINVAL`); nil where it does.
  private(set) var refusal: String?
  /// What it would send otherwise than it stands there; nil where it takes and sends them as they are.
  private(set) var change: String?

  /// Looks at the bytes of the options, of a packet to a destination that leaves a host.
  init(_ bytes: [UInt8], to destination: IPv4Address, from host: Host) {
    let options = IPv4Option.parse(bytes)
    let list = options.prefix { $0 != .end }.filter { $0 != .noOperation }.map(SocketOption.init)
    refusal = list.lazy.compactMap(\.fault).first ?? Self.doubled(list)
    guard refusal == nil else { return }
    let isEndOfAll = options.drop { $0 != .end }.allSatisfy { $0 == .end }
    change =
      list.lazy.compactMap { $0.change(to: destination, from: host) }.first
      ?? (isEndOfAll ? nil : "the kernel clears what follows the end of a plain socket's options")
  }

  /// Where the kernel may have to write or to follow, it takes no second option.
  private static func doubled(_ list: [SocketOption]) -> String? {
    var seen: Set<String> = []
    let second = list.first { $0.isTakenOnce && !seen.insert($0.name).inserted }
    return second.map { "a second \($0.name)" }
  }
}

/// One option but the end and no operation, as the kernel reads it: a type, a length, and what the length counts.
private struct SocketOption {
  private typealias Kind = IPv4Option.Kind

  private let bytes: [UInt8]
  private var type: UInt8 { bytes[0] }
  /// What byte 2 says; 0 where it is missing.
  private var length: Int { bytes.count > 1 ? Int(bytes[1]) : 0 }

  /// A slot for an address or a time, in bytes.
  private static let slot = 4

  init(_ option: IPv4Option) {
    bytes = option.bytes
  }

  /// What it is, a source route of either kind by the same name.
  var name: String { knownName ?? "option \(type)" }

  private var knownName: String? {
    switch type {
    case Kind.recordRoute: "record route"
    case Kind.timestamp: "timestamp"
    case Kind.looseSourceRoute, Kind.strictSourceRoute: "source route"
    case Kind.routerAlert: "router alert"
    case Kind.commercialSecurity: "CIPSO label"
    default: nil
    }
  }

  private var one: String { knownName.map { "a \($0)" } ?? name }

  /// Whether the kernel takes one a header and no second.
  var isTakenOnce: Bool {
    [Kind.recordRoute, Kind.timestamp, Kind.looseSourceRoute, Kind.strictSourceRoute].contains(type)
  }

  // MARK: - What is refused

  /// Why the kernel refuses it; nil where it does not.
  var fault: String? {
    guard bytes.count > 1 else { return "\(one) without a length" }
    guard length >= 2 else { return "\(one) of length \(length), but type and length alone take 2 bytes" }
    guard length <= bytes.count else {
      return "\(one) of length \(length), but only \(bytes.count) bytes are left"
    }
    switch type {
    case Kind.recordRoute: return shorterThan(3) ?? pointerBelow(4) ?? lackOfRoom(1)
    case Kind.timestamp: return shorterThan(4) ?? pointerBelow(5) ?? timestampFault
    case Kind.looseSourceRoute, Kind.strictSourceRoute: return shorterThan(7) ?? sourceRouteFault
    case Kind.routerAlert: return shorterThan(4)
    // Whether it takes one depends on the kernel and on what the machine was told of labels.
    case Kind.commercialSecurity: return "\(one), unless the machine has its domain configured"
    default: return nil
    }
  }

  private func shorterThan(_ least: Int) -> String? {
    length < least ? "\(one) of length \(length), which needs \(least)" : nil
  }

  private var pointer: Int { Int(bytes[2]) }
  private var isFull: Bool { pointer > length }

  private func pointerBelow(_ least: Int) -> String? {
    pointer < least ? "\(one) with pointer \(pointer), but the first slot is at \(least)" : nil
  }

  /// From the pointer on there must be room for as many slots as one host fills in, or none at all.
  private func lackOfRoom(_ slots: Int) -> String? {
    let room = length - pointer + 1
    guard !isFull, room < slots * Self.slot else { return nil }
    return "\(one) with only \(room) of \(slots * Self.slot) bytes of room at its pointer"
  }

  private var sourceRouteFault: String? {
    if pointer != 4 { return "\(one) with pointer \(pointer), but a sender's is 4" }
    return (length - 3) % Self.slot == 0
      ? nil
      : "\(one) of length \(length),"
        + " which is not a whole number of addresses"
  }

  // MARK: - Timestamps

  /// What a host writes into a timestamp (RFC 791 §3.1).
  private enum TimestampFlag {
    static let time: UInt8 = 0
    static let addressAndTime: UInt8 = 1
    static let timeForAddress: UInt8 = 3
  }

  private var flag: UInt8 { bytes[3] & 0x0F }
  private var overflow: UInt8 { bytes[3] >> 4 }

  private var timestampFault: String? {
    if isFull {
      // One that asks for the times of named hosts counts nobody who found no room.
      let isCounted = flag != TimestampFlag.timeForAddress
      return isCounted && overflow == 15 ? "a full \(name) whose overflow is full too" : nil
    }
    let isWithAddress = [TimestampFlag.addressAndTime, TimestampFlag.timeForAddress].contains(flag)
    return lackOfRoom(isWithAddress ? 2 : 1)
  }

  private func isTimeWritten(by host: Host) -> Bool {
    guard !isFull else { return false }
    switch flag {
    case TimestampFlag.time, TimestampFlag.addressAndTime: return true
    case TimestampFlag.timeForAddress: return host.kind(of: .v4(address(at: pointer - 1))) != .another
    default: return false
    }
  }

  // MARK: - What is changed

  /// What the kernel would send in its place; nil for the option as it is.
  func change(to destination: IPv4Address, from host: Host) -> String? {
    switch type {
    case Kind.recordRoute where !isFull: "the kernel writes its address into a plain socket's record route"
    case Kind.timestamp where isTimeWritten(by: host):
      "the kernel writes the time into a plain socket's timestamp"
    case Kind.looseSourceRoute where route.allSatisfy { $0 == destination }: nil
    case Kind.looseSourceRoute, Kind.strictSourceRoute:
      "the kernel follows a plain socket's source route, and sends to its first address instead"
    default: nil
    }
  }

  private var route: [IPv4Address] {
    stride(from: 3, to: length - 3, by: Self.slot).map { address(at: $0) }
  }

  private func address(at position: Int) -> IPv4Address {
    IPv4Address(rawValue: bytes[position..<(position + Self.slot)].reduce(0) { $0 << 8 | UInt32($1) })
  }
}
