// SPDX-License-Identifier: Apache-2.0

import Scenario

/// The scenarios of a library, a line each: id, title, tags.
public enum ScenarioListText {
  /// The list, line ends included.
  public static func text(_ scenarios: [Scenario]) -> String {
    let rows = scenarios.map { scenario in
      [scenario.id, scenario.title, scenario.tags.map { "#\($0)" }.joined(separator: " ")].map(
        Printable.escape)
    }
    return TextTable.lines(rows).map { $0 + "\n" }.joined()
  }
}
