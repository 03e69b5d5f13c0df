// SPDX-License-Identifier: Apache-2.0

import Wire

/// The conversations of one capture or of two, and the packets of the one that is chosen.
public struct CaptureSelection: Sendable {
  /// A packet of the chosen conversation.
  struct Kept: Sendable {
    /// Its place in its capture, from 1.
    let number: Int
    let captured: CapturedIPPacket
    /// Which of the captures it is from, from 0.
    let capture: Int
    /// The end of the cable at which it was captured; nil where nobody says.
    var end: HostName?
  }

  /// Conversations, and the packets of the one that is chosen among them.
  private struct Heard: Sendable {
    var conversations = Conversations()
    var kept: [Kept] = []

    /// Takes a packet, and keeps it where its conversation has a number; whether it is of any.
    mutating func add(_ packet: Kept, choosing number: Int) -> Bool {
      guard let place = conversations.add(packet.captured) else { return false }
      if place + 1 == number { kept.append(packet) }
      return true
    }
  }

  private var heard = Heard()
  /// What kernels send by themselves, of which each packet is a part of no conversation unless there is no other.
  private var housekeeping = Heard()
  /// How many packets kernels sent by themselves, by what for.
  private var ofKernels: [String: Int] = [:]
  /// How many packets had what else than IP, by its name, and how many pieces had no first one.
  private var others: [String: Int] = [:]
  private let chosen: Int?

  private var isOfKernels: Bool { heard.conversations.list.isEmpty }
  private var kept: [Kept] { isOfKernels ? housekeeping.kept : heard.kept }

  /// All conversations so far.
  public var conversations: Conversations {
    isOfKernels ? housekeeping.conversations : heard.conversations
  }

  /// Has seen no packet yet; of several conversations keeps the one with a number from 1, and where none is given the
  /// first.
  public init(conversation number: Int?) {
    chosen = number
  }

  /// Takes the next packet of a capture, which is its `number`th; the captures are counted from 0.
  public mutating func add(_ packet: CaptureFile.Packet, number: Int, capture: Int = 0) {
    let dissection = Dissection(beginningOf: packet)
    guard let captured = CapturedIPPacket(packet, dissection) else {
      others[dissection.mainProtocol, default: 0] += 1
      return
    }
    let new = Kept(number: number, captured: captured, capture: capture, end: packet.ownEnd)
    if let purpose = captured.housekeeping {
      ofKernels[purpose, default: 0] += 1
      _ = housekeeping.add(new, choosing: chosen ?? 1)
    } else if !heard.add(new, choosing: chosen ?? 1) {
      others["fragments without their first", default: 0] += 1
    }
  }

  /// The conversation that is chosen; nil where there is none, or no number was given and there are several.
  public var conversation: Conversation? {
    let list = conversations.list
    guard let chosen else { return list.count == 1 ? list[0].conversation : nil }
    return list.indices.contains(chosen - 1) ? list[chosen - 1].conversation : nil
  }

  /// The packets of the chosen conversation, each where it was sent, with what came of it where both ends were captured.
  public var packets: [ImportedPacket] {
    ends?.packets ?? kept.map { ImportedPacket(number: $0.number, $0.captured) }
  }

  /// What is to be said of the packets of the chosen conversation beside what stands in the scenario, in sentences.
  public var notes: [String] {
    let ends = ends
    let (strays, overtaken) = (ends?.strays ?? 0, ends?.overtaken ?? 0)
    return [
      note,
      strays == 0
        ? nil
        : "Left out: \(strays == 1 ? "1 packet" : "\(strays) packets") that arrived and that nobody was seen to send.",
      overtaken == 0
        ? nil : "Packets overtook others on the way: here they arrive in the order in which they were sent.",
    ].compactMap { $0 }
  }

  /// Whether each end of the cable was captured; nil where only one was.
  private var ends: CaptureEnds? {
    guard let conversation else { return nil }
    let hosts = ImportedHosts(conversation)
    guard kept.contains(where: { $0.capture > 0 }) else {
      return Set(kept.map(\.end)) == Set(HostName.allCases) ? CaptureEnds(kept, between: hosts) : nil
    }
    // Whose capture is the first nobody says: of two ways to see it, that is right by which fewer come from nowhere.
    let both = [HostName.sender, .receiver].map { first in
      let seen = kept.map { packet in
        var packet = packet
        packet.end = packet.capture == 0 ? first : first.other
        return packet
      }
      return CaptureEnds(seen, between: hosts)
    }
    return both[1].strays < both[0].strays ? both[1] : both[0]
  }

  /// What of the captures is in no conversation, as a sentence; nil where that is nothing.
  private var note: String? {
    var counts = isOfKernels ? others : others.merging(ofKernels) { $0 + $1 }
    let rest = conversations.list.reduce(0) { $0 + $1.packets } - kept.count
    if rest > 0 { counts["other conversations"] = rest }
    guard !counts.isEmpty else { return nil }
    let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { name, count in
      "\(count) \(count == 1 ? "packet" : "packets") of \(name)"
    }
    return "Left out: \(parts.joined(separator: ", "))."
  }
}

extension CaptureFile.Packet {
  /// The end of the cable at which a run of our own captured it, by the name of its interface, `sender:eth0`.
  fileprivate var ownEnd: HostName? {
    interfaceName.flatMap { name in HostName.allCases.first { name == "\($0.rawValue):eth0" } }
  }
}

extension Dissection {
  /// What a packet that begins with no IP header is, in a word or two.
  fileprivate var mainProtocol: String {
    let known = layers.last { !["data", "eth.padding"].contains($0.filterName) }
    return known?.name ?? "nothing"
  }
}
