// SPDX-License-Identifier: Apache-2.0

import Scenario

/// One requirement as a line of the doctor's table.
public struct DoctorLine: Hashable, Sendable {
  /// What is needed.
  public let name: String
  /// What was found.
  public let finding: String
  /// Whether it is met.
  public let isMet: Bool
  /// What to do where it is not met, and something else does not do instead.
  public let fix: String?
  /// Whom it stops where it is not met; nil for every run.
  public let onlyFor: String?

  /// Makes a line.
  public init(name: String, finding: String, isMet: Bool, fix: String? = nil, onlyFor: String? = nil) {
    self.name = name
    self.finding = finding
    self.isMet = isMet
    self.fix = fix
    self.onlyFor = onlyFor
  }
}

/// The doctor's findings for a person.
public enum DoctorText {
  /// A table of the findings, `ok` or `no` first, with the fix below what is not met, and a verdict at the end.
  public static func text(_ lines: [DoctorLine], canRun: Bool) -> String {
    let table = TextTable.lines(lines.map(cells))
    let rows = zip(table, lines).flatMap { row, line in [row] + (line.fix.map { ["     fix: \($0)"] } ?? []) }
    let verdict = canRun ? "scenarios can be run here" : "scenarios cannot be run here"
    return (rows + ["", verdict]).map { $0 + "\n" }.joined()
  }

  private static func cells(_ line: DoctorLine) -> [String] {
    let limit = line.isMet ? nil : line.onlyFor.map { " (\($0))" }
    let finding = Printable.escape(line.finding) + (limit ?? "")
    return [line.isMet ? "ok" : "no", line.name, finding]
  }
}
