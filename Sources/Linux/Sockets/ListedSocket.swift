// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A socket of a host, as the kernel lists it (proc_net(5)).
public struct ListedSocket: Hashable, Sendable {
  /// What kind of socket it is.
  public enum Kind: Hashable, Sendable {
    /// A raw socket of a protocol, 255 for one that only sends (raw(7)).
    case raw(protocol: UInt8)
    /// A packet socket (packet(7)).
    case packet(PacketListening)
    /// A UDP socket.
    case udp
    /// A TCP socket.
    case tcp(isListening: Bool)
    /// An ICMP socket without the right to others (icmp(7), `ping_group_range`).
    case ping
  }

  /// What a packet socket is shown.
  public struct PacketListening: Hashable, Sendable {
    /// Packets of this EtherType, 3 for all and 0 for none.
    public let etherType: UInt16
    /// Those of this interface, 0 for all.
    public let interface: Int32
    /// Whether they are shown to it now.
    public let isRunning: Bool
    /// Whether their Ethernet headers are taken off (`SOCK_DGRAM`).
    public let isCooked: Bool

    /// The number that stands for all EtherTypes (`ETH_P_ALL`).
    static let all: UInt16 = 0x0003

    fileprivate func takes(_ version: IPVersion, by link: Int32) -> Bool {
      isRunning && [Self.all, version.etherType.rawValue].contains(etherType)
        && [0, link].contains(interface)
    }
  }

  /// What kind it is.
  public let kind: Kind
  /// The number that tells it from all others of the machine.
  public let inode: UInt64
  /// The version of IP of the family that it is of, which for IPv6 may take IPv4 too; nil for a packet socket.
  public let version: IPVersion?
  /// The address that it is bound to, of IPv4 where a socket of IPv6 is bound to one that stands for that (RFC 4291
  /// §2.5.5.2); the unspecified one for any.
  public let address: IPAddress
  /// The port that it is bound to; 0 where it has none.
  public let port: UInt16
  /// The address that it is connected to; the unspecified one for none.
  public let peer: IPAddress
  /// The port that it is connected to; 0 for none.
  public let peerPort: UInt16
  /// How much memory what it was handed and nobody has read takes, in bytes.
  public var queued: Int
  /// How many packets it dropped for want of room; nil where the kernel does not list that.
  public let dropped: Int?

  /// The columns of a table of IPv4 or IPv6 sockets.
  private static let (local, remote, queues, inodes, drops) = (1, 2, 4, 9, 12)

  /// Reads a line of a table of sockets of IPv4 or IPv6; nil where it is none.
  init?(_ words: [ArraySlice<UInt8>], in table: SocketTable) {
    guard words.count > Self.inodes, let version = table.version, let own = Endpoint(words[Self.local]),
      let other = Endpoint(words[Self.remote]), let inode = UInt64(decimal: words[Self.inodes]),
      let queue = words[Self.queues].split(separator: UInt8(ascii: ":")).last,
      let queued = UInt32(hex: queue)
    else { return nil }
    switch table {
    case .raw, .raw6: kind = .raw(protocol: UInt8(truncatingIfNeeded: own.port))
    case .udp, .udp6: kind = .udp
    case .icmp, .icmp6: kind = .ping
    case .packet: return nil
    }
    self.version = version
    (address, peer, self.inode, self.queued) = (own.address, other.address, inode, Int(queued))
    if case .raw = kind { (port, peerPort) = (0, 0) } else { (port, peerPort) = (own.port, other.port) }
    dropped = words.count > Self.drops ? UInt64(decimal: words[Self.drops]).map { Int(clamping: $0) } : nil
  }

  /// Reads a line of the table of packet sockets; nil where it is none.
  init?(packet words: [ArraySlice<UInt8>]) {
    guard words.count >= 9, let type = Int32(decimal: words[2]), let etherType = UInt16(hex: words[3]),
      let interface = Int32(decimal: words[4]),
      let queued = UInt32(decimal: words[6]), let inode = UInt64(decimal: words[8])
    else { return nil }
    kind = .packet(
      PacketListening(
        etherType: etherType, interface: interface, isRunning: words[5].elementsEqual("1".utf8),
        isCooked: type == Int32(SOCK_DGRAM.rawValue)))
    (version, address, peer) = (nil, .any(.v4), .any(.v4))
    (port, peerPort, dropped) = (0, 0, nil)
    (self.inode, self.queued) = (inode, Int(queued))
  }

  /// Describes a socket of a version that the kernel tells of otherwise, with its own end and the other one.
  init(
    kind: Kind, inode: UInt64, of version: IPVersion, at own: (address: IPAddress, port: UInt16),
    with other: (address: IPAddress, port: UInt16), queued: Int
  ) {
    (self.kind, self.inode, self.version, self.queued, dropped) = (kind, inode, version, queued, nil)
    (address, port, peer, peerPort) = (own.address, own.port, other.address, other.port)
  }

  /// An address and a port as the tables write them, in hexadecimal: addresses as words of 32 bits in the machine's own
  /// order.
  private struct Endpoint {
    let address: IPAddress
    let port: UInt16

    init?(_ word: ArraySlice<UInt8>) {
      let parts = word.split(separator: UInt8(ascii: ":"))
      guard parts.count == 2, let port = UInt16(hex: parts[1]) else { return nil }
      let digits = parts[0]
      let words = stride(from: digits.startIndex, to: digits.endIndex, by: 8).compactMap {
        UInt32(hex: digits[$0...].prefix(8))
      }
      switch words.count {
      case 1: address = .v4(IPv4Address(rawValue: UInt32(bigEndian: words[0])))
      case 4: address = IPAddress(number: words.reduce(0) { $0 << 32 | UInt128(UInt32(bigEndian: $1)) })
      default: return nil
      }
      self.port = port
    }
  }
}

extension ListedSocket {
  /// What a packet needs of a socket that it can be handed to.
  public struct Need: Hashable, Sendable {
    /// The packet's IP protocol.
    public var number: UInt8
    /// Its source.
    public var source: IPAddress
    /// Its destination.
    public var destination: IPAddress
    /// The ports that it comes from and goes to; nil where it has none, or nobody knows them.
    public var ports: Ports?

    /// The ports of a packet of UDP or TCP.
    public struct Ports: Hashable, Sendable {
      /// The one that it comes from; nil where nobody knows it.
      public let source: UInt16?
      /// The one that it goes to; nil where nobody knows it.
      public let destination: UInt16?

      /// Says which they are.
      public init(from source: UInt16?, to destination: UInt16?) {
        (self.source, self.destination) = (source, destination)
      }
    }

    /// Says what a packet needs.
    public init(
      protocol number: UInt8, from source: IPAddress, to destination: IPAddress, ports: Ports?
    ) {
      (self.number, self.source, self.destination, self.ports) = (number, source, destination, ports)
    }

    /// The version of IP that it comes under.
    public var version: IPVersion { destination.version }
  }

  private static let (tcp, udp): (UInt8, UInt8) = (6, 17)

  /// Whether the kernel hands it a packet that comes in by an interface, where its options keep none from it.
  public func takes(_ need: Need, by link: Int32) -> Bool {
    switch kind {
    case .packet(let listening): return listening.takes(need.version, by: link)
    case .raw(let number):
      return version == need.version && number == need.number && isAddressed(need)
    case .udp: return need.number == Self.udp && isAtPort(need) && isAddressed(need)
    case .tcp(let isListening):
      // One that is bound alone is handed nothing.
      return need.number == Self.tcp && (isListening || peerPort != 0) && isAtPort(need) && isAddressed(need)
    case .ping:
      return version == need.version && need.number == need.version.controlProtocol && isAddressed(need)
    }
  }

  private func isAtPort(_ need: Need) -> Bool {
    guard let ports = need.ports else { return port != 0 }
    let isTo = ports.destination.map { $0 == port } ?? (port != 0)
    return isTo && (peerPort == 0 || ports.source.map { $0 == peerPort } ?? true)
  }

  private func isAddressed(_ need: Need) -> Bool {
    isAtOrAny(address, need.destination) && isAtOrAny(peer, need.source)
  }

  /// Whether an end of its own is an address, or any: of IPv6's any is one of IPv4 too.
  private func isAtOrAny(_ own: IPAddress, _ address: IPAddress) -> Bool {
    own == address || own == .any(.v6) || own == .any(address.version)
  }

  /// Whether packets of a version of IP can be handed to it at all, where its options keep none from it.
  public func isFor(_ version: IPVersion) -> Bool {
    switch kind {
    case .packet(let listening): listening.takes(version, by: listening.interface)
    case .raw, .ping: self.version == version
    case .udp, .tcp: isAtOrAny(address, .any(version)) || address.version == version && !address.isAny
    }
  }

  /// Whether there is anything that the kernel would hand it.
  public var canReceive: Bool {
    switch kind {
    case .raw(let number): number != Self.sendingOnly
    case .packet(let listening): listening.isRunning
    case .udp: port != 0
    case .tcp(let isListening): isListening
    case .ping: false
    }
  }

  private static let sendingOnly: UInt8 = 255

  /// Whether something can be sent to it at a port: a UDP socket that is bound to it, or a TCP socket that listens there.
  public func listens(at port: UInt16) -> Bool {
    switch kind {
    case .udp: self.port == port
    case .tcp(let isListening): self.port == port && isListening
    case .raw, .packet, .ping: false
    }
  }
}

extension ListedSocket: CustomStringConvertible {
  /// The socket in words: `a raw socket of protocol 253`, `a TCP socket that listens at 0.0.0.0:80`.
  public var description: String {
    let place =
      (port == 0 ? "" : " at \(address.text(port: port))")
      + (peerPort == 0 ? "" : " with \(peer.text(port: peerPort))")
    return switch kind {
    case .raw(let number):
      "a raw \(version == .v6 ? "IPv6 " : "")socket of protocol \(number)"
        + (address.isAny ? "" : " at \(address)")
    case .packet(let listening): listening.name
    case .udp: "a UDP socket\(place)"
    case .tcp(isListening: true): "a listening TCP socket\(place)"
    case .tcp(isListening: false): "a TCP socket\(place)\(peerPort == 0 ? " that does not listen" : "")"
    case .ping: version == .v6 ? "an ICMPv6 socket" : "an ICMP socket"
    }
  }
}

extension ListedSocket.PacketListening {
  fileprivate var name: String {
    if !isRunning { return "a packet socket that is bound to no EtherType" }
    let types = etherType == Self.all ? "all EtherTypes" : "EtherType \(EtherType(rawValue: etherType))"
    return "a packet socket of \(types)"
  }
}

extension FixedWidthInteger {
  fileprivate init?(hex digits: some Sequence<UInt8>) {
    self.init(String(decoding: Array(digits), as: UTF8.self), radix: 16)
  }

  fileprivate init?(decimal digits: some Sequence<UInt8>) {
    self.init(String(decoding: Array(digits), as: UTF8.self))
  }
}
