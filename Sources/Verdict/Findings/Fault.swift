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
    var words = ""
    var isInNumber = false
    for scalar in finding.text.unicodeScalars {
      let isDigit = ("0"..."9").contains(scalar)
      let goesOn = isInNumber && ("a"..."z").contains(scalar)
      if isDigit, !isInNumber { words += "N" }
      isInNumber = isDigit || goesOn
      if !isInNumber { words.unicodeScalars.append(scalar) }
    }
    self.words = words
  }
}
