// SPDX-License-Identifier: Apache-2.0

import Scenario

/// The scenarios of a library, a line each: id, title, tags.
public enum ScenarioListText {
  /// The list, line ends included.
  public static func text(_ cases: [(id: String, title: String, tags: [String])]) -> String {
    let rows = cases.map { id, title, tags in
      [id, title, tags.map { "#\($0)" }.joined(separator: " ")].map(Printable.escape)
    }
    return TextTable.lines(rows).map { $0 + "\n" }.joined()
  }
}
