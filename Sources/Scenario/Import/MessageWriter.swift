// SPDX-License-Identifier: Apache-2.0

import Wire

/// Writes packets as messages that say of each only what is not filled in anyway.
struct MessageWriter {
  private let hosts: ImportedHosts
  /// The protocol of messages without a transport header.
  private let plainProtocol: UInt8
  /// The header that stands at the scenario's level, as the sender has it; nil where none does.
  private(set) var general: General?
  /// Where each host left off on its connections of TCP.
  private var next: [Connection: UInt32] = [:]
  /// What has arrived from it, up to the number behind the last.
  private var arrived: [Connection: UInt32] = [:]

  /// The header that messages have in common.
  struct General {
    let layer: any TransportProtocol
    /// The values that are not filled in anyway, by the keys of the fields.
    let values: [String: UInt64]

    /// The header as a file writes it.
    var tree: JSON5Tree {
      .object(
        layer.messageFields.compactMap { field in
          values[field.key].map { JSON5Tree.Member(key: field.key, value: field.tree(of: $0)) }
        })
    }
  }

  /// A direction of a connection.
  private struct Connection: Hashable {
    let from: HostName
    let ports: [UInt64]
  }

  private static let sequence = "sequenceNumber"
  private static let acknowledgment = "acknowledgmentNumber"
  private static let numbers: Set = [sequence, acknowledgment]

  /// Prepares to write packets between two hosts; where all have a header of one protocol, what they have in common stands
  /// in the scenario's.
  init(_ packets: [PlayedPacket], between hosts: ImportedHosts, plainProtocol: UInt8, hoists: Bool) {
    self.hosts = hosts
    self.plainProtocol = plainProtocol
    let segments = packets.map(\.segment)
    guard hoists, let layer = segments.first??.layer,
      segments.allSatisfy({ $0?.layer.filterName == layer.filterName })
    else { return }
    var common: [String: UInt64] = [:]
    for field in layer.messageFields where !field.isComputed && !Self.numbers.contains(field.key) {
      let values = Set(packets.map { Self.value(of: field, $0) })
      guard values.count == 1, case let value?? = values.first, !field.isFilledIn(value) else { continue }
      common[field.key] = value
    }
    general = General(layer: layer, values: common)
  }

  /// The value of a field as the sender's packets have it: in those of the receiver ports stand the other way round.
  private static func value(of field: LayerField, _ packet: PlayedPacket) -> UInt64? {
    guard let segment = packet.segment, segment.layer.has(field, in: segment.header) else { return nil }
    return packet.value(packet.from == .sender ? field.key : segment.layer.mirrored[field.key] ?? field.key)
  }

  // MARK: - Messages

  /// A packet as a message; one that `isRaw` has all behind its IP header as bytes, and `dontFragment` is what its way out
  /// fills in for that flag.
  mutating func message(
    _ packet: PlayedPacket, isRaw: Bool, dontFragment: Bool, expect: JSON5Tree?
  ) -> JSON5Tree {
    let segment = isRaw ? nil : packet.segment
    let number = segment?.layer.number ?? general?.layer.number ?? plainProtocol
    let own = segment.flatMap { transport($0, packet) }
    let content = segment?.payload ?? packet.packet.payload
    note(packet, isRaw)
    let members = JSON5Tree.object([
      "from": packet.from == .sender ? nil : .string(HostName.receiver.rawValue),
      "header": header(packet, protocol: number, dontFragment: dontFragment).unlessEmpty,
    ]).members
    let payload = content.isEmpty ? nil : JSON5Tree.payload(content)
    let middle = own.map { [$0] } ?? []
    let rest = JSON5Tree.object(["payload": payload, "expect": expect]).members
    let all = members + middle + rest
    if all.count == 1, let payload, case .string = payload { return payload }
    return .object(all)
  }

  /// What is asked of a packet that comes back: what makes it another than one that says nothing.
  func returned(_ packet: PlayedPacket, withPayload: Bool) -> JSON5Tree {
    guard let segment = packet.segment else { return .object([]) }
    let fields = segment.fields.filter { !$0.isComputed && !$0.isFilledIn(segment.value(of: $0)) }
    let tree = JSON5Tree.object(
      fields.map { JSON5Tree.Member(key: $0.key, value: $0.tree(of: segment.value(of: $0))) })
    return .object(
      [JSON5Tree.Member(key: segment.layer.filterName, value: tree)]
        + JSON5Tree.object([
          "payload": withPayload && !segment.payload.isEmpty ? .payload(segment.payload) : nil
        ]).members)
  }

  /// The header's fields that are others than those that are filled in.
  private func header(
    _ packet: PlayedPacket, protocol number: UInt8, dontFragment: Bool
  ) -> JSON5Tree {
    let header = packet.packet.header
    var plain = IPHeader(
      source: hosts[packet.from], destination: hosts[packet.from.other], protocol: number)
    IPField.dontFragment.set(dontFragment ? 1 : 0, in: &plain)
    let filled = IPPacket.build(
      header: plain.withVariablePart(of: header), payload: packet.packet.payload
    ).header
    let members = IPField.numeric(of: header.version).compactMap { field -> JSON5Tree.Member? in
      let isKnown =
        field == .checksum ? header.isChecksumRight : field.value(in: header) == field.value(in: filled)
      return isKnown || isChosenByKernel(field, of: packet) ? nil : field.member(in: header)
    }
    let isPlain = header.variablePart.isEmpty
    return .object(members + (isPlain ? [] : [header.variablePartMember(before: number)]))
  }

  /// Whether kernels choose a field, so that it is no part of a message: pieces have their identification in common, and
  /// what the cable changed is told bit by bit.
  private func isChosenByKernel(_ field: IPField, of packet: PlayedPacket) -> Bool {
    switch field {
    case .identification: !packet.isFragment && !packet.isChanged
    case .flowLabel: !packet.isChanged
    default: false
    }
  }

  /// The transport header of a message, as far as neither the scenario's nor the connection fills it in; nil where nothing
  /// is left to be said.
  private func transport(_ segment: Segment, _ packet: PlayedPacket) -> JSON5Tree.Member? {
    let filled = filledIn(segment, packet)
    var covered: [Range<Int>] = []
    var members: [JSON5Tree.Member] = []
    for field in segment.fields where !covered.contains(where: { $0.overlaps(field.bits) }) {
      covered.append(field.bits)
      let value = segment.value(of: field)
      let isKnown = field.isComputed ? isComputedRight(field, segment, packet) : value == filled[field.key]
      guard !isKnown else { continue }
      let isNone = field.isChecksum && segment.layer.hasOptionalChecksum && value == 0
      members.append(
        JSON5Tree.Member(key: field.key, value: isNone ? .string("zero") : field.tree(of: value)))
    }
    if !segment.options.isEmpty {
      members.append(
        JSON5Tree.Member(key: "options", value: .array(TCPOption.parse(segment.options).map(\.tree))))
    }
    let isGeneral = general?.layer.filterName == segment.layer.filterName
    return members.isEmpty && isGeneral ? nil : .init(key: segment.layer.filterName, value: .object(members))
  }

  private func isComputedRight(_ field: LayerField, _ segment: Segment, _ packet: PlayedPacket) -> Bool {
    // Of several checksums that a receiver takes one is filled in.
    segment.value(of: field) == segment.rightValue(of: field, in: packet.packet.header)
  }

  /// What the fields of a message have that says none of them.
  private func filledIn(_ segment: Segment, _ packet: PlayedPacket) -> [String: UInt64] {
    let isGeneral = general?.layer.filterName == segment.layer.filterName
    var filled: [String: UInt64] = [:]
    for field in segment.fields {
      if case .value(let value) = field.leftOut { filled[field.key] = value }
    }
    let isMirrored = packet.from == .receiver && isGeneral
    for (key, other) in isMirrored ? segment.layer.mirrored : [:] {
      // An answer goes to where what is filled in for its question comes from.
      let field = segment.fields.first { $0.key == other }
      filled[key] = general?.values[other] ?? field?.filledIn
    }
    for (key, value) in isGeneral && !isMirrored ? general?.values ?? [:] : [:] { filled[key] = value }
    for (key, value) in isMirrored ? general?.values ?? [:] : [:] where segment.layer.mirrored[key] == nil {
      filled[key] = value
    }
    guard segment.isNumbered else { return filled }
    filled[Self.sequence] = UInt64(next[connection(packet.from, segment)] ?? 0)
    if let flags = packet.value("flags"), flags & Segment.ack != 0 {
      filled[Self.acknowledgment] = UInt64(arrived[connection(packet.from.other, segment)] ?? 0)
    }
    return filled
  }

  // MARK: - Connections of TCP

  private func connection(_ host: HostName, _ segment: Segment) -> Connection {
    Connection(
      from: host,
      ports: segment.fields.filter { segment.layer.mirrored[$0.key] != nil }.map(segment.value).sorted())
  }

  /// A segment takes sequence numbers, behind which the next of its host begins.
  private mutating func note(_ packet: PlayedPacket, _ isRaw: Bool) {
    guard !isRaw, let segment = packet.segment, segment.isNumbered else { return }
    let connection = connection(packet.from, segment)
    let number = segment.nextSequenceNumber
    next[connection] = number
    guard packet.arrivals?.isEmpty != true else { return }
    // Numbers wrap: of two, the one up to half of all numbers ahead is the later one.
    let isLater = arrived[connection].map { Int32(bitPattern: number &- $0) > 0 } ?? true
    if isLater || segment.beginsConnection { arrived[connection] = number }
  }
}

extension Segment {
  /// The fields that a header of its kind has.
  var fields: [LayerField] { layer.messageFields.filter { layer.has($0, in: header) } }

  /// Whether it has sequence numbers of a connection.
  fileprivate var isNumbered: Bool { layer.number == Self.tcp }
}

extension LayerField {
  /// What it has where nobody says it; nil where somebody must, or the rest of the packet says it.
  fileprivate var filledIn: UInt64? { if case .value(let value) = leftOut { value } else { nil } }

  /// Whether a value is the one that it has where nobody says it.
  fileprivate func isFilledIn(_ value: UInt64) -> Bool { filledIn == value }
}
