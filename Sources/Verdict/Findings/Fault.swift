// SPDX-License-Identifier: Apache-2.0

import Scenario

/// In which way something is wrong, whatever the numbers are: of two cases with the same faults both fail in the same way.
public struct Fault: Hashable, Sendable {
  /// The kind by its name: `field ttl`.
  public let name: String
  /// Where it is wrong.
  private let places: [Place]
  /// What is said of it, without its numbers.
  private let words: String

  /// Leaves out of a finding what another payload or another place in the exchange would change.
  public init(_ finding: Finding) {
    name = finding.kind.name
    places = finding.places
    words = Self.withoutNumbers(finding.text)
  }

  /// A text with `N` for each number in it: what begins with a digit, and each byte of a MAC address.
  private static func withoutNumbers(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var shown = ""
    var begin = 0
    while begin < scalars.count {
      let end = scalars[begin...].firstIndex { !isOfWord($0) } ?? scalars.count
      guard end > begin else {
        shown.unicodeScalars.append(scalars[begin])
        begin += 1
        continue
      }
      let word = scalars[begin..<end]
      let isBesideColon =
        (begin > 0 && scalars[begin - 1] == ":") || (end < scalars.count && scalars[end] == ":")
      let isByte =
        word.count == 2 && isBesideColon
        && word.allSatisfy { ("0"..."9").contains($0) || ("a"..."f").contains($0) }
      let isNumber = isByte || ("0"..."9").contains(scalars[begin])
      shown += isNumber ? "N" : String(String.UnicodeScalarView(word))
      begin = end
    }
    return shown
  }

  private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}
