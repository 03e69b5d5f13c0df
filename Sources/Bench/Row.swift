// SPDX-License-Identifier: Apache-2.0

/// One line of the results.
struct Row: Codable {
  /// Where the median or the ratio is to be.
  enum Target: Codable {
    case ratioAtMost(Double)
    case ratioAtLeast(Double)
    case medianAtMost(Double)
  }

  /// What was measured; the same from run to run, since earlier results are found by it.
  let name: String
  let unit: String
  let median: Double
  /// The least of what is to be small, the greatest of what is to be great.
  let best: Double
  /// How it stands to the reference of the same round.
  let ratio: Double?
  let reference: String?
  let target: Target?
  let isMet: Bool?

  /// A time, a size: the less the better.
  init(
    _ name: String, _ unit: String, _ samples: Samples, to reference: (name: String, samples: Samples)? = nil,
    _ target: Target? = nil
  ) {
    self.init(name, unit, samples, best: samples.least, reference, target)
  }

  /// A rate: the more the better.
  static func rate(
    _ name: String, _ unit: String, _ samples: Samples, to reference: (name: String, samples: Samples)? = nil,
    _ target: Target? = nil
  ) -> Row {
    Row(name, unit, samples, best: samples.greatest, reference, target)
  }

  private init(
    _ name: String, _ unit: String, _ samples: Samples, best: Double,
    _ reference: (name: String, samples: Samples)?, _ target: Target?
  ) {
    self.name = name
    self.unit = unit
    self.best = best
    self.target = target
    self.reference = reference?.name
    median = samples.median
    ratio = reference.map { samples.ratio(to: $0.samples) }
    isMet = target?.isMet(median: median, ratio: ratio ?? .nan)
  }
}

extension Row.Target {
  /// The target as a reader sees it.
  var text: String {
    switch self {
    case .ratioAtMost(let most): "≤ \(most.short) ×"
    case .ratioAtLeast(let least): "≥ \(least.short) ×"
    case .medianAtMost(let most): "≤ \(most.short)"
    }
  }

  /// The ratio that is asked for; nil where the median is what counts.
  var ratio: Double? {
    switch self {
    case .ratioAtMost(let ratio), .ratioAtLeast(let ratio): ratio
    case .medianAtMost: nil
    }
  }

  fileprivate func isMet(median: Double, ratio: Double) -> Bool {
    switch self {
    case .ratioAtMost(let most): ratio <= most
    case .ratioAtLeast(let least): ratio >= least
    case .medianAtMost(let most): median <= most
    }
  }
}

extension Double {
  /// The number with three digits that count.
  var short: String {
    guard isFinite, magnitude < 1e15 else { return "–" }
    let digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2
    let factor = [1.0, 10, 100][digits]
    let scaled = Int((magnitude * factor).rounded())
    let sign = self < 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(scaled)" }
    let fraction = "\(scaled % Int(factor))"
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(sign)\(scaled / Int(factor)).\(zeros)\(fraction)"
  }
}
