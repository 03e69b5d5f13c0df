// SPDX-License-Identifier: Apache-2.0

/// How many processes the kernel has ended for want of memory where this one runs: in its control group, or on the
/// machine.
public struct MemoryKills: Sendable {
  private let file: String?

  /// Finds out where the kernel counts.
  public init() {
    file = ControlGroup.filesOfKills.first { Self.count(in: $0) != nil }
  }

  /// How many there were until now; nil where nobody counts.
  public var count: UInt64? { file.flatMap { Self.count(in: $0) } }

  private static func count(in file: String) -> UInt64? {
    (try? ProcFile.text(file)).flatMap { count(inText: $0) }
  }

  /// The number in the line `oom_kill 3` of memory.events, memory.oom_control or /proc/vmstat.
  static func count(inText text: String) -> UInt64? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
    return line.flatMap { UInt64($0.dropFirst("oom_kill ".count)) }
  }
}
