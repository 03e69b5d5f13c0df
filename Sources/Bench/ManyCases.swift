// SPDX-License-Identifier: Apache-2.0

/// What more cases cost in memory, and how long a matrix of very many takes.
enum ManyCases {
  static func rows(_ options: BenchOptions) throws -> [Row] {
    let empty = try MeasuredProcess([options.emptyProgram])
    let few = try run(100, options)
    // The peak of a program is at least that of the process that started it: below, nothing was measured.
    guard few.peakBytes > empty.peakBytes else { throw BenchError("the bench itself uses too much memory") }
    let counts = options.isQuick ? [1000] : [1000, 10_000]
    let reference = (name: "100 cases", samples: Samples(values: [few.mebibytes]))
    var rows = [Row("memory: run of 100 cases, peak", "MiB", reference.samples)]
    for count in counts {
      let many = try run(count, options)
      let isFlat = Row.Target.ratioAtMost(1.1)
      rows.append(
        Row("memory: run of \(count) cases, peak", "MiB", many.peak, to: reference, isFlat))
      let each = Double(many.peakBytes - few.peakBytes) / Double(count - 100)
      rows.append(Row("memory: each case of \(count)", "bytes", Samples(values: [each])))
      guard count == 10_000 else { continue }
      let time = Samples(values: [many.time.milliseconds])
      rows.append(Row("run: a matrix of \(count) cases, --jobs 1", "ms", time, .medianAtMost(2000)))
    }
    return rows
  }

  private static func run(_ cases: Int, _ options: BenchOptions) throws -> MeasuredProcess {
    let file = try GeneratedFiles.matrix(of: cases, in: options.folder)
    return try MeasuredProcess([options.program, "run", file, "--jobs", "1"])
  }
}

extension MeasuredProcess {
  fileprivate var mebibytes: Double { Double(peakBytes) / 1_048_576 }
  fileprivate var peak: Samples { Samples(values: [mebibytes]) }
}
