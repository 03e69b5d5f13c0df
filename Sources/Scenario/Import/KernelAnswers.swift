// SPDX-License-Identifier: Apache-2.0

import Wire

/// Which packets of a conversation the kernels of two hosts would send by themselves, and whether they would send no
/// others: then the hosts are played as they are, else as mute ones, whose kernels say nothing.
struct KernelAnswers {
  /// The answers by the packet that each answers, both by their places among the packets.
  private(set) var answers: [Int: Int] = [:]
  /// Whether the receiver has no socket: what goes to it comes back as unreachable.
  private(set) var isReceiverIdle = false
  /// Why the hosts must be mute, in words behind "since"; nil where they need not.
  private(set) var obstacle: String?

  private let packets: [PlayedPacket]
  private let hosts: ImportedHosts
  /// The numbers of the packets that are answers.
  private var answering: Set<Int> = []

  /// Looks at the packets of a conversation, in order.
  init(_ packets: [PlayedPacket], between hosts: ImportedHosts) {
    self.packets = packets
    self.hosts = hosts
    findEchoes()
    findUnreachables()
    answering = Set(answers.values.map { packets[$0].number })
    obstacle = firstOddity ?? unanswered ?? unwatched
    if obstacle != nil { (answers, isReceiverIdle) = ([:], false) }
  }

  /// The places of all answers.
  var places: Set<Int> { Set(answers.values) }

  // MARK: - Echo

  private static let (reply, unreachable, request): (UInt64, UInt64, UInt64) = (0, 3, 8)
  private static let (icmp, udp, tcp): (UInt8, UInt8, UInt8) = (1, 17, 6)
  /// ICMP that a kernel answers by itself (RFC 792), or that changes its routes.
  private static let heeded: Set<UInt64> = [5, 13]
  private static let portUnreachable: UInt64 = 3
  /// Linux sends as many errors to a host at once, and then one a second.
  private static let mostErrors = 5

  private func isOfICMP(_ packet: PlayedPacket, _ type: UInt64) -> Bool {
    packet.protocol == Self.icmp && packet.value("type") == type
  }

  /// Pairs each request with the first reply behind it that has its code, its numbers and its bytes (RFC 792).
  private mutating func findEchoes() {
    var open: [Echo: Asked] = [:]
    for (place, packet) in packets.enumerated() {
      if isOfICMP(packet, Self.request) {
        open[Echo(packet, answering: false), default: Asked()].places.append(place)
      } else if isOfICMP(packet, Self.reply), let asked = open[Echo(packet, answering: true)]?.next() {
        answers[asked] = place
      }
    }
  }

  /// Requests that are alike, in order, of which the first were answered.
  private struct Asked {
    var places: [Int] = []
    private var answered = 0

    mutating func next() -> Int? {
      guard answered < places.count else { return nil }
      defer { answered += 1 }
      return places[answered]
    }
  }

  /// What a reply has of its request.
  private struct Echo: Hashable {
    let asker: HostName
    let bytes: [UInt8]

    init(_ packet: PlayedPacket, answering: Bool) {
      asker = answering ? packet.from.other : packet.from
      // All but type and checksum.
      bytes = packet.packet.payload.enumerated().filter { ![0, 2, 3].contains($0.offset) }.map(\.element)
    }
  }

  // MARK: - Unreachable ports

  /// Where each datagram draws an error of its own, nobody listens.
  private mutating func findUnreachables() {
    let questions = packets.indices.filter { packets[$0].protocol == Self.udp && packets[$0].from == .sender }
    let errors = packets.indices.filter {
      isOfICMP(packets[$0], Self.unreachable) && packets[$0].value("code") == Self.portUnreachable
        && packets[$0].from == .receiver
    }
    guard !questions.isEmpty, questions.count == errors.count,
      questions.count + errors.count == packets.count,
      questions.count <= Self.mostErrors, zip(questions, errors).allSatisfy({ $0 < $1 })
    else { return }
    isReceiverIdle = true
    for (question, error) in zip(questions, errors) { answers[question] = error }
  }

  // MARK: - What a kernel would do otherwise

  private var unanswered: String? {
    for (place, packet) in packets.enumerated()
    where isOfICMP(packet, Self.request) && packet.arrivals?.isEmpty != true {
      guard answers[place] != nil else {
        return "nobody answers the echo request in packet \(packet.number), as a kernel would"
      }
      // Linux then sends a checksum of 0, and 0xffff would be right.
      if packet.packet.payload.dropFirst(4).allSatisfy({ $0 == 0 }) {
        return "a kernel's reply to packet \(packet.number), nothing but zeros, has a wrong checksum"
      }
    }
    return nil
  }

  /// What the cable changes is looked at where it arrives, and no further.
  private var unwatched: String? {
    packets.contains { $0.isChanged || ($0.arrivals?.count ?? 0) > 1 }
      ? "packets arrived otherwise than they were sent" : nil
  }

  private var firstOddity: String? {
    for packet in packets {
      if let oddity = oddity(of: packet) { return oddity }
    }
    return nil
  }

  /// What of a packet is more than a kernel sends, or is handed, by itself; nil where nothing is.
  private func oddity(of packet: PlayedPacket) -> String? {
    let name = "packet \(packet.number)"
    let header = packet.packet.header
    if packet.isFragment { return "\(name) is a fragment" }
    if packet.protocol == Self.tcp {
      return "no kernel knows of a connection that is played segment by segment"
    }
    if header.source != hosts[packet.from] { return "\(name) comes from neither of the hosts" }
    if header.destination != hosts[packet.from.other] { return "\(name) goes to neither of the hosts" }
    if !header.options.isEmpty { return "\(name) has options" }
    let filled = IPv4Packet.build(header: header, payload: packet.packet.payload)
    if filled.header != header || header.version != 4 || header.ttl == 0 {
      return "the header of \(name) is wrong"
    }
    return oddity(ofContentOf: packet, name)
  }

  private func oddity(ofContentOf packet: PlayedPacket, _ name: String) -> String? {
    guard Protocols.all.transport(packet.protocol) != nil else {
      return [0, 255].contains(packet.protocol)
        ? "no socket is handed the protocol \(packet.protocol) of \(name)" : nil
    }
    guard let segment = packet.segment else { return "\(name) is shorter than its header" }
    let computed = segment.layer.messageFields.filter(\.isComputed)
    let header = packet.packet.header
    if computed.contains(where: { !segment.isRight($0, in: .v4(header)) }) {
      return "a length or a checksum of \(name) is wrong"
    }
    let ports = segment.layer.messageFields.filter { segment.layer.mirrored[$0.key] != nil }
    if ports.contains(where: { segment.value(of: $0) == 0 }) { return "\(name) has a port of 0" }
    guard packet.protocol == Self.icmp, let type = packet.value("type"), let code = packet.value("code")
    else {
      return nil
    }
    if answering.contains(packet.number) { return nil }
    if segment.layer.quotes(segment.header) || Self.heeded.contains(type)
      || (type == Self.request && code != 0)
    {
      return "a kernel heeds the ICMP message in \(name)"
    }
    return nil
  }
}
