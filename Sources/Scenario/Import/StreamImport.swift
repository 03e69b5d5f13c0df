// SPDX-License-Identifier: Apache-2.0

import Wire

/// Makes a scenario of a connection of TCP by the bytes that went each way, in the order in which they came.
struct StreamImport {
  private(set) var draft: ImportDraft

  private let hosts: ImportedHosts
  private var directions: [HostName: Direction] = [:]
  private var messages: [(from: HostName, bytes: [UInt8])] = []
  private var isReset = false
  /// How many segments did not arrive once as they were sent.
  private var changed = 0

  /// One direction of the connection while its bytes are put together.
  private struct Direction {
    /// The number of the byte that is awaited; nil before any is known.
    var next: UInt32?
    /// What came too early, by its number; most of it comes in order.
    private var early: [(number: UInt32, bytes: [UInt8])] = []
    /// How many of those were due since.
    private var taken = 0
    /// How many segments brought nothing that had not come before.
    var repeated = 0
    /// Up to which number the other host has acknowledged it.
    var acknowledged: UInt32?

    /// Whether something is too early still.
    var awaitsBytes: Bool { taken < early.count }

    /// Keeps what comes too early.
    mutating func keep(_ bytes: [UInt8], at number: UInt32) {
      let place = early.countUntil { Int32(bitPattern: $0.number &- number) > 0 }
      early.insert((number, bytes), at: max(taken, place))
    }

    /// The first that was kept, where it is not too early any more.
    mutating func due() -> (number: UInt32, bytes: [UInt8])? {
      guard let next, awaitsBytes, Int32(bitPattern: early[taken].number &- next) <= 0 else { return nil }
      defer { taken += 1 }
      return early[taken]
    }
  }

  /// Puts together what each host sent.
  ///
  /// - Throws: `ImportProblem` where bytes are lacking, or there are none.
  init(_ packets: [ImportedPacket], of conversation: Conversation) throws(ImportProblem) {
    hosts = ImportedHosts(conversation)
    draft = ImportDraft(tree: .object([]), notes: [], messages: 0)
    let whole = packets.filter { !$0.captured.isCut }
    for host in HostName.allCases { directions[host] = Direction() }
    let fragments = whole.first { $0.captured.isFragment }
    if let fragments {
      throw ImportProblem("packet \(fragments.number) is a fragment of a segment", fix: Self.bySegments)
    }
    for packet in whole { add(PlayedPacket(packet, between: hosts)) }
    changed = whole.count { packet in packet.arrivals.map { $0 != [packet.captured.packet] } ?? false }
    try checkHoles(cut: packets.count - whole.count)
    guard let first = messages.first else {
      throw ImportProblem("this connection carried no bytes", fix: Self.bySegments)
    }
    let other = packets.count { $0.captured.packet.header.protocol != Segment.tcp }
    draft = ImportDraft(
      tree: tree(conversation, opener: first.from), notes: notes(conversation, first.from, errors: other),
      messages: messages.count)
    _ = try draft.scenario()
  }

  private static let turnsSquared = 5000
  private static let bySegments = "import its segments: --segments"

  private mutating func add(_ packet: PlayedPacket) {
    guard let segment = packet.segment, segment.layer.number == Segment.tcp,
      let sequence = packet.value("sequenceNumber"), let flags = packet.value("flags")
    else { return }
    let isSYN = flags & Segment.syn != 0
    var number = UInt32(truncatingIfNeeded: sequence)
    if isSYN { number &+= 1 }
    if flags & Segment.reset != 0 {
      isReset = true
      return
    }
    if isSYN || directions[packet.from]?.next == nil { directions[packet.from]?.next = number }
    if flags & Segment.ack != 0, let acknowledged = packet.value("acknowledgmentNumber") {
      directions[packet.from.other]?.acknowledged = UInt32(truncatingIfNeeded: acknowledged)
    }
    guard !segment.payload.isEmpty else { return }
    take(segment.payload, at: number, from: packet.from)
  }

  /// Takes bytes that begin at a number, and those behind them that had come too early.
  private mutating func take(_ bytes: [UInt8], at number: UInt32, from host: HostName) {
    // Out of the table, lest what it keeps be copied.
    guard var direction = directions.removeValue(forKey: host) else { return }
    var pending: (number: UInt32, bytes: [UInt8])? = (number, bytes)
    while let (number, bytes) = pending {
      let known = Int32(bitPattern: (direction.next ?? number) &- number)
      guard known >= 0 else {
        direction.keep(bytes, at: number)
        break
      }
      let new = bytes.dropFirst(Int(known))
      if new.isEmpty { direction.repeated += 1 } else { append(new, from: host) }
      direction.next = (direction.next ?? number) &+ UInt32(new.count)
      pending = direction.due()
    }
    directions[host] = direction
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>, from host: HostName) {
    if messages.last?.from == host {
      messages[messages.count - 1].bytes += bytes
    } else {
      messages.append((host, Array(bytes)))
    }
  }

  private func checkHoles(cut: Int) throws(ImportProblem) {
    for host in HostName.allCases {
      guard let direction = directions[host] else { continue }
      // What is acknowledged may be a FIN beside the last byte.
      let lacking = direction.next.flatMap { next in
        direction.acknowledged.map { Int32(bitPattern: $0 &- next) }
      }
      guard direction.awaitsBytes || lacking ?? 0 > 1 else { continue }
      let what = cut > 0 ? " (\(cut) packets were not captured whole)" : ""
      throw ImportProblem("bytes from the \(host.rawValue) were not captured\(what)", fix: Self.bySegments)
    }
  }

  private func tree(_ conversation: Conversation, opener: HostName) -> JSON5Tree {
    // The host that speaks first opens the connection, and the port is that of the server all the same.
    let port = serverPort(conversation)
    let exchange = messages.map { message in
      JSON5Tree.object([
        "from": message.from == opener ? nil : .string(HostName.receiver.rawValue),
        "stream": .payload(message.bytes),
      ])
    }
    let network = opener == .sender ? hosts : ImportedHosts(conversation.reversed)
    return .object([
      "version": hosts.versionTree,
      "network": network.tree(mtu: Network.lan.mtu, isMute: false),
      "tcp": .object(["destinationPort": .number(port)]), "exchange": .array(exchange),
      // The more turns there are, the longer each takes.
      "timeout": ImportDraft.timeout(seconds: messages.count * messages.count / Self.turnsSquared),
    ])
  }

  /// The port of the host that did not open the connection.
  private func serverPort(_ conversation: Conversation) -> UInt16 { conversation.second.port ?? 0 }

  private func notes(_ conversation: Conversation, _ opener: HostName, errors: Int) -> [String] {
    let repeated = directions.values.reduce(0) { $0 + $1.repeated }
    let changed = changed
    return [
      hosts.note,
      changed == 0
        ? nil
        : "The cable lost, doubled or changed \(changed == 1 ? "1 segment" : "\(changed) segments"): --segments imports that.",
      opener == .sender
        ? nil
        : "The server, \(conversation.second), speaks first, and here the host that speaks first opens the connection.",
      repeated == 0
        ? nil
        : "Left out: \(repeated == 1 ? "1 retransmission" : "\(repeated) retransmissions"), which the cable of a scenario"
          + " makes anew where it loses something.",
      errors == 0 ? nil : "Left out: \(errors == 1 ? "1 packet" : "\(errors) packets") of ICMP about it.",
      isReset ? "It ended by a reset (RST); here both hosts end it in order (FIN)." : nil,
    ].compactMap { $0 }
  }
}

extension Segment {
  /// The flag that ends a connection at once (RFC 9293 §3.1).
  fileprivate static let reset: UInt64 = 0x04
}
