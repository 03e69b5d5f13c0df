// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The memory of this process, and what it does under a limit (setrlimit(2), `RLIMIT_AS` and `RLIMIT_DATA`).
public enum ProcessMemory {
  private static let mostKept: Int32 = 16 << 20
  private static let leastMapped: Int32 = 4 << 20

  /// Prepares the allocator, before there is a second thread.
  ///
  /// Up to 16 MiB of what is given back are kept for what is asked for next, where the kernel would else take the same
  /// pages back and give them anew, each filled with zeros, for every array that comes and goes (mallopt(3)). Under a
  /// limit no thread reserves room for itself alone, and what aborts or crashes says why and ends with a status: of an
  /// allocation that fails, or of a call for which there is no room, nothing else is heard.
  ///
  /// - Parameter status: the exit status then.
  public static func prepare(endingWith status: Int32) {
    mallopt(M_TRIM_THRESHOLD, mostKept)
    mallopt(M_MMAP_THRESHOLD, leastMapped)
    if limit != nil { mallopt(M_ARENA_MAX, 1) }
    guard limit != nil || isStackSmall else { return }
    exitStatus = status
    // Where there is no room for calls there is none for the handler's either (sigaltstack(2)).
    var own = stack_t(ss_sp: malloc(handlerStack), ss_flags: 0, ss_size: handlerStack)
    sigaltstack(&own, nil)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = endForWantOfMemory
    action.sa_flags = SA_ONSTACK
    for number in [SIGABRT, SIGSEGV, SIGBUS] { sigaction(number, &action, nil) }
  }

  /// Room for the handler of signals and for what the kernel puts beside it.
  private static let handlerStack = 64 << 10

  /// Written once, before any handler is there that reads it.
  private nonisolated(unsafe) static var exitStatus: Int32 = 0

  /// Calls only what a handler of signals may (signal-safety(7)).
  private static let endForWantOfMemory: @convention(c) (Int32) -> Void = { _ in
    let words: StaticString =
      "twohost: it cannot go on, most likely because memory is limited here (ulimit -v or -s)\n"
    _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
    _exit(exitStatus)
  }

  /// Whether the first thread may have less room for calls than it could ever take.
  private static var isStackSmall: Bool { softLimit(RLIMIT_STACK).map { $0 < 1 << 20 } ?? false }

  /// How many bytes of addresses, or of its own data, this process may have; nil where it has no limit.
  private static var limit: Int? {
    [RLIMIT_AS, RLIMIT_DATA].compactMap(softLimit).min()
  }

  /// How much of something this process may have, in bytes; nil where it has no limit.
  private static func softLimit(_ resource: __rlimit_resource) -> Int? {
    var limits = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limits) == 0 else { return nil }
    return limits.rlim_cur < Int.max ? Int(limits.rlim_cur) : nil
  }

  // MARK: - What is left

  /// How many bytes more it can have, as far as its limits, those of its control groups (cgroups(7)) and the machine
  /// tell; nil where none does.
  public static var left: Int? {
    let used = ownPages
    let ofProcess = limit.map { $0 - used.addresses }
    let ofGroups = ControlGroup.memoryLimits.min().map { $0 - used.resident }
    return [ofProcess, ofGroups, available].compactMap { $0 }.min().map { max(0, $0) }
  }

  /// How many bytes the control groups of this process may have together with all in them (cgroups(7)); nil where there
  /// is no limit.
  public static var limitOfGroup: Int? { ControlGroup.memoryLimits.min() }

  /// What this process has now, in bytes (proc_pid_statm(5)).
  private static var ownPages: (addresses: Int, resident: Int) {
    let pages = ((try? ProcFile.text("/proc/self/statm")) ?? "").split(separator: " ").prefix(2).compactMap {
      Int($0)
    }
    guard pages.count == 2 else { return (0, 0) }
    return (pages[0] * pageSize, pages[1] * pageSize)
  }

  private static let pageSize = sysconf(Int32(_SC_PAGESIZE))

  /// What the kernel reckons can be had without swapping, in bytes (proc_meminfo(5)).
  private static var available: Int? {
    let line = ((try? ProcFile.text("/proc/meminfo")) ?? "").split(separator: "\n").first {
      $0.hasPrefix("MemAvailable:")
    }
    let words = line?.split(separator: " ") ?? []
    return words.count > 1 ? Int(words[1]).map { $0 << 10 } : nil
  }
}
