// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The modules that `python3` finds, each looked for once.
public final class PythonModules: Sendable {
  private let known = Mutex<[String: Bool]>([:])

  private static let patience = Duration.seconds(30)

  /// Knows of no module yet.
  public init() {}

  /// Whether `python3`, run as programs under test are, finds a module of this name; the module is not run.
  ///
  /// - Throws: what keeps programs from being run here.
  public func has(_ name: String) throws(SystemError) -> Bool {
    try known.withLock { known throws(SystemError) in
      if let found = known[name] { return found }
      let found = try Self.looksFor(name)
      known[name] = found
      return found
    }
  }

  private static func looksFor(_ name: String) throws(SystemError) -> Bool {
    let script = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    do throws(SystemError) {
      return try BriefProgram.run(["python3", "-c", script, name], until: Deadline(after: patience))
        == .exited(0)
    } catch  where error.call == "execve" {
      return false
    }
  }
}
