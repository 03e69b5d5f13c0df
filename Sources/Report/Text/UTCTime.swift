// SPDX-License-Identifier: Apache-2.0

/// A time of a capture, written as a date and a time of day in UTC.
enum UTCTime {
  /// Nanoseconds since 1970 as `2024-01-02 03:04:05.678901`, with nine digits where six do not say all.
  static func text(_ nanoseconds: UInt64, separator: String = " ") -> String {
    let (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let time = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }.joined(separator: ":")
    let digits = fraction % 1000 == 0 ? padded(fraction / 1000, 6) : padded(fraction, 9)
    return "\(date(days))\(separator)\(time).\(digits)"
  }

  /// The civil date that is so many days after 1970-01-01, by eras of 400 years that begin on the first of March.
  private static func date(_ days: UInt64) -> String {
    let shifted = days + 719_468
    let (era, day) = shifted.quotientAndRemainder(dividingBy: 146_097)
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    let (civilMonth, civilYear) = month < 10 ? (month + 3, year) : (month - 9, year + 1)
    return "\(padded(era * 400 + civilYear, 4))-\(padded(civilMonth, 2))-\(padded(dayOfMonth, 2))"
  }

  private static func padded(_ number: UInt64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
