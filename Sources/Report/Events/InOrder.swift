// SPDX-License-Identifier: Apache-2.0

/// Holds back cases that are over before their turn, for reports that are read from top to bottom.
public struct InOrder: Sendable {
  private var held: [Int: ReportedCase] = [:]
  private var next = 1

  /// Begins with the first case of the plan.
  public init() {}

  /// Takes an event as it happens, and gives those whose turn has come.
  ///
  /// The run's end lets go of all that is held, in the plan's order.
  public mutating func events(after event: ReportedEvent) -> [ReportedEvent] {
    switch event {
    case .run: return [event]
    case .case(let result):
      held[result.position] = result
      return released()
    case .end:
      let rest = held.values.sorted { $0.position < $1.position }
      held = [:]
      return rest.map { .case($0) } + [event]
    }
  }

  private mutating func released() -> [ReportedEvent] {
    var ready: [ReportedEvent] = []
    while let result = held.removeValue(forKey: next) {
      ready.append(.case(result))
      next += 1
    }
    return ready
  }
}
