// SPDX-License-Identifier: Apache-2.0

extension [String] {
  /// The words as a list of at most four: `message 1 and message 2`, `a, b, c, d and 3 more`.
  public var formattedAsList: String {
    let shown = prefix(4) + (count > 4 ? ["\(count - 4) more"] : [])
    guard shown.count > 1, let last = shown.last else { return shown.first ?? "" }
    return "\(shown.dropLast().joined(separator: ", ")) and \(last)"
  }
}
