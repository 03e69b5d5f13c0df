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

  private static let (udp, tcp): (UInt8, UInt8) = (17, 6)
  /// Linux sends as many errors to a host at once, and then one a second.
  private static let mostErrors = 5

  private var control: ControlMessages { .of(hosts.version) }

  private func isControl(_ packet: PlayedPacket, _ type: UInt64) -> Bool {
    packet.protocol == hosts.version.controlProtocol && packet.value("type") == type
  }

  /// Pairs each request with the first reply behind it that has its code, its numbers and its bytes (RFC 792, RFC 4443).
  private mutating func findEchoes() {
    var open: [Echo: Asked] = [:]
    for (place, packet) in packets.enumerated() {
      if isControl(packet, control.request) {
        open[Echo(packet, answering: false), default: Asked()].places.append(place)
      } else if isControl(packet, control.reply), let asked = open[Echo(packet, answering: true)]?.next() {
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
      isControl(packets[$0], control.unreachable) && packets[$0].value("code") == control.portUnreachable
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
    where isControl(packet, control.request) && packet.arrivals?.isEmpty != true {
      guard answers[place] != nil else {
        return "nobody answers the echo request in packet \(packet.number), as a kernel would"
      }
      // Linux then sends a checksum of 0, and 0xffff would be right; over IPv6 addresses are in the sum.
      if hosts.version == .v4, packet.packet.payload.dropFirst(4).allSatisfy({ $0 == 0 }) {
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
    if !header.variablePart.isEmpty {
      return "\(name) has \(IPField.variablePart(of: header.version).title)"
    }
    let filled = IPPacket.build(header: header, payload: packet.packet.payload).header
    let version = IPField.version.value(in: header)
    if filled != header || version != UInt128(header.version.rawValue) || header.hops == 0 {
      return "the header of \(name) is wrong"
    }
    return oddity(ofContentOf: packet, name)
  }

  private func oddity(ofContentOf packet: PlayedPacket, _ name: String) -> String? {
    let header = packet.packet.header
    guard header.transport != nil else {
      return control.undelivered.contains(packet.protocol)
        ? "no socket is handed the protocol \(packet.protocol) of \(name)" : nil
    }
    guard let segment = packet.segment else { return "\(name) is shorter than its header" }
    let computed = segment.layer.messageFields.filter(\.isComputed)
    if computed.contains(where: { !segment.isRight($0, in: header) }) {
      return "a length or a checksum of \(name) is wrong"
    }
    let ports = segment.layer.messageFields.filter { segment.layer.mirrored[$0.key] != nil }
    if ports.contains(where: { segment.value(of: $0) == 0 }) { return "\(name) has a port of 0" }
    guard header.protocol == header.version.controlProtocol, !answering.contains(packet.number) else {
      return nil
    }
    return isHeeded(packet, segment) ? "a kernel heeds the \(segment.layer.title) message in \(name)" : nil
  }

  /// Whether a kernel does something on account of a control message.
  private func isHeeded(_ packet: PlayedPacket, _ segment: Segment) -> Bool {
    guard let type = packet.value("type"), let code = packet.value("code") else { return false }
    return segment.layer.quotes(segment.header) || control.heeded.contains(type)
      || (type == control.request && code != 0)
  }
}

/// What the kernels of a version of IP do with control messages and protocols.
private struct ControlMessages {
  /// The types of an echo request and of its reply.
  let request, reply: UInt64
  /// Type and code of the error of a port where nobody listens.
  let unreachable, portUnreachable: UInt64
  /// The types that a kernel answers by itself, or that change its routes or its neighbours.
  let heeded: Set<UInt64>
  /// The protocols that no socket of the harness is handed, or not all of.
  let undelivered: Set<UInt8>

  static func of(_ version: IPVersion) -> ControlMessages { version == .v4 ? ipv4 : ipv6 }

  /// RFC 792.
  private static let ipv4 = ControlMessages(
    request: 8, reply: 0, unreachable: 3, portUnreachable: 3, heeded: [5, 13], undelivered: [0, 255])
  /// RFC 4443; extension headers are no protocols, and sockets look at the checksum of mobility headers (135) first.
  private static let ipv6 = ControlMessages(
    request: 128, reply: 129, unreachable: 1, portUnreachable: 4,
    heeded: Set(FrameSummary.housekeeping.map { UInt64($0) }), undelivered: [0, 43, 44, 59, 60, 135, 255])
}
