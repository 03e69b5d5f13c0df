// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which of the recorded frames are which of the packets that the cable numbered, and what it did to them.
struct CableTrace {
  private var packets: [Int: CablePacket] = [:]
  private var arrived: Set<Int> = []
  private var deeds: [CablePacket: [CableDeed]] = [:]
  private let records: [HostName: CableRecord]

  /// Follows the cable's packets in both directions.
  init(_ record: CaseRecord) {
    records = record.cable
    guard !record.cable.isEmpty else { return }
    let frames = record.recordedFrames.enumerated().filter { CableRecord.counts($0.element.bytes) }
    for (host, cable) in record.cable { follow(cable, from: host, in: frames) }
  }

  /// Follows the packets that a host sent: they left it as they entered, and arrived at the other in the order in
  /// which they came out.
  private mutating func follow(
    _ cable: CableRecord, from host: HostName, in frames: [(offset: Int, element: FrameRecord)]
  ) {
    let left = frames.filter { $0.element.host == host && $0.element.isOutgoing }
    let came = frames.filter { $0.element.host == host.other && !$0.element.isOutgoing }.map(\.offset)
    let numbers = Self.numbers(of: left.map { ($0.offset, $0.element.bytes) }, entered: cable.entered)
    for (position, number) in numbers { packets[position] = CablePacket(number, from: host) }
    for (position, number) in zip(came, cable.emitted) { packets[position] = CablePacket(number, from: host) }
    arrived.formUnion(came)
    deeds.merge(Dictionary(grouping: cable.deeds, by: \.packet)) { $1 }
  }

  /// Which frames entered under which number: of frames that are the same, the first under the first.
  ///
  /// What two processors of a host send at once need not enter in the order in which its capture saw it.
  private static func numbers(of frames: [(position: Int, bytes: [UInt8])], entered: [[UInt8]]) -> [Int: Int]
  {
    var waiting: [ByteKey: [Int]] = [:]
    for (index, bytes) in entered.enumerated().reversed() {
      waiting[ByteKey(bytes), default: []].append(index + 1)
    }
    var numbers: [Int: Int] = [:]
    for frame in frames { numbers[frame.position] = waiting[ByteKey(frame.bytes)]?.popLast() }
    return numbers
  }

  /// The packet in a frame, by the frame's position among those recorded; nil where the cable numbered none.
  func packet(at position: Int) -> CablePacket? { packets[position] }

  /// What was done to the packet in a frame, by the frame's position among those recorded, in sentences.
  func sentences(at position: Int) -> [String] {
    sentences(of: deeds(at: position))
  }

  /// What was done to the packet in a frame, by the frame's position among those recorded.
  func deeds(at position: Int) -> [CableDeed] { packets[position].flatMap { deeds[$0] } ?? [] }

  /// Deeds in sentences; what a packet was when it entered is said at the first of them that is about it.
  func sentences(of deeds: [CableDeed]) -> [String] {
    var told: Set<CablePacket> = []
    return deeds.map { deed in
      let isNew = told.insert(deed.packet).inserted
      return deed.sentence(of: isNew ? records[deed.packet.host]?.summary(of: deed.packet.number) : nil)
    }
  }

  /// Whether the packet in a frame that arrived is no more as long as its header says.
  func hasAlteredLengths(at position: Int) -> Bool {
    guard arrived.contains(position), let packet = packets[position] else { return false }
    return deeds[packet]?.contains(where: \.altersLengths) ?? false
  }

  /// The positions of all frames that the cable numbered.
  var positions: [Int] { packets.keys.sorted() }

  /// The positions of the frames in which a packet was seen.
  func positions(of packet: CablePacket) -> [Int] { packets.filter { $0.value == packet }.map(\.key) }

  /// What was done to the packets that a play sent.
  func deeds(on passage: Passage) -> [CableDeed] {
    deeds(on: passage.sightings[.sent].compactMap { $0.captured?.cablePacket })
  }

  /// What was done to the packets that came back on a play's account.
  func deeds(onReturned passage: Passage) -> [CableDeed] {
    deeds(on: passage.returned.flatMap(\.packets).compactMap(\.cablePacket))
  }

  /// A packet that came out twice is there twice; what was done to it was done once.
  private func deeds(on packets: [CablePacket]) -> [CableDeed] {
    var told: Set<CablePacket> = []
    return packets.filter { told.insert($0).inserted }.flatMap { deeds[$0] ?? [] }
  }
}
