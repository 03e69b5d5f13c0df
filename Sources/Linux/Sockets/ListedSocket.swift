// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// A socket of a host, as the kernel lists it (proc_net(5)).
public struct ListedSocket: Hashable, Sendable {
  /// What kind of socket it is.
  public enum Kind: Hashable, Sendable {
    /// A raw IPv4 socket of a protocol, 255 for one that only sends (raw(7)).
    case raw(protocol: UInt8)
    /// A packet socket (packet(7)).
    case packet(PacketListening)
    /// A UDP socket, of IPv4 or of both versions.
    case udp
    /// A TCP socket, of IPv4 or of both versions.
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

    fileprivate func takesIPv4(by link: Int32) -> Bool {
      isRunning && [Self.all, EtherType.ipv4.rawValue].contains(etherType) && [0, link].contains(interface)
    }
  }

  /// What kind it is.
  public let kind: Kind
  /// The number that tells it from all others of the machine.
  public let inode: UInt64
  /// The address that it is bound to; 0.0.0.0 for any.
  public let address: IPv4Address
  /// The port that it is bound to; 0 where it has none.
  public let port: UInt16
  /// The address that it is connected to; 0.0.0.0 for none.
  public let peer: IPv4Address
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
    guard words.count > Self.inodes, let own = Endpoint(words[Self.local]),
      let other = Endpoint(words[Self.remote]), let inode = UInt64(decimal: words[Self.inodes]),
      let queue = words[Self.queues].split(separator: UInt8(ascii: ":")).last,
      let queued = UInt32(hex: queue)
    else { return nil }
    switch table {
    case .raw: kind = .raw(protocol: UInt8(truncatingIfNeeded: own.port))
    case .udp, .udp6: kind = .udp
    case .icmp: kind = .ping
    case .packet: return nil
    }
    (address, peer, self.inode, self.queued) = (own.address, other.address, inode, Int(queued))
    (port, peerPort) = table == .raw ? (0, 0) : (own.port, other.port)
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
    (address, peer, port, peerPort, dropped) = (.any, .any, 0, 0, nil)
    (self.inode, self.queued) = (inode, Int(queued))
  }

  /// Describes a socket that the kernel tells of otherwise; addresses are numbers of 32 bits.
  init(
    kind: Kind, inode: UInt64, address: UInt32, port: UInt16, peer: UInt32, peerPort: UInt16, queued: Int
  ) {
    (self.kind, self.inode, self.queued, dropped) = (kind, inode, queued, nil)
    (self.address, self.port) = (IPv4Address(rawValue: address), port)
    (self.peer, self.peerPort) = (IPv4Address(rawValue: peer), peerPort)
  }

  /// An address and a port as the tables write them, in hexadecimal and the machine's own order.
  private struct Endpoint {
    let address: IPv4Address
    let port: UInt16

    /// Of IPv6 addresses the last word is IPv4's where they stand for one, and 0 for any.
    init?(_ word: ArraySlice<UInt8>) {
      let parts = word.split(separator: UInt8(ascii: ":"))
      guard parts.count == 2, let port = UInt16(hex: parts[1]), let number = UInt32(hex: parts[0].suffix(8))
      else {
        return nil
      }
      self.port = port
      address = IPv4Address(rawValue: UInt32(bigEndian: number))
    }
  }
}

extension ListedSocket {
  /// What a packet needs of a socket that it can be handed to.
  public struct Need: Hashable, Sendable {
    /// The packet's IP protocol.
    public var number: UInt8
    /// Its source.
    public var source: IPv4Address
    /// Its destination.
    public var destination: IPv4Address
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
      protocol number: UInt8, from source: IPv4Address, to destination: IPv4Address, ports: Ports?
    ) {
      (self.number, self.source, self.destination, self.ports) = (number, source, destination, ports)
    }
  }

  private static let (icmp, tcp, udp): (UInt8, UInt8, UInt8) = (1, 6, 17)

  /// Whether the kernel hands it an IPv4 packet that comes in by an interface.
  public func takes(_ need: Need, by link: Int32) -> Bool {
    switch kind {
    case .packet(let listening): return listening.takesIPv4(by: link)
    case .raw(let number): return number == need.number && isAddressed(need)
    case .udp: return need.number == Self.udp && isAtPort(need) && isAddressed(need)
    case .tcp(let isListening):
      // One that is bound alone is handed nothing.
      return need.number == Self.tcp && (isListening || peerPort != 0) && isAtPort(need) && isAddressed(need)
    case .ping: return need.number == Self.icmp && isAddressed(need)
    }
  }

  private func isAtPort(_ need: Need) -> Bool {
    guard let ports = need.ports else { return port != 0 }
    let isTo = ports.destination.map { $0 == port } ?? (port != 0)
    return isTo && (peerPort == 0 || ports.source.map { $0 == peerPort } ?? true)
  }

  private func isAddressed(_ need: Need) -> Bool {
    [.any, need.destination].contains(address) && [.any, need.source].contains(peer)
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
      (port == 0 ? "" : " at \(address):\(port)") + (peerPort == 0 ? "" : " with \(peer):\(peerPort)")
    return switch kind {
    case .raw(let number): "a raw socket of protocol \(number)\(address == .any ? "" : " at \(address)")"
    case .packet(let listening): listening.name
    case .udp: "a UDP socket\(place)"
    case .tcp(isListening: true): "a TCP socket that listens\(place)"
    case .tcp(isListening: false): "a TCP socket\(place)\(peerPort == 0 ? " that does not listen" : "")"
    case .ping: "an ICMP socket"
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
