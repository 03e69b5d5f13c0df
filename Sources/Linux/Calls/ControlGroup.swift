// SPDX-License-Identifier: Apache-2.0

/// The control groups of this process that limit its memory (cgroups(7)).
enum ControlGroup {
  /// The limits of its groups and of those around them, in bytes.
  static var memoryLimits: [Int] {
    memoryGroups.flatMap { group in
      group.folders.compactMap { folder in
        guard let text = try? ProcFile.text("\(folder)/\(group.limit)") else { return nil }
        return Int(text.filter { $0 != "\n" })
      }
    }
  }

  /// The files that say how many processes the kernel has ended for want of memory, the most exact first: of the groups of
  /// this process, and of the machine.
  static var filesOfKills: [String] {
    memoryGroups.flatMap { group in group.folders.reversed().map { "\($0)/\(group.events)" } } + [
      "/proc/vmstat"
    ]
  }

  /// A group that limits memory, by the folders of it and of those around it, the outermost first, and what their files
  /// are called.
  private struct MemoryGroup {
    let folders: [String]
    let limit: String
    let events: String
  }

  private static var memoryGroups: [MemoryGroup] {
    let lines = ((try? ProcFile.text("/proc/self/cgroup")) ?? "").split(separator: "\n")
    return lines.compactMap(memoryGroup)
  }

  /// The group of a line `4:memory:/path`, or `0::/path` of version 2; nil where it limits no memory.
  private static func memoryGroup(in line: Substring) -> MemoryGroup? {
    let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let names = parts[2].split(separator: "/").map(String.init)
    let folders = { (root: String) in
      (0...names.count).map { ([root] + names.prefix($0)).joined(separator: "/") }
    }
    switch parts[1] {
    case "":
      return MemoryGroup(folders: folders("/sys/fs/cgroup"), limit: "memory.max", events: "memory.events")
    case "memory":
      return MemoryGroup(
        folders: folders("/sys/fs/cgroup/memory"), limit: "memory.limit_in_bytes",
        events: "memory.oom_control")
    default: return nil
    }
  }
}
