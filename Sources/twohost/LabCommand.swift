// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Harness
import Linux
import Report
import Scenario
import Verdict

/// `twohost lab`: two hosts on their cable, for people who try things there.
enum LabCommand: Command {
  static let name = "lab"
  static let operands = "[NETWORK|SCENARIO]"
  static let summary = "bring up both hosts, show what passes between them, and open a shell in either"
  static let details = [
    "Without --host it makes the hosts of a network (default: lan) or of a scenario, whose exchange is",
    "not played, and shows each packet until Ctrl-C. With --host it runs your shell, or the COMMAND after",
    "--, in a host of the lab running in another terminal. When the lab ends, so do the shells, and",
    "nothing is left behind. Needs what run needs.",
  ]
  static let options = [
    host, lab, ScenarioOptions.filter, ScenarioOptions.set, ScenarioOptions.networks, ReportOptions.colour,
  ]

  private static let host = CommandOption(
    name: "--host", value: "HOST", help: "run a shell in this host of a running lab",
    choices: HostName.allCases.map(\.rawValue))
  private static let lab = CommandOption(
    name: "--lab", value: "PID", help: "with --host, the lab of this process, if several are running")

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    if let name = arguments.value(host), let host = HostName(rawValue: name) {
      return try enter(host, arguments)
    }
    guard !arguments.has(lab) else { throw UsageError("--lab needs --host") }
    guard arguments.operands.count <= 1 else { throw UsageError("lab takes one network or scenario") }
    return try watch(arguments)
  }

  // MARK: - The lab

  private static func watch(_ arguments: Arguments) throws -> ExitStatus {
    let stop = try StopRequest()
    let signals = try SignalWatch(stop: stop)
    guard let asked = try LabScenario.read(arguments) else { return .usage }
    let scenario = IPv6Support.isThere ? asked : asked.withoutIPv6
    // In this process's own network, where others look for it.
    let door = try LabDoor()
    if try Privilege.obtain() {
      Console.explain("twohost: the lab is in a user namespace, because this user has no privilege")
    }
    try signals.start()
    var lab = try made(of: scenario, door, stop: stop)
    try Console.write(
      LabText.beginning(
        scenario, macs: { lab.mac(of: $0) }, process: getpid(), program: RunOptions.program))
    var text = PassingText(palette: Console.palette(arguments.value(ReportOptions.colour)))
    do {
      while true {
        let lines = text.lines(try lab.next())
        if !lines.isEmpty { try Console.write(lines.map { $0 + "\n" }.joined()) }
      }
    } catch let error as SystemError where error.errno == .canceled {
      // A person ends it that way, and nothing has gone wrong.
      return signals.interruption == .interrupt ? .passed : signals.interruption?.exitStatus ?? .passed
    }
  }

  /// Makes the lab, and says what to do where that is refused.
  private static func made(
    of scenario: Scenario, _ door: consuming LabDoor, stop: StopRequest
  ) throws(Obstruction) -> Lab {
    do throws(SystemError) {
      return try Lab(scenario, door, stop: stop)
    } catch {
      throw Obstruction(error)
    }
  }

  // MARK: - A host of it

  private static func enter(_ host: HostName, _ arguments: Arguments) throws -> ExitStatus {
    let number = try lab(arguments)
    guard let guest = try? LabGuest(in: number) else {
      throw Obstruction(
        .cannotRunHere, "process \(number) has no lab of this user",
        fix: "start one in another terminal: twohost lab")
    }
    let own = Console.variable("SHELL") ?? "/bin/sh"
    let command = arguments.operands.isEmpty ? [own] : arguments.operands
    let variables = ProcessInfo.processInfo.environment.filter { $0.key != "TWOHOST_HOST" }
    let environment = variables.map { (name: $0.key, value: $0.value) }
    let status = try guest.run(
      command, in: host, environment: environment + [(name: "TWOHOST_HOST", value: host.rawValue)])
    guard let status else {
      Console.explain("twohost: the lab has ended, and so has what ran in the \(host.rawValue)")
      return .hungUp
    }
    // Whatever it is, it is the command's own.
    exit(status)
  }

  /// The process of the lab that is meant.
  private static func lab(_ arguments: Arguments) throws -> Int32 {
    if let number = try arguments.number(lab, in: 1...Int(Int32.max)) { return Int32(number) }
    let labs = try LabGuest.labs()
    guard let only = labs.first else {
      throw Obstruction(
        .cannotRunHere, "no lab of this user is running", fix: "start one in another terminal: twohost lab")
    }
    guard labs.count == 1 else {
      let numbers = labs.map(String.init).joined(separator: ", ")
      throw UsageError("several labs are running", hint: "choose one with --lab: \(numbers)")
    }
    return only
  }
}
