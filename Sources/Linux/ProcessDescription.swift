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
    return found.sorted().map { ProcessDescription(number: $0, arguments: arguments(of: $0)) }
  }

  /// Every process that has not ended, with its parent.
  private static var living: [(number: Int32, parent: Int32)] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var processes: [(number: Int32, parent: Int32)] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let number = Int32(name), let parent = livingParent(of: number) else { continue }
      processes.append((number, parent))
    }
    return processes
  }

  /// The parent of a process; nil where it has ended, whether or not somebody has reaped it.
  private static func livingParent(of number: Int32) -> Int32? {
    guard let text = try? ProcFile.read("/proc/\(number)/stat") else { return nil }
    // The name before it is in parentheses and may hold anything.
    let fields = text.suffix(while: { $0 != UInt8(ascii: ")") }).split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let state = fields[0].first,
      ![UInt8(ascii: "Z"), UInt8(ascii: "X")].contains(state)
    else { return nil }
    return Int32(String(decoding: fields[1], as: UTF8.self))
  }

  private static func arguments(of number: Int32) -> [String] {
    let bytes = (try? ProcFile.read("/proc/\(number)/cmdline")) ?? []
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension [UInt8] {
  /// The bytes behind the last for which the predicate is false.
  fileprivate func suffix(while isIncluded: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    self[(lastIndex { !isIncluded($0) }.map { $0 + 1 } ?? 0)...]
  }
}
