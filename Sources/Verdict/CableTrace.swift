// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// Which of the recorded frames are which of the packets that the cable numbered, and what it did to them.
struct CableTrace {
  private let numbers: [Int: Int]
  private let arrived: Set<Int>
  private let deeds: [Int: [CableDeed]]

  /// Follows the cable's packets: they left the sender in the order of their numbers, and arrived at the receiver
  /// in the order in which they came out.
  init(_ record: CaseRecord) {
    guard let cable = record.cable else {
      (numbers, arrived, deeds) = ([:], [], [:])
      return
    }
    let frames = record.recordedFrames.enumerated().filter { $0.element.isIPv4 }
    let entered = frames.filter { $0.element.host == .sender && $0.element.isOutgoing }.map(\.offset)
    let came = frames.filter { $0.element.host == .receiver && !$0.element.isOutgoing }.map(\.offset)
    numbers = Dictionary(zip(entered, 1...).map { ($0, $1) } + zip(came, cable.emitted).map { ($0, $1) }) {
      first, _ in first
    }
    arrived = Set(came)
    deeds = Dictionary(grouping: cable.deeds, by: \.packet)
  }

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
