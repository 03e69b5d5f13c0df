// SPDX-License-Identifier: Apache-2.0

/// What is mounted at /proc here (proc_pid_mountinfo(5)).
enum ProcMount {
  /// Whether nothing of /proc is hidden behind other mounts, as containers hide what their programs must not reach: a /proc
  /// of its own would show it to a program. False where /proc is not mounted.
  static var hidesNothing: Bool {
    (try? ProcFile.text("/proc/thread-self/mountinfo")).map(hidesNothing(in:)) ?? false
  }

  /// The same of a list of mounts. Handlers of binary formats hide an empty folder.
  static func hidesNothing(in list: String) -> Bool {
    let places = list.split(separator: "\n").compactMap { line in
      line.split(separator: " ").dropFirst(4).first
    }
    return places.contains("/proc")
      && !places.contains { $0.hasPrefix("/proc/") && $0 != "/proc/sys/fs/binfmt_misc" }
  }
}
