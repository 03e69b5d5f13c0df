// SPDX-License-Identifier: Apache-2.0

/// `twohost run` of many cases, from process start to exit, beside as many floors.
enum WholeRun {
  private static let floors = 250

  static func rows(_ options: BenchOptions) throws -> [Row] {
    let cases = options.isQuick ? 300 : 1000
    let file = try GeneratedFiles.matrix(of: cases, in: options.folder)
    var round = RoundRobin()
    round.addTime("floor", per: floors) { try Floor.play(floors) }
    round.addTime("side by side", per: 2 * floors) { try Floor.playSideBySide(floors) }
    for jobs in 1...2 {
      round.addTime("\(jobs)", per: cases) {
        _ = try MeasuredProcess([options.program, "run", file, "--jobs", "\(jobs)"])
      }
    }
    let samples = try round.run(rounds: max(2, options.rounds / 3))
    let floor = (name: "floor", samples: try samples.of("floor"))
    let rate = (name: "two floors", samples: try samples.of("side by side").rates(of: 1000))
    let two = try samples.of("2")
    return [
      Row(
        "run: each of \(cases) cases, --jobs 1", "ms", try samples.of("1"), to: floor, .ratioAtMost(1.3)),
      Row("run: each of \(cases) cases, --jobs 2", "ms", two, to: floor, .ratioAtMost(1.3)),
      .rate(
        "run: rate of \(cases) cases, --jobs 2", "cases/s", two.rates(of: 1000), to: rate, .ratioAtLeast(0.9)),
    ]
  }
}
