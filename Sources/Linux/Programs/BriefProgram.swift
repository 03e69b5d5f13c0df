// SPDX-License-Identifier: Apache-2.0

/// A program that only has to be run once, confined as programs under test are.
enum BriefProgram {
  /// Runs a program of the invoker's in a network of its own, without input, and tells how it ended.
  ///
  /// - Throws: what kept it from running, `ETIMEDOUT` where it did not end in time, and the errors of its tear-down.
  static func run(
    _ arguments: [String], capabilities: [UInt8] = [], until deadline: Deadline
  ) throws(SystemError) -> ConfinedEnd {
    let space = try NetworkNamespace()
    let environment = ProgramEnvironment.variables(for: .invoker, declared: [])
    let launch = ProgramLaunch(
      arguments: arguments, environment: environment, directory: "/", capabilities: capabilities,
      user: .invoker, endsInput: true)
    var program = try ConfinedProgram(launch, in: space, until: deadline)
    while program.end == nil, !deadline.hasPassed {
      _ = try Readiness.wait(toRead: program.readable, until: deadline)
      try program.update()
    }
    try program.kill()
    guard let end = program.end else {
      throw SystemError("waitid", .timedOut, detail: "\"\(arguments[0])\" did not end in time")
    }
    return end
  }
}
