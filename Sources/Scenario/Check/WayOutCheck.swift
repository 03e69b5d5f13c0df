// SPDX-License-Identifier: Apache-2.0

extension Message {
  /// How it leaves, and why so; nil where a program under test chooses for itself.
  ///
  /// The way out is the one that the file asks for, else the first that can carry the message, or refuses it as the file
  /// expects; where none can, that is reported.
  func chosenWayOut(
    in scenario: Scenario, _ diagnostics: inout Diagnostics
  ) -> (way: WayOut, reasons: [String])? {
    guard scenario.program(in: from.value) == nil else { return nil }
    let obstacles = WayOutObstacles(flow == nil ? self : withoutOwnFields, in: scenario)
    let ways = possibleWays
    let error = expect.error?.value
    let first = { (isRight: (WayOut) -> Bool) in ways.first(where: isRight) }
    let isOpen = { (way: WayOut) in obstacles[way].remaining(expecting: error).isEmpty }

    if let via {
      if !isOpen(via.value) {
        refuse(
          "this message cannot leave via \"\(via.value.rawValue)\"",
          obstacles[via.value].remaining(expecting: error), instead: first(isOpen), &diagnostics)
      }
      return (via.value, ["the file asks for this way"])
    }
    if error != nil, let refusing = first({ isOpen($0) && !obstacles[$0].isEmpty }) {
      return (refusing, obstacles[refusing].map { "refused by \(refusing.rawValue): \($0.reason)" })
    }
    guard let carrying = first(isOpen) else {
      refuseAll(ways.map { ($0, obstacles[$0].remaining(expecting: error)) }, &diagnostics)
      return nil
    }
    let simpler = ways.prefix { $0 != carrying }
    let reasons = simpler.flatMap { way in obstacles[way].map { "not by \(way.rawValue): \($0.reason)" } }
    let kind = carrying == .datagram ? "a UDP" : "a plain"
    return (carrying, reasons.isEmpty ? ["\(kind) socket can carry all that it asks for"] : reasons)
  }

  /// The ways out among which to choose: a flow does not leave under headers of its own, and what is no UDP by no UDP
  /// socket.
  private var possibleWays: [WayOut] {
    WayOut.allCases.filter { way in
      switch way {
      case .datagram: transport?.layer.number == 17
      case .header: flow == nil
      case .socket, .frame: true
      }
    }
  }

  /// A flow with nothing but what its way out depends on; what else it says is refused as such.
  private var withoutOwnFields: Message {
    var flow = self
    flow.header = HeaderFields()
    flow.frame = FrameFields()
    return flow
  }

  private func refuse(
    _ subject: String, _ obstacles: [Obstacle], instead other: WayOut?, _ diagnostics: inout Diagnostics
  ) {
    let notes = other.map { ["via: \"\($0.rawValue)\" can carry it"] } ?? []
    for obstacle in obstacles {
      diagnostics.report("\(subject): \(obstacle.reason)", at: obstacle.span, notes: notes)
    }
  }

  /// No way out can carry the message: what stands in every way is the error, else each way's own reason.
  private func refuseAll(_ ways: [(WayOut, [Obstacle])], _ diagnostics: inout Diagnostics) {
    let shared = ways[0].1.filter { first in
      ways.allSatisfy { $0.1.contains { $0.reason == first.reason } }
    }
    guard shared.isEmpty else {
      refuse("this message cannot be sent", shared, instead: nil, &diagnostics)
      return
    }
    let notes = ways.flatMap { way, obstacles in
      obstacles.map { "via: \"\(way.rawValue)\" cannot: \($0.reason)" }
    }
    diagnostics.report("this message cannot be sent as requested", at: span, notes: notes)
  }
}
