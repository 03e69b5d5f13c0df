// SPDX-License-Identifier: Apache-2.0

/// The conversations of a capture, in the order of their first packets.
///
/// An ICMP error is of the conversation whose packet it quotes; the pieces of a packet are of that of their first one; and
/// a SYN with another sequence number than the one before begins a connection anew.
public struct Conversations: Sendable {
  /// One of them, and how many packets are of it.
  public struct Entry: Hashable, Sendable {
    /// Who talks with whom, the first packet's sender being the first.
    public let conversation: Conversation
    /// How many packets are of it.
    public fileprivate(set) var packets = 0
    /// The number of the last SYN that is no answer, where it is one of TCP.
    fileprivate var beginning: UInt64?
  }

  /// What the pieces of a packet have in common: over IPv4 the protocol too (RFC 791 §3.2, RFC 8200 §4.5).
  private struct Datagram: Hashable {
    let source, destination: IPAddress
    let `protocol`: UInt8?
    let identification: UInt32

    init(_ header: IPHeader) {
      (source, destination) = (header.source, header.destination)
      (self.protocol, identification) = (header.ipv4?.protocol, header.identification)
    }
  }

  /// All of them.
  public private(set) var list: [Entry] = []
  private var byKey: [Conversation: Int] = [:]
  private var pieces: [Datagram: Int] = [:]

  /// Has seen no packet yet.
  public init() {}

  /// Notes the next packet; the place of its conversation in the list, or nil for a piece whose first one was not seen.
  public mutating func add(_ captured: CapturedIPPacket) -> Int? {
    guard let index = index(of: captured) else { return nil }
    if captured.isFragment { pieces[Datagram(captured.packet.header)] = index }
    list[index].packets += 1
    return index
  }

  private mutating func index(of captured: CapturedIPPacket) -> Int? {
    guard let own = Conversation(captured.packet) else { return pieces[Datagram(captured.packet.header)] }
    if let quoted = indexOfQuoted(captured) { return quoted }
    let beginning = captured.segment.flatMap(\.beginning)
    if let known = byKey[own.key] {
      guard let beginning, let before = list[known].beginning, before != beginning else {
        list[known].beginning = beginning ?? list[known].beginning
        return known
      }
    }
    byKey[own.key] = list.count
    list.append(Entry(conversation: own, beginning: beginning))
    return list.count - 1
  }

  /// The place of the conversation of the packet that an error quotes; nil where it is no error, or none is known.
  private func indexOfQuoted(_ captured: CapturedIPPacket) -> Int? {
    guard let segment = captured.segment, segment.layer.quotes(segment.header),
      let packet = try? IPPacket(parsing: segment.payload[...], as: captured.packet.version)
    else { return nil }
    // Of what is quoted 8 bytes are enough for the ports.
    var ports = packet
    ports.payload += [UInt8](repeating: 0, count: 64)
    guard let conversation = Conversation(ports) else { return pieces[Datagram(packet.header)] }
    return byKey[conversation.key]
  }
}

extension Segment {
  /// The sequence number of a SYN that answers none; nil where it is none.
  fileprivate var beginning: UInt64? {
    let value = { (key: String) in self.layer.messageFields.first { $0.key == key }.map(self.value) }
    guard let flags = value("flags"), flags & 0x12 == 0x02 else { return nil }
    return value("sequenceNumber")
  }
}
