// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Wire

/// A frame that proves silence: when it comes out of the cable, all that was sent before it has come out too
/// and has been through the other host's IP layer into its sockets.
///
/// That holds among frames of one processor, since a veth pair queues them in the order sent there. A program may see
/// markers, and cannot make one: the seal depends on a secret of this process.
struct BarrierMarker: Equatable {
  /// The marker's number, so that no other is taken for it.
  let number: UInt64

  /// How many bytes of a frame tell a marker and its number.
  static let prefixLength = EthernetHeader.length + signature.count + 16

  /// The shortest Ethernet frame without its FCS (IEEE 802.3), in bytes.
  private static let frameLength = 60
  private static let signature = Array("twohost barrier ".utf8)
  private static let seal = MarkerSeal()
  private static let series = Atomic<UInt64>(0)

  /// The marker with a number.
  init(number: UInt64) {
    self.number = number
  }

  /// The number before the first of a new pair of hosts: no two pairs have a marker in common, so that what was seen
  /// between others is of no use.
  static func startOfSeries() -> UInt64 {
    series.add(1, ordering: .relaxed).newValue << 32
  }

  /// Reads a frame as a marker, or nil when it is none.
  init?(_ frame: [UInt8]) {
    guard let header = try? EthernetHeader(parsing: frame[...]), header.etherType == .localExperimental1
    else { return nil }
    self.init(payload: frame.dropFirst(EthernetHeader.length))
  }

  /// Reads what a frame carries as a marker, or nil when it is none.
  init?(payload: ArraySlice<UInt8>) {
    let digits = payload.dropFirst(Self.signature.count).prefix(16)
    guard payload.starts(with: Self.signature), digits.count == 16 else { return nil }
    number = UInt64(digits.prefix(8))
    guard UInt64(digits.suffix(8)) == Self.seal.of(number) else { return nil }
  }

  /// The marker as a frame from one end of the cable to the other.
  func frame(from source: MACAddress, to destination: MACAddress) -> [UInt8] {
    let header = EthernetHeader(destination: destination, source: source, etherType: .localExperimental1)
    let frame = header.bytes + Self.signature + number.digits + Self.seal.of(number).digits
    return frame + [UInt8](repeating: 0, count: Self.frameLength - frame.count)
  }
}

extension UInt64 {
  /// Reads a number of eight bytes, the highest first.
  fileprivate init(_ digits: ArraySlice<UInt8>) {
    self = digits.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Its eight bytes, the highest first.
  fileprivate var digits: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * UInt64($0))) } }
}
