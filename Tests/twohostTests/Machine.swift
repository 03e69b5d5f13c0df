// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What is on the machine that a run could leave something of.
enum Machine {
  /// The names of the links in the machine's own namespace.
  static func links() throws -> Set<String> {
    let text = String(decoding: try Data(contentsOf: URL(filePath: "/proc/net/dev")), as: UTF8.self)
    return Set(
      text.split(separator: "\n").dropFirst(2).map { $0.split(separator: ":")[0].filter { $0 != " " } })
  }

  /// The network namespaces that a process holds open beside the one it was started in.
  static func heldNamespaces(of process: Int32) throws -> Set<String> {
    let folder = "/proc/\(process)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let targets = names.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
    }
    return Set(targets.filter { $0.hasPrefix("net:[") }).subtracting([try home()])
  }

  /// The network namespace that this machine's processes live in.
  private static func home() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
  }

  /// The processes whose arguments or whose first environment have a text: what a run forks has its environment, and
  /// what it starts as a program the arguments that the scenario says.
  ///
  /// Namespaces without a name live as long as somebody holds them. Their numbers tell nothing: the kernel gives them
  /// out again, to other tests.
  static func processes(with token: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    #expect(
      names.contains("\(ProcessInfo.processInfo.processIdentifier)"), "this process is not found either")
    return names.filter { name in
      guard Int32(name) != nil else { return false }
      return ["cmdline", "environ"].contains { file in
        let bytes = FileManager.default.contents(atPath: "/proc/\(name)/\(file)") ?? Data()
        return String(decoding: bytes, as: UTF8.self).contains(token)
      }
    }
  }

  /// Awaits that no process has a text in its arguments: the kernel takes a while to end what it kills.
  static func areGone(_ token: String) -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      if processes(with: token).isEmpty { return true }
      sched_yield()
    }
    return false
  }
}
