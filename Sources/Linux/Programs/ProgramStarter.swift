// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization
import Wire

/// The process that starts this one's programs (`Starter.h`).
///
/// It has none of this process's descriptors: what another thread closes meanwhile is closed for good. The init of the
/// next program is made while the one before runs.
public final class ProgramStarter: Sendable {
  private let inits: Mutex<WaitingInits>

  /// Made when it is first asked for; it ends with this process.
  private static let ofThisProcess = Result<ProgramStarter, SystemError> { () throws(SystemError) in
    try ProgramStarter()
  }

  /// Makes the starter, where there is none yet: best before other threads open what they will close.
  ///
  /// - Throws: the errors of clone(2) and socketpair(2).
  public static func prepare() throws(SystemError) {
    _ = try ofThisProcess.get()
  }

  private init() throws(SystemError) {
    let starter = Descriptor(owning: try systemCall("clone3") { clinux_make_starter(ProcMount.hidesNothing) })
    inits = Mutex(WaitingInits(from: starter))
  }

  /// Has a program started by an init of its own, in a network namespace.
  ///
  /// - Throws: the errors of clone(2), `EPERM` without CAP_SYS_ADMIN, and `EPIPE` where the starter has ended.
  static func start(
    _ launch: ProgramLaunch, in space: borrowing NetworkNamespace, _ ends: ProgramLaunch.Ends
  ) throws(SystemError) -> InitProcess {
    let descriptors = [
      space.rawDescriptor, ends.input, ends.output, ends.errors, ends.news, ends.failure, ends.ready ?? -1,
    ]
    var (header, block) = launch.marshalled
    header.has_ready = ends.ready == nil ? 0 : 1
    let starter = try ofThisProcess.get()
    let process = try starter.inits.withLock { inits throws(SystemError) in
      try inits.take(for: header.capabilities)
    }
    try process.start(header, block, with: descriptors)
    return process
  }
}

extension ProgramLaunch {
  /// The program's ends of what it has of this process.
  struct Ends {
    let input: Int32
    let output: Int32
    let errors: Int32
    /// Where init tells how the program ended; closed when nobody is left.
    let news: Int32
    /// Where it is told what failed before the program ran.
    let failure: Int32
    /// Where the program tells that it is ready; nil where it has other ways.
    let ready: Int32?
  }

  /// The launch as bytes: what there is of each, and a block with all of it.
  fileprivate var marshalled: (clinux_launch, [UInt8]) {
    let (paths, mask) = (paths, processors?.mask ?? [])
    let variables = environment.map { "\($0.name)=\($0.value)" }
    var block = mask
    for string in paths + arguments + variables + writableFolders { block += Array(string.utf8) + [0] }
    block += PathText.bytes(directory) + [0]
    block += [UInt8](repeating: 0, count: (8 - block.count % 8) % 8)
    let header = clinux_launch(
      paths: UInt32(paths.count), arguments: UInt32(arguments.count), environment: UInt32(variables.count),
      writable: UInt32(writableFolders.count),
      processors_size: UInt32(mask.count), block_size: UInt64(block.count),
      capabilities: capabilities.reduce(0) { $0 | 1 << UInt64($1) }, user: user.user, group: user.group,
      has_ready: 0)
    return (header, block)
  }
}
