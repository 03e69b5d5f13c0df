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
  /// The processors on which it may run; nil for those of the calling thread.
  public var processors: CPUAffinity?
  /// What is typed to it before it starts, as far as a pipe has room for it; the rest is typed as it reads.
  public var input: [UInt8]
  /// Whether it reads the end of the file behind that; else more is typed later.
  public var endsInput: Bool

  /// Describes a program to be started.
  public init(
    arguments: [String], environment: [(name: String, value: String)], directory: String,
    capabilities: [UInt8], user: UserIdentity, processors: CPUAffinity? = nil, input: [UInt8] = [],
    endsInput: Bool = false
  ) {
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

extension ProgramLaunch {
  /// Starts the program's init in the calling thread's network namespace (`clinux_start_program`).
  ///
  /// - Returns: init's number; a descriptor of it is stored.
  func start(
    streams: (Int32, Int32, Int32), news: Int32, failure: Int32, _ process: inout Int32
  ) throws(SystemError) -> Int32 {
    let variables = environment.map { "\($0.name)=\($0.value)" }
    let bits = capabilities.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    let (paths, arguments) = (CStrings(paths), CStrings(arguments))
    let (variableList, directories) = (CStrings(variables), CStrings([directory]))
    let mask = processors?.mask ?? []
    defer { withExtendedLifetime((paths, arguments, variableList, directories)) {} }
    let started = mask.withUnsafeBytes { mask -> Result<Int32, SystemError> in
      var program = clinux_program(
        paths: paths.constantPointers, arguments: arguments.pointers, environment: variableList.pointers,
        directory: directories.pointers[0], user: user.user, group: user.group, capabilities: bits,
        processors: processors == nil ? nil : mask.baseAddress, processors_size: mask.count,
        streams: streams, news: news, failure: failure)
      return Result { () throws(SystemError) in
        try systemCall("clone3(CLONE_NEWPID)") { clinux_start_program(&program, &process) }
      }
    }
    return try started.get()
  }
}

/// Strings as C's `argv` has them, for as long as this lives.
private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { (pointers + index).initialize(to: strdup(string)) }
    (pointers + count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }

  /// The same, as a pointer to strings that are not written to.
  var constantPointers: UnsafePointer<UnsafePointer<CChar>?> {
    UnsafeRawPointer(pointers).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
  }
}
