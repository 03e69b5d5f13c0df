// SPDX-License-Identifier: Apache-2.0

import Scenario

/// A scenario as a list shows it.
public struct ListedScenario: Encodable, Sendable {
  /// By what it is chosen.
  public let id: String
  /// One line that says what it is about.
  public let title: String
  /// Words by which it is chosen.
  public let tags: [String]
  /// Whether it runs programs.
  public let programs: Bool
  /// The path of its file.
  public let file: String

  init(id: String, title: String, tags: [String], programs: Bool, file: String) {
    (self.id, self.title, self.tags, self.programs, self.file) = (id, title, tags, programs, file)
  }

  /// Describes a case.
  public init(_ one: ScenarioCase) {
    self.init(id: one.id, title: one.title, tags: one.tags, programs: one.hasPrograms, file: one.path)
  }
}

/// The scenarios of a library, a line each: id, title, tags.
public enum ScenarioListText {
  /// The list for people, line ends included.
  public static func text(_ cases: [ListedScenario]) -> String {
    let rows = cases.map { one in
      [one.id, one.title, one.tags.map { "#\($0)" }.joined(separator: " ")].map(Printable.escape)
    }
    return TextTable.lines(rows).map { $0 + "\n" }.joined()
  }

  /// The list for programs, a JSON object a line.
  public static func json(_ cases: [ListedScenario]) -> String {
    cases.map { JSONLines.line(of: $0) }.joined()
  }
}
