// SPDX-License-Identifier: Apache-2.0

import Harness
import Linux
import Scenario

/// Senders that type the documented exchange into their raw sockets: alone, and as programs under test.
enum ProgramCases {
  private static let lines = ["Hello World !", "Hi", "How are you ?", "Quit"]

  static func rows(_ options: BenchOptions) throws -> [Row] {
    let hosts = try TwoHosts()
    let input = try GeneratedFiles.text(lines, in: options.folder)
    var round = RoundRobin()
    for (name, words) in senders(options) {
      let path = try GeneratedFiles.exchange(lines, typedTo: words, in: options.folder)
      let scenarios = ScenarioLibrary(paths: [path]).scenarios
      guard scenarios.count == 1 else { throw BenchError("\(path) is no scenario") }
      round.addTime("\(name) alone") {
        let ended = try hosts.sender.enter { () throws(SystemError) in
          Result { try MeasuredProcess(words, input: input) }
        }
        _ = try ended.get()
      }
      let captures = CaseRunner.Captures(.none, in: options.folder)
      let runner = CaseRunner(captures: captures, application: "twohost-bench")
      round.addTime("\(name) case") { try OneCase.play(scenarios, by: runner) }
    }
    let samples = try round.run(rounds: options.rounds * 4)
    return try senders(options).flatMap { try rows(of: $0.name, samples) }
  }

  private static func senders(_ options: BenchOptions) -> [(name: String, words: [String])] {
    [
      ("C", ["\(options.programs)/documented-sender"]),
      ("Python", [options.python, "\(options.scenarios)/programs/sender.py"]),
    ]
  }

  private static func rows(of name: String, _ samples: [String: Samples]) throws -> [Row] {
    let alone = (name: "sender in \(name)", samples: try samples.of("\(name) alone"))
    let whole = try samples.of("\(name) case")
    return [
      Row("a sender in \(name), alone", "ms", alone.samples),
      Row("a sender in \(name), its case", "ms", whole, to: alone),
      Row("a sender in \(name), its case less itself", "ms", whole.less(alone.samples), .medianAtMost(5)),
    ]
  }
}
