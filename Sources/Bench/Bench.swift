// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// Measures twohost against what the kernel charges, and prints, keeps and compares the results.
@main
enum Bench {
  /// A group of rows that are measured together.
  private struct Group: Sendable {
    let name: String
    let rows: @Sendable (BenchOptions) throws -> [Row]
  }

  /// Start-up comes first, while no earlier namespaces are being taken down in the background; then memory, since
  /// a program's peak begins with what the process that starts it has in use.
  private static let groups = [
    Group(name: "start", rows: StartUp.rows),
    Group(name: "memory", rows: ManyCases.rows),
    Group(name: "check", rows: ManyFiles.rows),
    Group(name: "costs", rows: Costs.rows),
    Group(name: "decode", rows: LargeCapture.rows),
    Group(name: "case", rows: OneCase.rows),
    Group(name: "programs", rows: ProgramCases.rows),
    Group(name: "run", rows: WholeRun.rows),
    Group(name: "packets", rows: PacketRates.rows),
    Group(name: "streams", rows: StreamRates.rows),
  ]

  static func main() {
    do {
      try run(BenchOptions(Array(CommandLine.arguments.dropFirst())))
    } catch {
      explain("twohost-bench: \(error)")
      exit(1)
    }
  }

  private static func run(_ options: BenchOptions) throws {
    if let unknown = options.groups.first(where: { name in !groups.contains { $0.name == name } }) {
      throw BenchError("there is no group \"\(unknown)\"")
    }
    let earlier = try Results.latest(in: options.results)
    var rows: [Row] = []
    for group in groups where options.includes(group.name) {
      explain("measuring: \(group.name)")
      rows += try group.rows(options)
    }
    print("\(options.label) · Linux \(SystemInformation.kernelRelease) · \(options.swift)")
    if let earlier { print("before: \(earlier.label)") }
    print("", Table(rows, before: earlier?.rows ?? []).text, separator: "\n", terminator: "")
    // What was measured in haste or in part is nothing to compare with.
    guard !options.isQuick, options.groups.isEmpty else { return }
    let results = Results(
      label: options.label, kernel: SystemInformation.kernelRelease, processors: CPUAffinity.processorCount,
      swift: options.swift, rows: rows)
    try results.write(in: options.results, before: earlier?.rows ?? [])
  }

  /// Writes a line to standard error, which is no part of the results.
  private static func explain(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
