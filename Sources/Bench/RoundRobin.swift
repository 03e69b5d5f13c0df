// SPDX-License-Identifier: Apache-2.0

/// Measures several things side by side: each once a round, and every other round the other way round, so that
/// what one leaves behind and what the machine does meanwhile falls on all alike.
struct RoundRobin {
  /// A thing to be measured.
  struct Subject {
    let name: String
    let measure: () throws -> Double
  }

  private var subjects: [Subject] = []

  /// Adds a thing, and how to measure it once.
  mutating func add(_ name: String, _ measure: @escaping () throws -> Double) {
    subjects.append(Subject(name: name, measure: measure))
  }

  /// Adds a thing whose time counts, in milliseconds for each of what it does this many times.
  mutating func addTime(_ name: String, per count: Int = 1, _ body: @escaping () throws -> Void) {
    add(name) {
      let clock = SuspendingClock()
      return try clock.measure(body).milliseconds / Double(count)
    }
  }

  /// Measures each once a round.
  func run(rounds: Int) throws -> [String: Samples] {
    var values: [String: [Double]] = [:]
    for round in 0..<rounds {
      for subject in round.isMultiple(of: 2) ? subjects : subjects.reversed() {
        values[subject.name, default: []].append(try subject.measure())
      }
    }
    return values.mapValues { Samples(values: $0) }
  }
}

extension [String: Samples] {
  /// The samples of a thing that was measured.
  func of(_ name: String) throws -> Samples {
    guard let samples = self[name] else { throw BenchError("\"\(name)\" was not measured") }
    return samples
  }
}

extension Duration {
  /// The same length of time as a number.
  var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
  }
}
