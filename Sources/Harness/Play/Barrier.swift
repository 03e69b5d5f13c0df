// SPDX-License-Identifier: Apache-2.0

import Wire

/// A frame that proves silence: when it comes out of the cable, all that was sent before it has come out too
/// and has been through the other host's IP layer into its sockets.
///
/// That holds among frames of one processor, since a veth pair queues them in the order sent there.
struct BarrierMarker: Equatable {
  /// The marker's number, so that no other is taken for it.
  let number: UInt64

  /// How many bytes of a frame tell a marker and its number.
  static let prefixLength = EthernetHeader.length + signature.count + 8

  /// The shortest Ethernet frame without its FCS (IEEE 802.3), in bytes.
  private static let frameLength = 60
  private static let signature = Array("twohost barrier ".utf8)

  /// The marker with a number.
  init(number: UInt64) {
    self.number = number
  }

  /// Reads a frame as a marker, or nil when it is none.
  init?(_ frame: [UInt8]) {
    guard let header = try? EthernetHeader(parsing: frame[...]), header.etherType == .localExperimental1
    else { return nil }
    self.init(payload: frame.dropFirst(EthernetHeader.length))
  }

  /// Reads what a frame carries as a marker, or nil when it is none.
  init?(payload: ArraySlice<UInt8>) {
    let digits = payload.dropFirst(Self.signature.count).prefix(8)
    guard payload.starts(with: Self.signature), digits.count == 8 else { return nil }
    number = digits.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The marker as a frame from one end of the cable to the other.
  func frame(from source: MACAddress, to destination: MACAddress) -> [UInt8] {
    let header = EthernetHeader(destination: destination, source: source, etherType: .localExperimental1)
    let digits = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    let frame = header.bytes + Self.signature + digits
    return frame + [UInt8](repeating: 0, count: Self.frameLength - frame.count)
  }
}
