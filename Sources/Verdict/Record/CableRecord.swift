// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What a cable did to the packets that entered it at one host's end, before anybody judges it.
public struct CableRecord: Sendable {
  /// The frames of the packets that entered, in the order of their numbers.
  public var entered: [[UInt8]] = []
  /// What was done to them, in order.
  public var deeds: [CableDeed] = []
  /// What was asked and could not be done.
  public var failures: [CableFailure] = []
  /// The numbers of the packets that came out, in order.
  public var emitted: [Int] = []
  /// How many packets matched each order that says what they are, by the order's place among all (`Impairments.orders`).
  public var matched: [Int: Int] = [:]

  /// How many of the host's frames it had no room for, which nobody asked for: then there is no verdict.
  public var overflowed: UInt64 = 0

  /// The record of a cable that nothing entered yet.
  public init() {}

  /// Whether a cable gives the packet in a frame a number: one of IP, but what kernels of IPv6 send by themselves, at times
  /// that nobody knows before.
  public static func counts(_ frame: [UInt8]) -> Bool {
    guard let header = try? EthernetHeader(parsing: frame[...]), let version = IPVersion(header.etherType)
    else {
      return false
    }
    return version == .v4 || !FrameSummary(frame: frame).isHousekeeping
  }

  /// How many packets entered.
  public var packets: Int { entered.count }

  /// What the packet of a number was when it entered, in words; nil where none had the number.
  func summary(of number: Int) -> String? {
    guard entered.indices.contains(number - 1) else { return nil }
    return FrameSummary(frame: entered[number - 1], tellingFlags: true).text
  }
}

/// A packet by the number that the cable gave it.
public struct CablePacket: Hashable, Sendable {
  /// The host that sent it.
  public let host: HostName
  /// Its number among those of its direction, from 1.
  public let number: Int

  /// Names a packet.
  public init(_ number: Int, from host: HostName) {
    self.host = host
    self.number = number
  }

  /// The packet in words: `packet 2`, or `reverse packet 2` where the receiver sent it.
  public var name: String { host == .sender ? "packet \(number)" : "reverse packet \(number)" }

  /// The packet that entered behind it.
  var next: CablePacket { CablePacket(number + 1, from: host) }
}

/// One thing that a cable did to a packet.
public struct CableDeed: Hashable, Sendable {
  /// The packet.
  public let packet: CablePacket
  /// What was done.
  public let kind: Kind
  /// The version of the packet, and how many bytes its header had, options or extensions included.
  private let (version, headerLength): (IPVersion, Int)

  /// Tells of a deed; where nothing is said of the packet's header, it is one of IPv4 without options.
  public init(_ packet: CablePacket, _ kind: Kind, under header: IPHeader? = nil) {
    self.packet = packet
    self.kind = kind
    version = header?.version ?? .v4
    headerLength = header?.byteCount ?? IPv4Header.minimumLength
  }

  /// What a cable can do to a packet.
  public enum Kind: Hashable, Sendable {
    /// It did not come out, as asked.
    case dropped
    /// It did not come out, by chance.
    case lost
    /// It came out twice.
    case duplicated
    /// It came out behind the one that entered after it.
    case swapped
    /// It was held back this long.
    case delayed(Duration)
    /// A bit was flipped.
    case bitFlipped(Int)
    /// It was cut to this many bytes.
    case truncated(Int)
    /// Its header checksum of zero was replaced by this one.
    case checksumFilledIn(UInt16)
    /// This many bytes of padding were added to its frame.
    case padded(Int)
  }
}

/// Something that a cable was asked to do to a packet and could not.
public struct CableFailure: Sendable {
  /// The packet.
  public let packet: CablePacket
  /// What kept it from being done, as the rest of a sentence that begins with the packet.
  public let reason: String
  /// Where the file asks for it.
  public let span: SourceSpan?

  /// Tells of a failure.
  public init(_ packet: CablePacket, _ reason: String, at span: SourceSpan?) {
    self.packet = packet
    self.reason = reason
    self.span = span
  }
}

extension CableDeed {
  /// The bits of a header that say how long header and packet are, and which headers follow (RFC 791 §3.1, RFC 8200 §3, §4).
  private var lengthBits: [Range<Int>] {
    version == .v4 ? [4..<8, 16..<32] : [32..<56, IPv6Header.length * 8..<headerLength * 8]
  }

  /// Whether the packet is as long no more as its header says.
  var altersLengths: Bool {
    switch kind {
    case .truncated: true
    case .bitFlipped(let bit): lengthBits.contains { $0.contains(bit) }
    default: false
    }
  }

  /// Whether a frame is another than before.
  var changesFrame: Bool {
    switch kind {
    case .bitFlipped, .truncated, .checksumFilledIn, .padded: true
    case .dropped, .lost, .duplicated, .swapped, .delayed: false
    }
  }

  /// The bits of an IPv4 header that say which part of a datagram a packet is (RFC 791 §3.1).
  private static let placeBits = 50..<64

  /// Whether the pieces of a datagram may not fit any more.
  var breaksDatagrams: Bool {
    switch kind {
    case .dropped, .lost, .duplicated: true
    case .bitFlipped(let bit) where version == .v4 && Self.placeBits.contains(bit): true
    default: altersLengths
    }
  }

  /// The deed in the fewest words: `bit 37 flipped`.
  public var words: String {
    switch kind {
    case .dropped: "dropped"
    case .lost: "lost"
    case .duplicated: "duplicated"
    case .swapped: "overtaken by the next"
    case .delayed(let time): "delayed \(time.milliseconds) ms"
    case .bitFlipped(let bit): "bit \(bit) flipped"
    case .truncated(let length): "truncated to \(length) bytes"
    case .checksumFilledIn: "checksum filled in"
    case .padded(let count): "padded, \(count) bytes"
    }
  }

  /// The deed as a sentence: `The cable flipped bit 37 of packet 2.`
  ///
  /// What the packet was stands behind it where it is given: `The cable dropped packet 2: UDP, 1.1.1.1:7 to …`
  public func sentence(of summary: String? = nil) -> String {
    let deed =
      switch kind {
      case .dropped: "dropped \(packet.name)"
      case .lost: "lost \(packet.name)"
      case .duplicated: "duplicated \(packet.name)"
      case .swapped: "let \(packet.next.name) overtake \(packet.name)"
      case .delayed(let time): "delayed \(packet.name) by \(time.milliseconds) ms"
      case .bitFlipped(let bit): "flipped bit \(bit) of \(packet.name)"
      case .truncated(let length): "truncated \(packet.name) to \(length) bytes"
      case .checksumFilledIn(let checksum):
        "filled in the checksum of \(packet.name): \(IPField.checksum.format(UInt128(checksum)))"
      case .padded(let count): "padded \(packet.name) with \(count) bytes"
      }
    return "The cable \(deed)\(summary.map { ": \($0)" } ?? "")."
  }
}

extension Duration {
  /// The whole milliseconds, in which files say how long.
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
