// SPDX-License-Identifier: Apache-2.0

/// What one thing measured, round by round.
struct Samples {
  /// A value a round, in the order of the rounds.
  let values: [Double]

  /// The middle value, which a disturbed round does not move.
  var median: Double { Self.median(values) }
  /// The least value.
  var least: Double { values.min() ?? .nan }
  /// The greatest value.
  var greatest: Double { values.max() ?? .nan }

  /// How these stand to those of the same rounds: the middle of the rounds' ratios.
  ///
  /// Whatever slows a round down slows both, so that ratios are steadier than what they are made of.
  func ratio(to others: Samples) -> Double {
    Self.median(zip(values, others.values).map { $0 / $1 })
  }

  /// Times made into rates: this much done in each.
  func rates(of amount: Double) -> Samples {
    Samples(values: values.map { amount / $0 })
  }

  /// The samples in another unit.
  func scaled(by factor: Double) -> Samples {
    Samples(values: values.map { $0 * factor })
  }

  /// How much these are more than those of the same rounds.
  func less(_ others: Samples) -> Samples {
    Samples(values: zip(values, others.values).map { $0 - $1 })
  }

  private static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
