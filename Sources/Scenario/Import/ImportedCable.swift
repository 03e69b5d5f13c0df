// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a cable did to the packets of a conversation, as orders to a cable that does it again, and as what is expected of
/// each packet.
struct ImportedCable {
  /// The orders by what they are, for the packets of each host.
  private var orders: [HostName: [Order: [JSON5Tree]]] = [:]
  /// What is expected to arrive, by the place of the packet; nothing of one that arrived once as it was.
  private(set) var expectations: [Int: [JSON5Tree.Member]] = [:]
  /// The numbers of packets that came otherwise than a cable can make them.
  private(set) var beyond: [Int] = []

  /// What a cable is asked to do, by its key.
  private enum Order: String, CaseIterable {
    case drop, duplicate, corrupt
  }

  /// A packet is changed in as many bits at most.
  private static let mostBits = 128

  /// Looks at what came of packets, which are numbered in the order in which each host sends them.
  ///
  /// - Parameters:
  ///   - packets: all packets.
  ///   - order: their places, in the order in which they leave.
  init(_ packets: [PlayedPacket], order: [Int]) {
    var numbers: [HostName: Int] = [:]
    for place in order {
      let packet = packets[place]
      let number = (numbers[packet.from] ?? 0) + 1
      numbers[packet.from] = number
      guard let arrivals = packet.arrivals else { continue }
      add(packet, place, number, arrivals)
    }
  }

  private mutating func add(_ packet: PlayedPacket, _ place: Int, _ number: Int, _ arrivals: [IPPacket]) {
    let sent = packet.packet.bytes
    guard let arrived = arrivals.first else {
      ask(.drop, packet, .number(number))
      expectations[place] = [.init(key: Place.arrived.rawValue, value: .literal("false"))]
      return
    }
    if arrivals.count > 1 {
      ask(.duplicate, packet, .number(number))
      expect(place, .object(["copies": .number(2)]))
      if arrivals.count > 2 { beyond.append(packet.number) }
    } else if arrived.bytes != sent {
      let bits = Self.bits(sent, arrived.bytes)
      guard let bits, bits.count <= Self.mostBits else { return beyond.append(packet.number) }
      for bit in bits { ask(.corrupt, packet, .object(["packet": .number(number), "bit": .number(bit)])) }
      expect(place, ArrivedChange(from: packet, to: arrived).tree)
    }
  }

  private mutating func ask(_ order: Order, _ packet: PlayedPacket, _ what: JSON5Tree) {
    orders[packet.from, default: [:]][order, default: []].append(what)
  }

  private mutating func expect(_ place: Int, _ tree: JSON5Tree) {
    expectations[place] = [.init(key: Place.arrived.rawValue, value: tree)]
  }

  /// The bits in which two packets of one length differ; nil for two of other lengths.
  private static func bits(_ sent: [UInt8], _ arrived: [UInt8]) -> [Int]? {
    guard sent.count == arrived.count else { return nil }
    return zip(sent, arrived).enumerated().flatMap { index, bytes in
      (0..<8).filter { (bytes.0 ^ bytes.1) << $0 & 0x80 != 0 }.map { 8 * index + $0 }
    }
  }

  /// The cable as a file writes it; nil where it did nothing.
  var tree: JSON5Tree? {
    let directions = HostName.allCases.map { host in
      Order.allCases.compactMap { order in
        orders[host]?[order].map { JSON5Tree.Member(key: order.rawValue, value: .array($0)) }
      }
    }
    let reverse =
      directions[1].isEmpty ? [] : [JSON5Tree.Member(key: "reverse", value: .object(directions[1]))]
    return JSON5Tree.object(directions[0] + reverse).unlessEmpty
  }
}

/// What of a packet arrived otherwise than it was sent.
private struct ArrivedChange {
  /// What is expected of it where it arrives.
  let tree: JSON5Tree

  init(from sent: PlayedPacket, to changed: IPPacket) {
    // What lengths in the header say is judged as a field of it: what stands where the payload stood is the payload.
    let arrived = changed.laidOut(like: sent.packet)
    let header = Self.header(from: sent.packet.header, to: arrived.header)
    var members: [JSON5Tree.Member] = []
    if !header.isEmpty { members.append(.init(key: "header", value: .object(header))) }
    let segment = sent.segment.flatMap {
      Segment($0.layer, parsing: arrived.payload, headerLength: $0.header.count)
    }
    if let own = sent.segment, let segment {
      let fields = own.fields.compactMap { field -> JSON5Tree.Member? in
        let isAsAsked =
          field.isComputed
          ? segment.isRight(field, in: arrived.header) : segment.value(of: field) == own.value(of: field)
        return isAsAsked ? nil : .init(key: field.key, value: field.tree(of: segment.value(of: field)))
      }
      if !fields.isEmpty { members.append(.init(key: own.layer.filterName, value: .object(fields))) }
    }
    let payload = (sent.segment?.payload ?? sent.packet.payload, segment?.payload ?? arrived.payload)
    if payload.0 != payload.1 { members.append(.init(key: "payload", value: .payload(payload.1))) }
    tree = .object(members)
  }

  /// The fields of the IP header that are others, and options or extension headers where they are.
  private static func header(from sent: IPHeader, to arrived: IPHeader) -> [JSON5Tree.Member] {
    let fields = IPField.numeric(of: sent.version).compactMap { field -> JSON5Tree.Member? in
      let isAsAsked =
        field == .checksum ? arrived.isChecksumRight : field.value(in: arrived) == field.value(in: sent)
      return isAsAsked ? nil : field.member(in: arrived)
    }
    let isVariablePartSame = sent.variablePart == arrived.variablePart
    return fields + (isVariablePartSame ? [] : [arrived.variablePartMember(before: sent.protocol)])
  }
}
