// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// What running scenarios needs here, found out by doing it.
///
/// For a process that ends afterwards: where the user lacks capabilities, it goes into a user namespace, as a
/// run does, and does the rest there.
public enum Requirements {
  private static let deadline = Duration.seconds(5)
  private static let oldestKernel = (5, 9)
  /// Those that wait to be closed (at most 256, and 32 being closed), and those of cases that run.
  private static let fewestDescriptors: UInt64 = 512

  /// Looks for every requirement, in the order in which a run comes to need them.
  public static func find() -> [Requirement] {
    let machine = [kernel(release: SystemInformation.kernelRelease), procFileSystem()]
    // Without it nobody can tell what else there is.
    guard isProcMounted else { return machine + usefulPrograms() }
    // As a run does: having every capability is not enough in a user namespace that does not own its network.
    let lacking = EffectiveCapabilities.ofThisThread?.lacking ?? EffectiveCapabilities.needed.map(\.name)
    let namespace = UserNamespace.isSuperfluous ? nil : userNamespace()
    let privilege = capabilities(lacking: lacking, namespace) + [namespace].compactMap { $0 }
    // Without privilege there are neither hosts nor programs, for the same reason.
    let hosts = namespace?.isMet != false ? network() : []
    let canStart = !hosts.isEmpty && hosts.allSatisfy(\.isMet)
    let program = canStart ? [confinedProgram(), confinedFiles()] : []
    let user = canStart ? [programsUser(isInNamespace: namespace != nil)] : []
    return machine + privilege + hosts + [descriptors()] + program + user + usefulPrograms()
  }

  // MARK: - The machine

  /// close_range(2) is the youngest call that a run needs.
  static func kernel(release: String) -> Requirement {
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    let isOld = numbers.count == 2 && (numbers[0], numbers[1]) < oldestKernel
    let name = "Linux \(oldestKernel.0).\(oldestKernel.1) or newer"
    return isOld ? .missing(name, release, fix: "use a newer kernel") : .met(name, release)
  }

  /// What to do where nothing is mounted at /proc.
  public static let procFix = "mount it: mount -t proc proc /proc"

  /// Whether there is a /proc, from which a run learns much, and by which its threads come back from test hosts.
  public static var isProcMounted: Bool { access("/proc/thread-self/status", R_OK) == 0 }

  private static func procFileSystem() -> Requirement {
    .trying("/proc", fix: procFix) { () throws(SystemError) in
      _ = try ProcFile.read("/proc/thread-self/status")
      return "mounted"
    }
  }

  private static func descriptors() -> Requirement {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let name = "\(fewestDescriptors) open files"
    let isEnough = limit.rlim_cur >= fewestDescriptors
    let finding = "limit \(limit.rlim_cur == rlim_t.max ? "none" : "\(limit.rlim_cur)")"
    return isEnough ? .met(name, finding) : .missing(name, finding, fix: "ulimit -n \(fewestDescriptors)")
  }

  // MARK: - Privilege

  /// One line for each; what is to be done about those that are lacking stands beside the user namespace.
  private static func capabilities(lacking: [String], _ namespace: Requirement?) -> [Requirement] {
    EffectiveCapabilities.needed.map { name, _ in
      guard lacking.contains(name) else { return .met(name, "in effect") }
      let finding = namespace?.isMet == true ? "missing; the user namespace provides it" : "missing"
      return .missing(name, finding, fix: nil, for: .some)
    }
  }

  private static func userNamespace() -> Requirement {
    let name = "a user namespace"
    do throws(SystemError) {
      try UserNamespace.enter()
      return .met(name, "allowed: a run makes its own")
    } catch {
      return .missing(name, "\(error)", fix: Remedy.fix(for: error))
    }
  }

  // MARK: - Test hosts

  private static func network() -> [Requirement] {
    let name = "network namespaces"
    do throws(SystemError) {
      let hosts = try ProbedHosts()
      return [.met(name, "two were made")] + probe(hosts)
    } catch {
      return [.missing(name, "\(error)", fix: Remedy.fix(for: error))]
    }
  }

  private static func probe(_ hosts: borrowing ProbedHosts) -> [Requirement] {
    let name = "a veth pair"
    do throws(SystemError) {
      try hosts.joinByCable(until: Deadline(after: deadline))
    } catch {
      let module = "load the kernel's module: modprobe veth"
      return [.missing(name, "\(error)", fix: error.errno == .notSupported ? module : Remedy.fix(for: error))]
    }
    return [
      .met(name, "made, and up"),
      .trying("a packet socket", fix: Remedy.ofPrivilege) { () throws(SystemError) in
        try hosts.openPacketSocket()
        return "opened"
      },
      .trying("a raw socket", fix: Remedy.ofPrivilege) { () throws(SystemError) in
        try hosts.openRawSocket()
        return "opened"
      },
      settings(hosts),
    ]
  }

  /// Settings of the machine that outweigh those of hosts: a case may fail because of them, and says so then.
  private static func settings(_ hosts: borrowing ProbedHosts) -> Requirement {
    let name = "IPv4 settings of hosts"
    let deviations = hosts.deviations()
    guard !deviations.isEmpty else { return .met(name, "at their defaults") }
    let words = deviations.map { "\($0.name) is \($0.value), and cannot be changed there" }.joined(
      separator: "; ")
    let fix = "on the machine: sysctl -w \(deviations.map { "\($0.name)=0" }.joined(separator: " "))"
    return .missing(name, words, fix: fix, for: .some)
  }

  // MARK: - Programs under test

  private static func confinedProgram() -> Requirement {
    let name = "a program in a PID namespace"
    do throws(SystemError) {
      try runTrue(until: Deadline(after: deadline))
      return .met(name, "started, and ended", for: .programs)
    } catch {
      let isOfProgram = error.call == "execve"
      let limit = "as root: sysctl -w user.max_pid_namespaces=10000"
      let fix = isOfProgram ? "put the program \"true\" on the PATH" : limit
      return .missing(name, "\(error)", fix: fix, for: .programs)
    }
  }

  /// The version of Landlock that knows of all changes of files, that of Linux 6.2.
  private static let fewestFileChanges = 3

  /// Without it programs run too, and change files wherever their user may.
  private static func confinedFiles() -> Requirement {
    let name = "programs confined to their files"
    do throws(SystemError) {
      let version = try systemCall("landlock_create_ruleset") { clinux_landlock_version() }
      guard version < fewestFileChanges else { return .met(name, "Landlock \(version)", for: .some) }
      return .missing(name, "Landlock \(version)", fix: "use Linux 6.2 or newer", for: .some)
    } catch {
      let fix = "turn Landlock on: lsm=landlock,… on the kernel's command line"
      return .missing(name, "\(error)", fix: fix, for: .some)
    }
  }

  private static func runTrue(until limit: Deadline) throws(SystemError) {
    guard try BriefProgram.run(["true"], capabilities: [rawCapability], until: limit) == .exited(0) else {
      throw SystemError("waitid", .timedOut, detail: "\"true\" did not end well")
    }
  }

  private static let rawCapability: UInt8 = 13

  private static func programsUser(isInNamespace: Bool) -> Requirement {
    let name = "the user of programs"
    if isInNamespace {
      return .met(name, "\(geteuid()), the current user, and no other in the user namespace", for: .programs)
    }
    let user = UserIdentity.invoker.user
    let isOther = SudoCaller.ofThisProcess != nil
    return .met(name, isOther ? "\(user), who called sudo" : "\(user), the current user", for: .programs)
  }

  private static func usefulPrograms() -> [Requirement] {
    [("python3", "programs in Python"), ("cc", "programs in C, which have to be compiled")].map { name, use in
      Executable.isOnPath(name)
        ? .met(name, "on the PATH, for \(use)", for: .some)
        : .missing(name, "not on the PATH", fix: "install it to test \(use)", for: .some)
    }
  }
}
