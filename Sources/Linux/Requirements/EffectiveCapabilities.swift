// SPDX-License-Identifier: Apache-2.0

/// The capabilities that this process has in effect (capabilities(7)).
struct EffectiveCapabilities: Sendable {
  private let bits: UInt64

  /// The three that test hosts need, by name and the kernel's number.
  static let needed: [(name: String, number: UInt64)] = [
    ("CAP_SYS_ADMIN", 21), ("CAP_NET_ADMIN", 12), ("CAP_NET_RAW", 13),
  ]

  /// Those of the calling thread; nil where /proc does not say.
  static var ofThisThread: EffectiveCapabilities? {
    EffectiveCapabilities(status: (try? ProcFile.text("/proc/thread-self/status")) ?? "")
  }

  /// Reads them of the text of `/proc/self/status`; nil where it does not say.
  init?(status: String) {
    let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    guard let digits = line?.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " }).last,
      let bits = UInt64(digits, radix: 16)
    else { return nil }
    self.bits = bits
  }

  /// Whether it has the capability of this number.
  func has(_ number: UInt64) -> Bool { bits >> number & 1 == 1 }

  /// The names of those of the three that are lacking.
  var lacking: [String] { Self.needed.filter { !has($0.number) }.map(\.name) }
}
