// SPDX-License-Identifier: Apache-2.0

/// What the bench is told on its command line.
struct BenchOptions {
  /// How often the quick things are measured; slow ones are less often.
  var rounds = 15
  /// Whether less of everything will do, and nothing is kept.
  var isQuick = false
  /// The groups to be measured; empty for all.
  var groups: Set<String> = []
  /// What `ci/bench` has built and found, by option.
  private var values: [String: String] = [:]

  private static let needed = [
    "--program", "--empty", "--shell-way", "--python", "--scenarios", "--networks", "--folder", "--results",
    "--label", "--swift", "--programs",
  ]
  private static let mostRounds = 1000

  /// Reads the words of a command line.
  init(_ words: [String]) throws {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--quick" {
        isQuick = true
        rounds = 3
        continue
      }
      guard let value = rest.popFirst() else { throw BenchError("\(word) is unknown, or needs a value") }
      switch word {
      case "--rounds":
        guard let number = Int(value), (1...Self.mostRounds).contains(number) else {
          throw BenchError("--rounds must be a number from 1 to \(Self.mostRounds), not \"\(value)\"")
        }
        rounds = number
      case "--group": groups.insert(value)
      case _ where Self.needed.contains(word): values[word] = value
      default: throw BenchError("unknown option \"\(word)\"")
      }
    }
    if let missing = Self.needed.first(where: { values[$0] == nil }) {
      throw BenchError("\(missing) is missing; ci/bench gives it")
    }
  }

  /// The value of an option that is always given.
  private func value(_ option: String) -> String { values[option] ?? "" }

  var program: String { value("--program") }
  var emptyProgram: String { value("--empty") }
  var shellWay: String { value("--shell-way") }
  var python: String { value("--python") }
  var scenarios: String { value("--scenarios") }
  var networks: String { value("--networks") }
  /// Where the C programs of the scenarios are compiled.
  var programs: String { value("--programs") }
  /// An empty folder for what is made on the way.
  var folder: String { value("--folder") }
  /// Where results are kept.
  var results: String { value("--results") }
  var label: String { value("--label") }
  var swift: String { value("--swift") }

  /// Whether a group is to be measured.
  func includes(_ group: String) -> Bool { groups.isEmpty || groups.contains(group) }
}
