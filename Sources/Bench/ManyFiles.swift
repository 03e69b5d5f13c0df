// SPDX-License-Identifier: Apache-2.0

/// Reading and checking the files of a library of great size.
enum ManyFiles {
  static func rows(_ options: BenchOptions) throws -> [Row] {
    let files = options.isQuick ? 2000 : 10_000
    let library = try GeneratedFiles.library(options.scenarios, times: files, in: options.folder)
    var times: [Double] = []
    var work: [Double] = []
    for _ in 0..<max(2, options.rounds / 5) {
      let process = try MeasuredProcess(
        [options.program, "check", "--networks", options.networks, library])
      times.append(process.time.milliseconds)
      work.append(process.processorMilliseconds)
    }
    let target = Row.Target.medianAtMost(Double(files) / 10_000 * 2000)
    return [
      Row("check of \(files) files", "ms", Samples(values: times), target),
      Row("check of \(files) files, processor time", "ms", Samples(values: work)),
    ]
  }
}
