// SPDX-License-Identifier: Apache-2.0

import Wire

/// Makes a scenario of a conversation packet by packet: each is a message, or what comes back on account of one.
struct PacketImport {
  private(set) var draft: ImportDraft

  private let packets: [PlayedPacket]
  private let hosts: ImportedHosts
  private let answers: KernelAnswers
  private let cable: ImportedCable
  private let mtu: Int
  /// The packets, by their places, that are written as bytes behind their IP header.
  private var raw: Set<Int> = []
  /// What the way out of a packet fills in for the flag that forbids fragments, by its place.
  private var dontFragment: [Int: Bool] = [:]

  /// Writes the packets, reads what was written as a run would, and writes anew what would leave otherwise.
  ///
  /// - Throws: `ImportProblem` where a packet cannot be said.
  init(_ imported: [ImportedPacket], of conversation: Conversation) throws(ImportProblem) {
    let hosts = ImportedHosts(conversation)
    let whole = imported.filter { !$0.captured.isCut }
    guard !whole.isEmpty else { throw ImportProblem("no packet of this conversation was captured whole") }
    guard whole.count <= CaseSize.mostMessages else {
      throw ImportProblem(
        "it has \(whole.count) packets, and a case may have \(CaseSize.mostMessages) messages",
        fix: "import a part of it: --packet 1-1000")
    }
    packets = whole.map { PlayedPacket($0, between: hosts) }
    self.hosts = hosts
    answers = KernelAnswers(packets, between: hosts)
    cable = ImportedCable(packets, order: Self.order(of: packets, answers))
    mtu = max(Network.lan.mtu, packets.map(\.length).max() ?? 0)
    draft = ImportDraft(tree: .object([]), notes: [], messages: 0)
    for place in packets.indices { dontFragment[place] = answers.obstacle == nil }
    try settle()
    draft.notes = notes(of: imported)
  }

  /// The places of the packets in the order in which they are played: what is answered, and then its answer.
  private static func order(of packets: [PlayedPacket], _ answers: KernelAnswers) -> [Int] {
    let places = answers.places
    return packets.indices.filter { !places.contains($0) }.flatMap { place in
      [place] + (answers.answers[place].map { [$0] } ?? [])
    }
  }

  /// Each round changes what the one before found to leave otherwise, and nothing is changed twice.
  private mutating func settle() throws(ImportProblem) {
    for _ in 0..<4 {
      let (tree, places) = written()
      draft = ImportDraft(tree: tree, notes: [], messages: places.count)
      let scenario = try draft.scenario()
      var isRight = true
      for (place, message) in zip(places, scenario.exchange) {
        let isOfKernel = message.wayOut.isUnderKernelHeader
        if dontFragment[place] != isOfKernel {
          dontFragment[place] = isOfKernel
          isRight =
            isRight && message.header.values[.dontFragment] == nil
            && (packets[place].packet.header.ipv4?.dontFragment ?? isOfKernel) == isOfKernel
        }
        guard !leaves(message, as: packets[place], in: scenario) else { continue }
        guard raw.insert(place).inserted else {
          throw ImportProblem("packet \(packets[place].number) cannot be said as a message")
        }
        isRight = false
      }
      if isRight { return }
    }
    throw ImportProblem("its packets cannot be said as messages")
  }

  /// Whether a message leaves as its packet did, but for what the kernel or the connection fills in.
  private func leaves(_ message: Message, as played: PlayedPacket, in scenario: Scenario) -> Bool {
    let packet = message.packet(in: scenario)
    var (asked, wanted) = (packet.header, played.packet.header)
    let free = [IPField.identification, .dontFragment, .flowLabel].filter { message.header.values[$0] == nil }
    for field in free + [.checksum] {
      guard field != .checksum || message.header.checksum.value == .good else { continue }
      field.set(0, in: &asked)
      field.set(0, in: &wanted)
    }
    guard asked == wanted else { return false }
    let payload = played.packet.payload
    guard message.acknowledgesWhatArrived else { return packet.payload == payload }
    return Self.withoutAcknowledgment(packet.payload) == Self.withoutAcknowledgment(payload)
  }

  /// A segment of TCP without what its connection fills in when it is sent, and without its checksum.
  private static func withoutAcknowledgment(_ bytes: [UInt8]) -> [UInt8] {
    bytes.enumerated().filter { !(8..<12).contains($0.offset) && !(16..<18).contains($0.offset) }.map(
      \.element)
  }

  // MARK: - Writing

  /// The scenario, and the places of the packets that its messages are.
  private func written() -> (tree: JSON5Tree, places: [Int]) {
    let skipped = answers.places
    let played = packets.indices.filter { !skipped.contains($0) }
    let plain = plainProtocol
    var writer = MessageWriter(
      played.map { packets[$0] }, between: hosts, plainProtocol: plain, hoists: raw.isEmpty)
    var messages: [JSON5Tree] = []
    for place in played {
      messages.append(
        writer.message(
          packets[place], isRaw: raw.contains(place), dontFragment: dontFragment[place] ?? false,
          expect: expectation(of: place, writer)))
    }
    let general = writer.general.map { JSON5Tree.Member(key: $0.layer.filterName, value: $0.tree) }
    let tree =
      JSON5Tree.object([
        "version": hosts.versionTree,
        "network": hosts.tree(mtu: mtu, isMute: answers.obstacle != nil, cable: cable.tree),
        "protocol": general == nil && plain != Self.usualProtocol ? .number(plain) : nil,
      ]).members + (general.map { [$0] } ?? [])
      + JSON5Tree.object([
        "receiver": answers.isReceiverIdle ? .object(["idle": .literal("true")]) : nil,
        "exchange": .array(messages),
        "timeout": ImportDraft.timeout(seconds: messages.count / Self.perSecond),
      ]).members
    return (.object(tree), played)
  }

  /// Even a slow machine plays as many messages in a second.
  private static let perSecond = 50
  private static let usualProtocol: UInt8 = 253

  /// The protocol of the packets that have no transport header, where it can be the scenario's.
  private var plainProtocol: UInt8 {
    let plain = packets.first {
      $0.packet.header.transport == nil && ![0, 255].contains($0.protocol)
    }
    return plain?.protocol ?? Self.usualProtocol
  }

  private func expectation(of place: Int, _ writer: MessageWriter) -> JSON5Tree? {
    let answer = answers.answers[place].map { packets[$0] }
    let returned = answer.map { answer in
      let lost = answer.arrivals?.isEmpty == true ? [JSON5Tree.Member(key: "copies", value: .number(0))] : []
      return JSON5Tree.object(lost + writer.returned(answer, withPayload: !answers.isReceiverIdle).members)
    }
    let own = JSON5Tree.object([
      "delivered": answers.isReceiverIdle ? .literal("false") : nil,
      "returned": returned.map { .array([$0]) },
    ]).members
    return JSON5Tree.object((cable.expectations[place] ?? []) + own).unlessEmpty
  }

  // MARK: - Notes

  private func notes(of imported: [ImportedPacket]) -> [String] {
    let cut = imported.count { $0.captured.isCut }
    let tagged = imported.count { $0.captured.tags > 0 }
    let left = packets.count(where: \.wasLeftToCard)
    let beyond = cable.beyond.map { "\($0)" }.joined(separator: ", ")
    return [
      hosts.note,
      answers.obstacle.map { "Both hosts are mute, since \($0)." },
      cut == 0 ? nil : "Left out: \(Self.counted(cut)) of which not all was captured.",
      beyond.isEmpty
        ? nil : "No cable of a scenario does what became of packet \(beyond): cut, or changed all over.",
      tagged == 0 ? nil : "Left out: the VLAN tags of \(Self.counted(tagged)).",
      left == 0 ? nil : "\(Self.counted(left)) left a checksum to a network card: it is filled in.",
    ].compactMap { $0 }
  }

  private static func counted(_ count: Int) -> String { count == 1 ? "1 packet" : "\(count) packets" }
}
