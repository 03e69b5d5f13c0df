// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which of the recorded frames are which of the packets that the cable numbered, and what it did to them.
struct CableTrace {
  private let numbers: [Int: Int]
  private let arrived: Set<Int>
  private let deeds: [Int: [CableDeed]]

  /// Follows the cable's packets: they left the sender as they entered, and arrived at the receiver in the order in
  /// which they came out.
  init(_ record: CaseRecord) {
    guard let cable = record.cable else {
      (numbers, arrived, deeds) = ([:], [], [:])
      return
    }
    let frames = record.recordedFrames.enumerated().filter { $0.element.isIPv4 }
    let left = frames.filter { $0.element.host == .sender && $0.element.isOutgoing }
    let came = frames.filter { $0.element.host == .receiver && !$0.element.isOutgoing }.map(\.offset)
    numbers = Self.numbers(of: left.map { ($0.offset, $0.element.bytes) }, entered: cable.entered)
      .merging(zip(came, cable.emitted)) { first, _ in first }
    arrived = Set(came)
    deeds = Dictionary(grouping: cable.deeds, by: \.packet)
  }

  /// Which frames entered under which number: of frames that are the same, the first under the first.
  ///
  /// What two processors of a host send at once need not enter in the order in which its capture saw it.
  private static func numbers(of frames: [(position: Int, bytes: [UInt8])], entered: [[UInt8]]) -> [Int: Int]
  {
    var waiting: [[UInt8]: [Int]] = [:]
    for (index, bytes) in entered.enumerated().reversed() { waiting[bytes, default: []].append(index + 1) }
    var numbers: [Int: Int] = [:]
    for frame in frames { numbers[frame.position] = waiting[frame.bytes]?.popLast() }
    return numbers
  }

  /// The number of the packet in a frame, by the frame's position among those recorded.
  func number(at position: Int) -> Int? { numbers[position] }

  /// What was done to the packet in a frame, by the frame's position among those recorded, in sentences.
  func sentences(at position: Int) -> [String] {
    numbers[position].flatMap { deeds[$0] }.map { $0.map(\.sentence) } ?? []
  }

  /// Whether the packet in a frame that arrived is no more as long as its header says.
  func hasAlteredLengths(at position: Int) -> Bool {
    guard arrived.contains(position), let number = numbers[position] else { return false }
    return deeds[number]?.contains(where: \.altersLengths) ?? false
  }

  /// The positions of all frames that the cable numbered.
  var positions: [Int] { numbers.keys.sorted() }

  /// The positions of the frames in which a packet was seen.
  func positions(of number: Int) -> [Int] { numbers.filter { $0.value == number }.map(\.key) }

  /// What was done to the packets that a play sent.
  func deeds(on passage: Passage) -> [CableDeed] {
    let positions = (passage.sightings[.sent] ?? []).compactMap { $0.captured?.position }
    return positions.compactMap { numbers[$0] }.flatMap { deeds[$0] ?? [] }
  }
}

extension FrameRecord {
  fileprivate var isIPv4: Bool {
    (try? EthernetHeader(parsing: bytes[...]))?.etherType == .ipv4
  }
}
