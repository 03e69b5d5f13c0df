// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Joins what was seen of each packet at both ends of the cable.
struct CrossingPairs {
  /// The packets, in the order of time.
  var crossings: [CaseTraffic.Crossing] { joined.map(\.crossing) }

  private var joined: [(position: Int, crossing: CaseTraffic.Crossing)] = []
  private let frames: [FrameRecord]
  private let trace: CableTrace
  private let comments: CaptureComments?
  private var marks: [Int: MarkedPacket] = [:]
  /// How often what arrived in a frame was delivered, by the frame's position.
  private var deliveries: [Int: Int] = [:]
  /// The number of the passage that a frame is of, by the frame's position.
  private var owners: [Int: Int] = [:]

  init(_ scenario: Scenario, _ record: CaseRecord, _ verdict: CaseVerdict?) {
    frames = record.recordedFrames
    trace = CableTrace(record)
    comments = verdict.map { CaptureComments(scenario, record, $0) }
    let passages = Attribution(scenario, record).passages
    for (index, passage) in passages.enumerated() {
      deliver(passage)
      for place in [Place.sent, .arrived] {
        for captured in passage.sightings[place].compactMap(\.captured) { owners[captured.position] = index }
      }
    }
    if let verdict { mark(passages, verdict) }
    join()
  }

  // MARK: - Deliveries and marks

  /// Of a datagram in pieces the last was what it was delivered with.
  private mutating func deliver(_ passage: Passage) {
    let count = passage.count(at: .delivered)
    let arrived = passage.sightings[.arrived].compactMap { $0.captured?.position }
    guard count > 0, let last = arrived.last else { return }
    if count == arrived.count {
      for position in arrived { deliveries[position, default: 0] += 1 }
    } else {
      deliveries[last, default: 0] += count
    }
  }

  private mutating func mark(_ passages: [Passage], _ verdict: CaseVerdict) {
    for (passage, message) in zip(passages, verdict.messages) {
      for packet in message.marked {
        guard let place = packet.place else { continue }
        let captured = passage.sightings[place].compactMap(\.captured)
        if let one = captured.first(where: { $0.bytes == packet.bytes }) { marks[one.position] = packet }
      }
    }
    let nearest = verdict.messages.compactMap(\.evidence).filter {
      $0.place == nil && $0.returned == nil && !$0.marks.isEmpty
    }
    guard !nearest.isEmpty else { return }
    var positions: [ByteKey: Int] = [:]
    for (position, frame) in frames.enumerated().reversed() {
      positions[ByteKey(Array(frame.bytes.dropFirst(EthernetHeader.length)))] = position
    }
    for packet in nearest {
      if let position = positions[ByteKey(packet.bytes)] { marks[position] = packet }
    }
  }

  // MARK: - Joining

  /// What tells a packet from others: its number on the cable, else its message and its bytes, and who sent it.
  private struct Key: Hashable {
    let sender: HostName
    let number: CablePacket?
    let owner: Int?
    let bytes: ByteKey?
  }

  private func key(of position: Int) -> Key {
    let frame = frames[position]
    let number = trace.packet(at: position)
    return Key(
      sender: frame.isOutgoing ? frame.host : frame.host.other, number: number,
      owner: number == nil ? owners[position] : nil, bytes: number == nil ? ByteKey(frame.bytes) : nil)
  }

  private mutating func join() {
    var arrivals: [Key: Queue] = [:]
    for (position, frame) in frames.enumerated() where !frame.isOutgoing {
      arrivals[key(of: position), default: Queue()].append(position)
    }
    var (pairs, lost): ([(left: Int, arrived: [Int])], [Int]) = ([], [])
    for (position, frame) in frames.enumerated() where frame.isOutgoing {
      let key = key(of: position)
      var came: [Int] = []
      // What the cable numbered is one packet, however often it came out.
      while let arrival = arrivals[key]?.popFirst() {
        came.append(arrival)
        if key.number == nil { break }
      }
      if came.isEmpty { lost.append(position) } else { pairs.append((position, came)) }
    }
    var others: [Int] = []
    for key in arrivals.keys {
      while let arrival = arrivals[key]?.popFirst() { others.append(arrival) }
    }
    join(lost, others.sorted(), &pairs)
    joined = pairs.map { ($0.left, crossing(left: $0.left, arrived: $0.arrived)) } + joined
    joined.sort { ($0.crossing.timestamp, $0.position) < ($1.crossing.timestamp, $1.position) }
  }

  /// Joins what is left over: of one message, what left it and what arrived are the same packet in order, changed.
  private mutating func join(_ lost: [Int], _ others: [Int], _ pairs: inout [(left: Int, arrived: [Int])]) {
    var waiting: [Int: Queue] = [:]
    for arrival in others {
      if let owner = owners[arrival] {
        waiting[owner, default: Queue()].append(arrival)
      } else {
        joined.append((arrival, crossing(left: nil, arrived: [arrival])))
      }
    }
    for left in lost {
      // Of what the cable numbered it is known that it did not come out.
      let owner = trace.packet(at: left) == nil ? owners[left] : nil
      let came = owner.flatMap { waiting[$0]?.popFirst() }
      pairs.append((left, came.map { [$0] } ?? []))
    }
    for owner in waiting.keys {
      while let arrival = waiting[owner]?.popFirst() {
        joined.append((arrival, crossing(left: nil, arrived: [arrival])))
      }
    }
  }

  private func crossing(left: Int?, arrived: [Int]) -> CaseTraffic.Crossing {
    let positions = [left].compactMap { $0 } + arrived
    var faults: [String] = []
    for fault in positions.flatMap({ comments?.faults[$0] ?? [] }) where !faults.contains(fault) {
      faults.append(fault)
    }
    let host = positions.first.map { frames[$0].isOutgoing ? frames[$0].host : frames[$0].host.other }
    return CaseTraffic.Crossing(
      sender: host ?? .sender, left: left.map(frame), arrived: arrived.map(frame),
      deliveries: arrived.reduce(0) { $0 + deliveries[$1, default: 0] },
      deeds: positions.first.map(trace.deeds(at:)) ?? [],
      title: positions.lazy.compactMap { comments?.titles[$0] }.first, faults: faults)
  }

  private func frame(at position: Int) -> CaseTraffic.Frame {
    let frame = frames[position]
    let marked = marks[position]
    let offset = frame.bytes.count - (marked?.bytes.count ?? 0)
    return CaseTraffic.Frame(
      timestamp: frame.timestamp, bytes: frame.bytes, originalLength: frame.originalLength,
      isChecksumOffloaded: frame.isChecksumOffloaded, marks: Set(marked?.marks.map { $0 + offset } ?? []),
      wrongFields: marked?.wrongFields ?? [])
  }
}
