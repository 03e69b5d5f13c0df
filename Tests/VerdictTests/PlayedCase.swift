// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

/// A case in which every message was seen everywhere as it was asked for, for a test to spoil.
struct PlayedCase {
  let scenario: Scenario
  /// The packets of each play, by the place where they were seen.
  var messages: [[Place: [IPv4Packet]]]
  /// Frames that are no message's, seen with the first one.
  var others: [FrameRecord] = []
  /// Why a message was not sent, by its index.
  var sendFailures: [Int: SendFailure] = [:]
  var ended: Set<HostName> = [.sender, .receiver]
  /// By how much counters of the other host rose while the first message passed.
  var risesOfMessage: [String: Int] = [:]
  /// By how much counters rose over the whole exchange.
  var rises: [HostName: [String: Int]] = [:]
  /// What was seen of programs under test.
  var programs: [HostName: ProgramRecord] = [:]
  /// The numbers of the sender's packets that came out of a cable, in order; nil where the cable is a plain one.
  var emitted: [Int]?
  /// The numbers of the receiver's packets that came out of such a cable, in order.
  var emittedBack: [Int] = []
  /// What the cable did.
  var deeds: [CableDeed] = []
  /// How much the receiver reads of a packet, in bytes.
  var bufferSize = 65_535

  init(_ text: String) throws {
    let scenario = try Scenario(text: text)
    self.scenario = scenario
    messages = scenario.plays.map { play in
      let packet = play.message.ipv4(in: scenario)
      return [.sent: [packet], .arrived: [packet], .delivered: [packet]]
    }
  }

  /// Changes the first packet of a message at some places, and nothing else: lengths and checksum stay.
  mutating func change(
    at places: [Place] = Place.allCases, message: Int = 0, _ change: (inout IPv4Packet) -> Void
  ) {
    for place in places {
      guard var packet = messages[message][place]?.first else { continue }
      change(&packet)
      messages[message][place]?[0] = packet
    }
  }

  /// Takes a message away at some places.
  mutating func lose(at places: [Place], message: Int = 0) {
    for place in places { messages[message][place] = [] }
  }

  /// Cuts the message into pieces on the wire, as a kernel does for a smaller MTU (RFC 791 §3.2).
  mutating func fragment(every length: Int, message: Int = 0) {
    for place in [Place.sent, .arrived] {
      messages[message][place] = messages[message][place]?.flatMap { $0.fragments(every: length) }
    }
  }

  var record: CaseRecord {
    var record = CaseRecord()
    record.messages = zip(scenario.plays, messages).enumerated().map { index, played in
      let (sender, places) = (played.0.message.from.value, played.1)
      var message = MessageRecord()
      // The far end first: which end is read first says nothing.
      message.frames = (places[.arrived] ?? []).map { .ipv4($0, at: sender.other, isOutgoing: false) }
      message.frames += (places[.sent] ?? []).map { .ipv4($0, at: sender, isOutgoing: true) }
      message.deliveries = (places[.delivered] ?? []).map { packet in
        let bytes = packet.header.bytes + packet.payload
        return Delivery(
          bytes: Array(bytes.prefix(bufferSize)), originalLength: bytes.count, at: sender.other, timestamp: 0)
      }
      message.sendFailure = sendFailures[index]
      return message
    }
    if !record.messages.isEmpty {
      record.messages[0].frames += others
      record.messages[0].rises = risesOfMessage
    }
    record.ended = ended
    record.rises = rises
    record.programs = programs
    if let emitted {
      record.cable = [
        .sender: cable(from: .sender, record, emitted),
        .receiver: cable(from: .receiver, record, emittedBack),
      ]
    }
    return scenario.pacing == .burst ? record.asBurst : record
  }

  private func cable(from host: HostName, _ record: CaseRecord, _ emitted: [Int]) -> CableRecord {
    let frames = record.messages.flatMap(\.frames)
    var cable = CableRecord()
    cable.entered = frames.filter { $0.host == host && $0.isOutgoing }.map(\.bytes)
    cable.emitted = emitted
    if let asked = scenario.network.cable {
      var selection = CableSelection(asked.value[from: host], from: host)
      for (index, frame) in cable.entered.enumerated() { _ = selection.orders(for: frame, number: index + 1) }
      cable.matched = selection.matched
    }
    cable.deeds = deeds.filter { $0.packet.host == host }
    return cable
  }

  var verdict: CaseVerdict { Judge.judge(scenario, record) }

  /// What the judge finds, by kind.
  var kinds: [Finding.Kind] { verdict.allFindings.map(\.kind) }
}

extension CableDeed {
  /// What was done to one of the sender's packets.
  init(_ number: Int, _ kind: Kind) {
    self.init(CablePacket(number, from: .sender), kind)
  }
}

extension CaseRecord {
  /// The record as it is where all was sent before anything else was looked at.
  fileprivate var asBurst: CaseRecord {
    var record = self
    var burst = MessageRecord()
    for index in messages.indices {
      let isSent = { (frame: FrameRecord) in frame.isOutgoing }
      record.messages[index].frames = messages[index].frames.filter(isSent)
      record.messages[index].deliveries = []
      burst.frames += messages[index].frames.filter { !isSent($0) }
      burst.deliveries += messages[index].deliveries
    }
    record.burst = burst
    return record
  }
}

extension FrameRecord {
  /// A frame that carries a packet.
  static func ipv4(_ packet: IPv4Packet, at host: HostName, isOutgoing: Bool) -> FrameRecord {
    frame(packet.bytes, etherType: .ipv4, at: host, isOutgoing: isOutgoing)
  }

  static func frame(
    _ payload: [UInt8], etherType: EtherType, at host: HostName, isOutgoing: Bool
  ) -> FrameRecord {
    let sender = MACAddress(0xf0, 0x1f, 0xaf, 0x28, 0x8d, 0x92)
    let receiver = MACAddress(0x00, 0x00, 0x91, 0x06, 0x41, 0xe1)
    let header = EthernetHeader(destination: receiver, source: sender, etherType: etherType)
    let bytes = header.bytes + payload
    return FrameRecord(
      host: host, isOutgoing: isOutgoing, timestamp: 0, bytes: bytes, originalLength: bytes.count)
  }
}

extension IPv4Packet {
  /// The packet with the checksum that its header ought to have.
  var withRightChecksum: IPv4Packet {
    IPv4Packet.build(header: header, payload: payload, padding: padding, fillingIn: .checksum)
  }

  func fragments(every length: Int) -> [IPv4Packet] {
    stride(from: 0, to: payload.count, by: length).map { offset in
      var header = header
      header.fragmentOffset = UInt16(offset)
      header.moreFragments = offset + length < payload.count
      return IPv4Packet.build(header: header, payload: Array(payload[offset...].prefix(length)))
    }
  }
}
