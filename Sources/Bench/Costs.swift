// SPDX-License-Identifier: Apache-2.0

/// What a message, a byte and a key cost in processor time, beside what each costs where there are fewer of them: as
/// much, where the cost is linear.
enum Costs {
  private struct Table {
    let noun: String
    /// How many there are at first, and then.
    let sizes: (few: Int, many: Int)
    /// Runs the program on so many, and gives the processor time in milliseconds.
    let measure: (Int) throws -> Double
  }

  static func rows(_ options: BenchOptions) throws -> [Row] {
    let factor = options.isQuick ? 4 : 1
    let tables = [
      Table(noun: "message of 1 byte", sizes: (15_000 / factor, 60_000 / factor)) { count in
        let file = try GeneratedFiles.burst(of: count, size: 1, in: options.folder)
        return try run(file, options)
      },
      Table(noun: "message of 65,515 bytes", sizes: (250 / factor, 1000 / factor)) { count in
        let file = try GeneratedFiles.burst(of: count, size: 65_515, in: options.folder)
        return try run(file, options)
      },
      Table(noun: "unknown key of one line", sizes: (4000 / factor, 16_000 / factor)) { count in
        let file = try GeneratedFiles.unknownKeys(count, in: options.folder)
        return try MeasuredProcess([options.program, "check", file], status: 2).processorMilliseconds
      },
    ]
    return try tables.map { try row($0, options) }
  }

  private static func run(_ file: String, _ options: BenchOptions) throws -> Double {
    try MeasuredProcess([options.program, "run", file, "--capture", "none"]).processorMilliseconds
  }

  private static func row(_ table: Table, _ options: BenchOptions) throws -> Row {
    var round = RoundRobin()
    for (name, size) in [("few", table.sizes.few), ("many", table.sizes.many)] {
      round.add(name) { try table.measure(size) * 1e3 / Double(size) }
    }
    let samples = try round.run(rounds: max(2, options.rounds / 5))
    let few = (name: "\(table.sizes.few)", samples: try samples.of("few"))
    return Row(
      "each \(table.noun), of \(table.sizes.many)", "µs", try samples.of("many"), to: few, .ratioAtMost(1.5))
  }
}
