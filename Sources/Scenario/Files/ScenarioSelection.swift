// SPDX-License-Identifier: Apache-2.0

/// Which scenarios of a library are meant.
public struct ScenarioSelection: Sendable {
  private let filters: [String]
  private let patterns: [NamePattern]
  private let tags: [String]
  private let wanted: [NamePattern]
  private let unwanted: [NamePattern]

  /// Takes filters, of which one must match: an id, what an id must contain, or a pattern of all of it, in which `*` stands
  /// for any letters and `?` for one; and tags or patterns of them, of which one must be there, or with `!` must not.
  public init(filters: [String], tags: [String]) {
    self.filters = filters
    self.tags = tags
    patterns = filters.map { NamePattern($0, matchingParts: true) }
    wanted = tags.filter { !$0.hasPrefix("!") }.map { NamePattern($0, matchingParts: false) }
    unwanted = tags.filter { $0.hasPrefix("!") }.map {
      NamePattern(String($0.dropFirst()), matchingParts: false)
    }
  }

  /// The cases that are meant. A filter that is an id means that case alone.
  public func selected(of cases: [ScenarioCase]) -> [ScenarioCase] {
    let ids = filters.isEmpty ? [] : Set(cases.lazy.map(\.id)).intersection(filters)
    let others = zip(filters, patterns).filter { !ids.contains($0.0) }.map(\.1)
    return cases.filter { one in
      let isNamed = filters.isEmpty || ids.contains(one.id) || others.contains { $0.matches(one.id) }
      return isNamed && hasTags(one)
    }
  }

  private func hasTags(_ one: ScenarioCase) -> Bool {
    let isTagged = wanted.isEmpty || wanted.contains { tag in one.tags.contains(where: tag.matches) }
    return isTagged && !unwanted.contains { tag in one.tags.contains(where: tag.matches) }
  }

  /// What selects nothing for itself, in sentences, each with the nearest that there is.
  public func misses(among cases: [ScenarioCase]) -> [String] {
    let names = Set(cases.lazy.flatMap { Self.names(in: $0.id) }).sorted()
    let all = Set(cases.flatMap(\.tags)).sorted()
    let filterMisses = zip(filters, patterns).filter { _, pattern in
      !cases.contains { pattern.matches($0.id) }
    }.map { Self.miss("no id is or contains", $0.0, among: names) }
    let tagMisses = zip(tags.filter { !$0.hasPrefix("!") }, wanted).filter { _, pattern in
      !all.contains(where: pattern.matches)
    }.map { Self.miss("no scenario has the tag", $0.0, among: all) }
    return filterMisses + tagMisses
  }

  /// An id, its file's, and each folder and name in that.
  private static func names(in id: String) -> [String] {
    let file = String(id.prefix { $0 != "[" })
    return [file] + file.split(separator: "/").map(String.init)
  }

  private static func miss(_ words: String, _ text: String, among names: [String]) -> String {
    let nearest = ClosestMatch.suggestion(for: text, among: names).map { ": did you mean \"\($0)\"?" } ?? ""
    return "\(words) \"\(text)\"\(nearest)"
  }
}
