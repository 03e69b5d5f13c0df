// SPDX-License-Identifier: Apache-2.0

/// Which scenarios of a library are meant.
public struct ScenarioSelection: Sendable {
  private let text: String?
  private let wanted: [String]
  private let unwanted: [String]

  /// Takes a text that the id must contain, and tags of which one must be there, or with `!` must not.
  public init(filter text: String?, tags: [String]) {
    self.text = text
    wanted = tags.filter { !$0.hasPrefix("!") }
    unwanted = tags.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
  }

  /// Whether a case is among those meant.
  public func includes(_ scenario: ScenarioCase) -> Bool {
    let isNamed = text.map { scenario.id.contains($0) } ?? true
    let isTagged = wanted.isEmpty || wanted.contains(where: scenario.tags.contains)
    return isNamed && isTagged && !unwanted.contains(where: scenario.tags.contains)
  }
}
