// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Linux
import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

/// Runs a body with a folder of its own, which is gone afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  var template = Array("/tmp/harness-tests-XXXXXX".utf8CString)
  let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// The scenario that a JSON5 text says.
func scenario(_ text: String) throws -> Scenario {
  try #require(try cases(text).first).scenario
}

/// The cases of the scenario that a JSON5 text says.
func cases(_ text: String) throws -> [ScenarioCase] { try withFolder { try cases(text, in: $0) } }

/// The same of a file in a folder, which programs start in.
private func cases(_ text: String, in folder: String) throws -> [ScenarioCase] {
  let path = "\(folder)/case.json5"
  try Data(text.utf8).write(to: URL(filePath: path))
  let library = ScenarioLibrary(paths: [path])
  try #require(library.isRight, "\(library.diagnostics) \(library.problems)")
  return library.cases
}

/// What a case needs of its run.
func testResources() throws -> RunResources {
  RunResources(
    processors: try CPUAffinity.ofThisThread(), closing: ClosingPool(), settings: InheritedSettings(),
    stop: try StopRequest())
}

extension CaseRunner {
  /// Runs a single case that nobody asks to stop.
  func run(_ scenario: Scenario) throws -> CaseResult {
    run(PlannedCase(scenario, position: 1), stop: try StopRequest())
  }
}

/// What was seen of the case that a JSON5 text says.
func playedRecord(of text: String) throws -> CaseRecord {
  try withFolder { folder in
    let scenario = try #require(try cases(text, in: folder).first).scenario
    var spare = SpareHosts()
    var player = try Player(
      scenario, spare: &spare, with: testResources(), until: Deadline(after: .seconds(30)))
    try player.play()
    try player.countCaptures()
    return player.record
  }
}

/// A case that was run, with the capture that it left.
struct PlayedCase {
  let result: CaseResult
  let capture: CaptureFile

  /// Runs the case that a JSON5 text says.
  init(_ text: String) throws {
    (result, capture) = try withFolder { folder in
      let scenario = try #require(try cases(text, in: folder).first).scenario
      let result = try CaseRunner(captures: .init(.all, in: folder), application: "test").run(scenario)
      let path = try #require(result.capture)
      let bytes = try #require(FileManager.default.contents(atPath: path))
      return (result, try CaptureFile.parse(Array(bytes)))
    }
  }

  /// What the judge said.
  var verdict: CaseVerdict {
    get throws {
      switch result.outcome {
      case .judged(let verdict): return verdict
      case .notJudged(let obstruction): throw obstruction
      case .notRun(let reason): throw Obstruction(.harnessFailed, reason)
      }
    }
  }

  /// The kinds of all that is wrong.
  var kinds: [Finding.Kind] {
    get throws { try verdict.allFindings.map(\.kind) }
  }

  /// The captured frames of one end of the cable and one direction.
  func frames(_ host: HostName, _ direction: CaptureFile.Direction) -> [[UInt8]] {
    capture.packets.filter { $0.interfaceName == "\(host.rawValue):eth0" && $0.direction == direction }
      .map(\.bytes)
  }

  /// The EtherTypes of all captured frames.
  var etherTypes: Set<EtherType> {
    get throws { try Set(capture.packets.map { try EthernetHeader(parsing: $0.bytes[...]).etherType }) }
  }
}
