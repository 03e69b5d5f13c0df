// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// How long a command takes that has next to nothing to do, beside a static Swift program that does nothing.
///
/// Both are copies, as installed programs are: how a linker happened to write a file decides how it lies in the page
/// cache, and that alone makes a fifth of the time of a start.
enum StartUp {
  static func rows(_ options: BenchOptions) throws -> [Row] {
    let file = try GeneratedFiles.oneCase(in: options.folder)
    let program = try copy(of: options.program, in: options.folder)
    let emptyProgram = try copy(of: options.emptyProgram, in: options.folder)
    var round = RoundRobin()
    add("empty", [emptyProgram], to: &round)
    add("version", [program, "--version"], to: &round)
    add("check", [program, "check", file], to: &round)
    add("list", [program, "list", file], to: &round)
    add("run", [program, "run", file], to: &round)
    let samples = try round.run(rounds: options.rounds * 4)
    let empty = (name: "empty program", samples: try samples.of("empty"))
    return [
      Row("start: an empty static Swift program", "ms", empty.samples),
      Row("start: twohost --version", "ms", try samples.of("version"), to: empty, .ratioAtMost(1.3)),
      Row("start: check of one file", "ms", try samples.of("check"), to: empty),
      Row("start: list of one file", "ms", try samples.of("list"), to: empty),
      Row("start: run of one case", "ms", try samples.of("run"), to: empty, .medianAtMost(20)),
    ]
  }

  private static func copy(of program: String, in folder: String) throws -> String {
    let path = "\(folder)/\(URL(filePath: program).lastPathComponent)"
    try FileManager.default.copyItem(atPath: program, toPath: path)
    return path
  }

  private static func add(
    _ name: String, _ words: [String], to round: inout RoundRobin
  ) {
    round.addTime(name) { _ = try MeasuredProcess(words) }
  }
}
