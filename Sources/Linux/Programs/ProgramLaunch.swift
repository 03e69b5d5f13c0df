// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A program to be started, and with what rights.
public struct ProgramLaunch: Sendable {
  /// The program and its arguments, never empty; a name without "/" is looked for on the PATH of `environment`.
  public var arguments: [String]
  /// Its whole environment.
  public var environment: [(name: String, value: String)]
  /// Its working directory, from which a name with "/" is looked up too.
  public var directory: String
  /// The kernel's numbers of the capabilities that it has; it has no others.
  public var capabilities: [UInt8]
  /// Whose rights it has.
  public var user: UserIdentity
  /// The folders below which alone it may change files, as seen from its working directory; none for no such limit.
  public var writableFolders: [String] = []
  /// The processors on which it may run; nil for those of the calling thread.
  public var processors: CPUAffinity?
  /// What is typed to it before it starts, as far as a pipe has room for it; the rest is typed as it reads.
  public var input: [UInt8]
  /// Whether it reads the end of the file behind that; else more is typed later.
  public var endsInput: Bool
  /// Whether it has a descriptor on which it says that it is ready (`TWOHOST_READY_FD`).
  public var saysReady: Bool

  /// The variable that names the descriptor on which a program says that it is ready.
  public static let readyVariable = (name: "TWOHOST_READY_FD", value: "\(clinux_ready_descriptor)")

  /// Describes a program to be started.
  public init(
    arguments: [String], environment: [(name: String, value: String)], directory: String,
    capabilities: [UInt8], user: UserIdentity, processors: CPUAffinity? = nil, input: [UInt8] = [],
    endsInput: Bool = false, saysReady: Bool = false
  ) {
    self.saysReady = saysReady
    self.input = input
    self.endsInput = endsInput
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.capabilities = capabilities
    self.user = user
    self.processors = processors
  }

  /// Where the program may lie, in the order in which it is looked for.
  var paths: [String] {
    guard let name = arguments.first, !name.contains("/") else { return Array(arguments.prefix(1)) }
    let path = environment.first { $0.name == "PATH" }?.value ?? ""
    return path.split(separator: ":").map { "\($0)/\(name)" }
  }
}

/// The user and the group whose rights a process has; it has no supplementary groups.
public struct UserIdentity: Hashable, Sendable {
  /// The user's number.
  public let user: UInt32
  /// The group's number.
  public let group: UInt32

  /// The user's home folder (passwd(5)); nil where the user has none.
  public let home: String?

  /// Names a user and a group, and looks for the user's home.
  public init(user: UInt32, group: UInt32) {
    self.user = user
    self.group = group
    home = UserDatabase.home(of: user)
  }

  /// Who called sudo (`SUDO_UID` and `SUDO_GID` in sudo(8)), else the user of this process; looked up once.
  public static let invoker =
    SudoCaller.ofThisProcess.map { UserIdentity(user: $0.user, group: $0.group) }
    ?? UserIdentity(user: geteuid(), group: getegid())

  /// The superuser; looked up once.
  public static let root = UserIdentity(user: 0, group: 0)
}
