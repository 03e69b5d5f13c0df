// SPDX-License-Identifier: Apache-2.0

extension Duration {
  /// The microseconds that have gone by in full.
  private var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }

  /// The time in seconds, to the microsecond.
  var inSeconds: Double { Double(microseconds) / 1_000_000 }

  /// The time in seconds with six digits behind the point, for programs.
  var decimal: String {
    let digits = String(microseconds % 1_000_000)
    return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// A time in seconds, to the microsecond; what no clock can have measured counts as none.
  init(inSeconds seconds: Double) {
    let isPlausible = seconds.isFinite && (0..<1_000_000_000).contains(seconds)
    self = .microseconds(isPlausible ? Int64((seconds * 1_000_000).rounded()) : 0)
  }

  /// The time as people read it: `0.4 ms`, `12 ms`, `1.25 s`.
  var formatted: String {
    switch microseconds {
    case ..<10_000: return "\(microseconds / 1000).\(microseconds % 1000 / 100) ms"
    case ..<1_000_000: return "\(microseconds / 1000) ms"
    default:
      let hundredths = microseconds / 10_000
      let digits = hundredths % 100
      return "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits) s"
    }
  }
}
