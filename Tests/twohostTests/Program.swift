// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Testing

/// What a program left behind: its exit status and what it printed.
struct Ended {
  /// The exit status, or 128 and the number of the signal that ended it.
  let status: Int32
  let output: String
  let errors: String
}

/// A program that was started, with its output going to files so that no full pipe can hold it up.
final class Program {
  let process: Child
  private let arguments: [String]
  private let folder: TestFolder
  private var input: FileHandle?

  /// No program of these tests takes a second on a quiet machine; one that takes this long hangs.
  private static let patience = 300.0

  /// Starts a program; `/usr/bin/env` finds it on the PATH.
  init(_ arguments: [String], in workingFolder: String? = nil, environment: [String: String] = [:]) throws {
    folder = try TestFolder()
    self.arguments = arguments
    // A program that has ended is noticed by its status, not by our being killed when we type to it.
    signal(SIGPIPE, SIG_IGN)
    process = try Child(
      arguments, environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
      in: workingFolder,
      output: "\(folder.path)/output", errors: "\(folder.path)/errors", input: &input)
  }

  /// What it printed so far.
  var output: String { folder.read("output") }

  /// What it printed to standard error so far.
  var errors: String { folder.read("errors") }

  /// Writes to its standard input.
  func type(_ text: String) throws {
    try input?.write(contentsOf: Data(text.utf8))
  }

  /// Closes its standard input and awaits its end; one that hangs is killed, and fails the test.
  func awaitEnd() throws -> Ended {
    try input?.close()
    var status = process.awaitEnd(seconds: Self.patience)
    if status == nil {
      kill(process.processIdentifier, SIGKILL)
      Issue.record("\(arguments) did not end within \(Self.patience) s")
      status = process.awaitEnd(seconds: Self.patience)
    }
    return Ended(status: status ?? -1, output: output, errors: errors)
  }

  /// Awaits that something holds while the program runs, looking again and again; what never holds fails.
  func await(_ what: String, _ holds: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(Self.patience)
    while try !holds() {
      try #require(
        process.isRunning && ContinuousClock.now < deadline, "\(what) did not come: \(output) \(errors)")
      sched_yield()
    }
  }

  /// Copies a file or a folder, in a process of its own: were it written here, a program that another test
  /// starts meanwhile would have it open for writing, and until that program ends nobody could run the copy.
  static func copy(_ source: String, to place: String) throws {
    let ended = try run(["cp", "-R", source, place])
    try #require(ended.status == 0, "\(ended)")
  }

  /// Runs a program to its end.
  static func run(
    _ arguments: [String], in workingFolder: String? = nil, environment: [String: String] = [:]
  ) throws -> Ended {
    try Program(arguments, in: workingFolder, environment: environment).awaitEnd()
  }
}

/// The program under test, and the checkout that it belongs to.
enum TwoHostProgram {
  /// The released program where the environment names it, else the one that was built beside the tests.
  static let path = ProcessInfo.processInfo.environment["TWOHOST_PROGRAM"] ?? builtBesideTests

  /// The program that was built beside the tests. The released one is static: no library can stand between it and the
  /// C library.
  static let builtBesideTests: String = {
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appending(path: "twohost").path
  }()

  /// The top of the checkout.
  static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// A PATH that has the compiled programs of the scenarios.
  private static let searchPath: String = {
    let folder = try? Program.run(["\(checkout)/ci/programs"]).output
    let inherited = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return "\(folder?.split(separator: "\n").last ?? ""):\(inherited)"
  }()

  /// Runs it to its end.
  static func run(
    _ arguments: String..., in workingFolder: String? = nil, environment: [String: String] = [:]
  ) throws -> Ended {
    try runProgram([path] + arguments, in: workingFolder, environment: environment)
  }

  /// Runs a program to its end that can find the programs of the scenarios.
  static func runProgram(
    _ words: [String], in workingFolder: String? = nil, environment: [String: String] = [:]
  ) throws -> Ended {
    let environment = environment.merging(["PATH": searchPath]) { given, _ in given }
    return try Program.run(words, in: workingFolder, environment: environment)
  }

  /// Runs it to its end as a user who may do nothing special.
  static func runUnprivileged(_ arguments: [String], in workingFolder: String) throws -> Ended {
    // The checkout may lie where others may not look: a copy of the program may be run by anybody.
    let copy = workingFolder + "/twohost"
    if !FileManager.default.fileExists(atPath: copy) { try Program.copy(path, to: copy) }
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
    return try Program.run(nobody + [copy] + arguments, in: workingFolder)
  }
}
