// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A process that runs, as `/proc` shows it (proc_pid(5)).
public struct ProcessDescription: Hashable, Sendable {
  /// Its number, as this process counts.
  public let number: Int32
  /// Its arguments.
  public let arguments: [String]

  /// The processes below another that still run: its children, their children, and so on, by number.
  static func descendants(of ancestor: Int32) -> [ProcessDescription] {
    let living = living
    var found: Set<Int32> = []
    var next: Set<Int32> = [ancestor]
    while !next.isEmpty {
      next = Set(living.filter { next.contains($0.parent) }.map(\.number)).subtracting(found)
      found.formUnion(next)
    }
    return living.filter { found.contains($0.number) }.sorted { $0.number < $1.number }.map { process in
      ProcessDescription(number: process.number, arguments: arguments(of: process))
    }
  }

  /// The first that there is of something among the processes below another that have not been reaped, parents before
  /// children, where the kernel lists children (proc_pid_task_children(5)); else among those that still run.
  static func first<Found>(below ancestor: Int32, _ find: (Int32) -> Found?) -> Found? {
    guard var next = children(of: ancestor) else {
      for process in descendants(of: ancestor) { if let found = find(process.number) { return found } }
      return nil
    }
    while let number = next.popLast() {
      // Its children are asked for where it has nothing.
      if let found = find(number) { return found }
      next += children(of: number) ?? []
    }
    return nil
  }

  /// The children of a process, whichever of its threads they are of; nil where the kernel does not list them.
  private static func children(of process: Int32) -> [Int32]? {
    let threads = ProcFile.names(in: "/proc/\(process)/task")
    let lists = threads.map { try? ProcFile.text("/proc/\(process)/task/\($0)/children") }
    guard lists.contains(where: { $0 != nil }) else { return nil }
    return lists.compactMap { $0 }.flatMap { $0.split(separator: " ").compactMap { Int32($0) } }
  }

  /// What `/proc/PID/stat` says of a process that has not ended.
  private struct Status {
    let number: Int32
    let parent: Int32
    /// The name of what it runs.
    let name: String

    /// Reads it; nil where the process has ended, whether or not somebody has reaped it.
    init?(of number: Int32) {
      guard let text = try? ProcFile.read("/proc/\(number)/stat"),
        let open = text.firstIndex(of: UInt8(ascii: "(")), let close = text.lastIndex(of: UInt8(ascii: ")"))
      else { return nil }
      // The name is in parentheses and may hold anything. Behind it are the state, the parent, and as the 18th the
      // number of threads.
      let fields = text[(close + 1)...].split(separator: UInt8(ascii: " ")).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard fields.count > 17, let parent = Int32(fields[1]), let threads = Int(fields[17]) else {
        return nil
      }
      // A zombie whose other threads run on has ended its first thread alone.
      guard !["Z", "X"].contains(fields[0]) || threads > 1 else { return nil }
      self.number = number
      self.parent = parent
      name = String(decoding: text[(open + 1)..<close], as: UTF8.self)
    }
  }

  /// Every process that has not ended.
  private static var living: [Status] {
    ProcFile.names(in: "/proc").compactMap { Int32($0).flatMap(Status.init) }
  }

  /// The arguments of a process, or its name in brackets where it has none to show (as ps(1) does).
  private static func arguments(of process: Status) -> [String] {
    let bytes = (try? ProcFile.read("/proc/\(process.number)/cmdline")) ?? []
    let arguments = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return arguments.isEmpty ? ["[\(process.name)]"] : arguments
  }
}
