// SPDX-License-Identifier: Apache-2.0

import Scenario

/// Whether what programs sent crossed the cable in the file's order, as it must in lockstep: behind what the same host
/// was to send before, and after what the other was to send before had arrived.
struct CrossingOrder {
  /// What an earlier play's packet has to be behind another for, and where it was seen in that host's capture.
  private struct Mark {
    let play: Play
    let position: Int
    let isArrival: Bool
  }

  private let passages: [Passage]

  /// Looks at what was seen of the plays, in their order.
  init(_ attribution: Attribution) {
    passages = attribution.passages
  }

  /// What was sent too soon, all of it as one finding; nil where nothing was.
  var finding: Finding? {
    var marks: [HostName: Mark] = [:]
    var first: (passage: Passage, mark: Mark)?
    var count = 0
    for passage in passages {
      let host = passage.play.message.from.value
      if passage.isOfProgram, let mark = marks[host], let sent = passage.firstPosition(at: .sent),
        sent < mark.position
      {
        first = first ?? (passage, mark)
        count += 1
      }
      advance(&marks[host], passage, .sent)
      advance(&marks[host.other], passage, .arrived)
    }
    guard let (passage, mark) = first else { return nil }
    let ending = mark.isArrival ? " had arrived" : ""
    let others = count > 1 ? ", and \(count - 1) more \(count == 2 ? "was" : "were") sent too soon" : ""
    let text = "\(passage.play.title) was sent before \(mark.play.title)\(ending)\(others)"
    return Finding(kind: .outOfTurn, places: [.sent], span: passage.play.message.span, text: text)
  }

  private func advance(_ mark: inout Mark?, _ passage: Passage, _ place: Place) {
    guard let position = passage.firstPosition(at: place), position > mark?.position ?? -1 else { return }
    mark = Mark(play: passage.play, position: position, isArrival: place == .arrived)
  }
}

extension Passage {
  /// Where it was captured first at a place, among all frames as they were recorded.
  fileprivate func firstPosition(at place: Place) -> Int? {
    sightings[place].compactMap { $0.captured?.position }.min()
  }
}
