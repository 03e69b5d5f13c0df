// SPDX-License-Identifier: Apache-2.0

@testable import Scenario

/// Options of every form, right and wrong, each at most 40 bytes long.
enum GeneratedOptions {
  private static let recordRoute: UInt8 = 7
  private static let timestamp: UInt8 = 68
  private static let looseRoute: UInt8 = 131
  private static let security: UInt8 = 134
  private static let strictRoute: UInt8 = 137
  private static let routerAlert: UInt8 = 148
  /// The types that a kernel looks into, and one that nobody knows.
  private static let types = [recordRoute, timestamp, looseRoute, strictRoute, routerAlert, security, 30]

  /// Options that stand alone, each as RFC 791, RFC 2113 or the CIPSO draft has it, full and empty.
  private static let examples: [[UInt8]] = [
    [1], [30, 4, 9, 9], [security, 8, 0, 0, 0, 1, 1, 2],
    [recordRoute, 7, 4, 0, 0, 0, 0], [recordRoute, 3, 4], [recordRoute, 7, 8, 1, 1, 1, 77],
    [timestamp, 8, 5, 0, 0, 0, 0, 0], [timestamp, 4, 5, 0x70], [timestamp, 8, 5, 2, 0, 0, 0, 0],
    [timestamp, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0], [timestamp, 12, 5, 3, 1, 1, 1, 99, 0, 0, 0, 0],
    [looseRoute, 7, 4, 1, 1, 1, 1], [looseRoute, 11, 4, 1, 1, 1, 2, 1, 1, 1, 1],
    [looseRoute, 7, 4, 9, 9, 9, 9], [strictRoute, 7, 4, 1, 1, 1, 2], [routerAlert, 4, 0, 0],
    [routerAlert, 4, 0, 9],
  ]

  /// All of them: for each rule of a kernel, what keeps it, what breaks it, and what is next to either.
  static let all: [[UInt8]] =
    typesAndLengths + lengths + pointers + flags + addresses + pairs + behindTheEnd + cut + random

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// Every type with small lengths, and with ones beyond what is there.
  private static let typesAndLengths: [[UInt8]] = (UInt8.min...UInt8.max).flatMap { type in
    let lengths: [UInt8] = [0, 1, 2, 3, 4, 8, 11, 12, 13, 255]
    return lengths.map { length -> [UInt8] in [type, length, 4] + zeros(9) }
  }

  /// Every length byte in 40 bytes of options, with zeros and with other options behind it.
  private static let lengths: [[UInt8]] = types.flatMap { type in
    (UInt8.min...UInt8.max).flatMap { length -> [[UInt8]] in
      let beginning: [UInt8] = [type, length, 8, 0, 1, 2]
      return [beginning + zeros(34), beginning + [UInt8](repeating: 1, count: 34)]
    }
  }

  private static let roomy: [(type: UInt8, length: UInt8)] = [
    (recordRoute, 3), (recordRoute, 7), (recordRoute, 10), (recordRoute, 39), (timestamp, 4),
    (timestamp, 12), (timestamp, 14), (timestamp, 40), (looseRoute, 7), (looseRoute, 11), (strictRoute, 11),
  ]

  /// Every pointer in options that have room for no slot, one, a part of one, and many.
  private static let pointers: [[UInt8]] = roomy.flatMap { option in
    (UInt8.min...UInt8.max).map { pointer -> [UInt8] in
      let bytes: [UInt8] = [option.type, option.length, pointer] + zeros(37)
      return Array(bytes.prefix(Int(option.length)))
    }
  }

  /// Every flag and overflow of a timestamp that has room, half of what it needs, and none.
  private static let flags: [[UInt8]] = [UInt8(5), 9, 10, 13].flatMap { pointer in
    (UInt8.min...UInt8.max).map { flag -> [UInt8] in
      [timestamp, 12, pointer, flag, 1, 1, 1, 99, 0, 0, 0, 0]
    }
  }

  private static let places: [[UInt8]] = [
    [1, 1, 1, 100], [1, 1, 1, 1], [1, 1, 1, 99], [1, 1, 1, 255], [0, 0, 0, 0], [0, 1, 2, 3], [127, 0, 0, 1],
    [127, 255, 255, 255], [8, 8, 8, 8], [224, 0, 0, 1], [239, 1, 2, 3], [240, 0, 0, 1], [255, 255, 255, 255],
  ]

  /// Timestamps and routes by the addresses that stand in them.
  private static let addresses: [[UInt8]] = places.flatMap { address -> [[UInt8]] in
    let timed = address + zeros(4)
    return [
      [timestamp, 12, 5, 3] + timed, [timestamp, 12, 5, 1] + timed,
      [timestamp, 20, 13, 3, 1, 1, 1, 1, 0, 0, 0, 5] + timed,
      [looseRoute, 7, 4] + address, [strictRoute, 7, 4] + address,
      [looseRoute, 11, 4, 1, 1, 1, 1] + address, [recordRoute, 11, 8] + timed,
    ]
  }

  /// Every two of the examples behind each other, the same one twice too.
  private static let pairs: [[UInt8]] = examples.flatMap { first in examples.map { first + $0 } }

  /// An end with zeros behind it, and with one byte that is none at each place.
  private static let behindTheEnd: [[UInt8]] = examples.flatMap { example in
    (0...3).map { place -> [UInt8] in
      var end = zeros(4)
      if place > 0 { end[place] = recordRoute }
      return example + end
    }
  }

  /// Each example cut at each of its bytes, alone and where nothing can follow.
  private static let cut: [[UInt8]] = examples.flatMap { example in
    (1...example.count).flatMap { count -> [[UInt8]] in
      let part = Array(example.prefix(count))
      return [part, [UInt8](repeating: 1, count: 40 - count) + part]
    }
  }

  /// Bytes of which most mean something, in any order.
  private static let random: [[UInt8]] = {
    var random = SplitMix64(state: 791)
    let meaningful: [UInt8] = types + [0, 1, 2, 3, 4, 5, 7, 8, 11, 12, 15]
    return (0..<3000).map { _ in
      (0..<Int.random(in: 1...40, using: &random)).map { _ -> UInt8 in
        let isAny = Int.random(in: 0..<8, using: &random) == 0
        return isAny
          ? UInt8.random(in: 0...255, using: &random) : meaningful.randomElement(using: &random) ?? 0
      }
    }
  }()
}
