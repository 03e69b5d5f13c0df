// SPDX-License-Identifier: Apache-2.0

import Linux
import Report
import Verdict

/// `twohost doctor`: says what running scenarios needs, and whether it is here.
enum DoctorCommand: Command {
  static let name = "doctor"
  static let operands = ""
  static let summary = "list what a run needs, what is missing, and how to fix it"
  static let details = [
    "Each is checked by trying it, in temporary hosts that are gone when doctor ends. The exit status is",
    "0 if scenarios can be run, and 3 if they cannot. No privilege is needed.",
  ]
  static let options: [CommandOption] = []

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard arguments.operands.isEmpty else { throw UsageError("doctor takes no operand") }
    let found = Requirements.find()
    let canRun = found.allSatisfy { $0.isMet || $0.need != .always }
    try Console.write(DoctorText.text(found.map(DoctorLine.init), canRun: canRun))
    return canRun ? .passed : .cannotRunHere
  }
}

extension DoctorLine {
  fileprivate init(_ requirement: Requirement) {
    let isOfPrograms = requirement.need == .programs
    self.init(
      name: requirement.name, finding: requirement.finding, isMet: requirement.isMet, fix: requirement.fix,
      onlyFor: isOfPrograms ? "only for scenarios that run programs" : nil)
  }
}
