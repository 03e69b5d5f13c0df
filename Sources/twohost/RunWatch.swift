// SPDX-License-Identifier: Apache-2.0

import Glibc
import Harness
import Linux
import Report
import Scenario
import Verdict

/// `twohost run --watch`: runs again what a saved file touches, until somebody ends it.
struct RunWatch {
  private var arguments: Arguments
  private let stop: StopRequest
  private let signals: SignalWatch
  private var standing = WatchText()

  /// Prepares to watch what a command line asks for.
  ///
  /// - Throws: where what is asked for does not go together.
  init(_ arguments: Arguments, _ stop: StopRequest, _ signals: SignalWatch) throws(UsageError) {
    self.arguments = arguments
    self.stop = stop
    self.signals = signals
    guard !arguments.operands.contains(ScenarioOptions.standardInput) else {
      throw UsageError("--watch needs files, and standard input is not one")
    }
  }

  /// Runs everything, and then again and again what is touched.
  ///
  /// - Returns: the status of the signal that ended it.
  /// - Throws: where nothing can be watched, or this user cannot run anything.
  mutating func run() throws -> ExitStatus {
    try RunCommand.obtainPrivilege()
    try signals.start()
    var watch = try begin()
    let line = StateLine()
    var (saves, isFirst) = (SaveWatch.Saves.everything, true)
    while !stop.isMade {
      do {
        if try runAgain(&watch, after: saves, isFirst: isFirst) { (saves, isFirst) = (.nothing, false) }
      } catch let error where error is WrongFiles || !isFirst && error is UsageError {
        // What a file says cannot be done now, and may be when it is saved again.
        _ = TwoHost.explain(error)
        Refusal.report(error, arguments)
        standing.isRight = false
      }
      if stop.isMade { break }
      line.show { standing.text(watching: watch.count, width: $0) }
      guard let next = try watch.next() else { break }
      line.erase()
      Console.explain("saved: \(Printable.escape(next.names.joined(separator: ", ")))")
      saves.add(next)
    }
    line.erase()
    return signals.interruption?.exitStatus ?? .harnessFailed
  }

  private func begin() throws(Obstruction) -> SaveWatch {
    do throws(SystemError) {
      return try SaveWatch(stop: stop, artifacts: RunOptions.folder(arguments))
    } catch {
      throw Self.obstruction(error)
    }
  }

  /// Reads the files anew, and runs what the saves touch.
  ///
  /// - Returns: whether it could be run, as far as there is something: else the saves are still to be taken into account.
  private mutating func runAgain(
    _ watch: inout SaveWatch, after saves: SaveWatch.Saves, isFirst: Bool
  ) throws -> Bool {
    let (library, selected) = try read(&watch)
    if stop.isMade { return false }
    standing.isRight = library.isRight
    guard library.isRight else {
      throw ScenarioOptions.wrongFiles(of: library)
    }
    let touched = watch.touched(by: saves, of: selected)
    standing.keep(only: selected.map(\.id))
    let round = try RunRound(of: touched, arguments, isAgain: !isFirst)
    guard round.count > 0 else {
      if isFirst {
        Console.explain(failures: ScenarioOptions.nothingSelected(arguments, in: library).reasons)
      }
      return true
    }
    try round.removeEarlier()
    try round.checkBeginning()
    var standing = standing
    _ = try round.run(stop, signals) { event in
      guard case .caseFinished(let result) = event, result.status != .notRun else { return }
      standing.take(result.scenario.id, passes: result.status.isAccepted)
    }
    self.standing = standing
    return true
  }

  /// Reads the files, until what was read is what is watched.
  private mutating func read(
    _ watch: inout SaveWatch
  ) throws -> (library: ScenarioLibrary, selected: [ScenarioCase]) {
    while true {
      arguments = try ConfigurationOptions.completed(arguments, RunCommand.configurable)
      let read = try ScenarioOptions.read(arguments) { [stop] in stop.isMade }
      let isWhole: Bool
      do throws(SystemError) {
        isWhole = try watch.watch(
          read.library, selected: read.selected, settings: ConfigurationOptions.places(arguments))
      } catch {
        throw Self.obstruction(error)
      }
      if isWhole || stop.isMade { return read }
    }
  }

  private static func obstruction(_ error: SystemError) -> Obstruction {
    let isLimit = [ENOSPC, EMFILE].contains(error.errno.rawValue)
    let fix = "as root: sysctl -w fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=1024"
    return Obstruction(.cannotRunHere, "files cannot be watched: \(error)", fix: isLimit ? fix : nil)
  }
}
