// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// When a run dies, everything dies that it started. Two things see to that, either of which is enough: here the other
/// one is kept from working.
@Suite("The death of a run")
struct RunnerDeathTests {
  /// A run of a program that says when it runs, and would go on for long.
  private final class Run {
    let folder: TestFolder
    let runner: Program

    /// Starts it and awaits that its program runs.
    init(_ program: String, environment: [String: String] = [:]) throws {
      folder = try TestFolder()
      let script = "trap '' TERM HUP INT; sleep 300 & setsid sleep 300 & : > $0/up; while :; do wait; done"
      try folder.write(
        "{ sender: { run: ['sh', '-c', \"\(script)\", '\(folder.path)'] }, exchange: ['x'], timeout: '1min' }",
        to: "s/x.json5")
      try #require(chmod(folder.path, 0o777) == 0)
      let (folder, variables) = (folder, environment.merging(["TWOHOST_TEST": folder.path]) { one, _ in one })
      runner = try Program(
        [program, "run", "s", "--capture", "none"], in: folder.path, environment: variables)
      try runner.await("the program") { folder.files.contains("up") }
    }

    /// Kills the run, and sees that nothing is left of it; what is left all the same is killed too.
    func die() throws {
      let number = runner.process.processIdentifier
      let left = Machine.processes(with: folder.path)
      #expect(left.count > 2, "the run, an init and a program: \(left)")
      #expect(kill(number, SIGKILL) == 0)
      #expect(try runner.awaitEnd().status == 128 + SIGKILL)
      #expect(Machine.areGone(folder.path))
      for process in Machine.processes(with: folder.path).compactMap({ Int32($0) }) { kill(process, SIGKILL) }
    }
  }

  @Test("programs die with the run also where somebody has the other ends of all its pipes")
  func heldPipes() throws {
    let run = try Run(TwoHostProgram.path)
    let descriptors = "/proc/\(run.runner.process.processIdentifier)/fd"
    var held: [Int32] = []
    defer { for descriptor in held { close(descriptor) } }
    for name in try FileManager.default.contentsOfDirectory(atPath: descriptors) {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\(name)")
      guard target?.hasPrefix("pipe:") == true else { continue }
      // The pipe is opened anew, at both ends (fifo(7)).
      held.append(open("\(descriptors)/\(name)", O_RDWR | O_NONBLOCK | O_CLOEXEC))
    }
    #expect(held.count >= 3 && held.allSatisfy { $0 >= 0 }, "input, output and errors at least")
    try run.die()
  }

  @Test("programs die with the run also where no process is told of its parent's death")
  func noDeathSignal() throws {
    let library = try Preloaded(
      """
      #include <stdarg.h>
      #include <sys/prctl.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      int prctl(int operation, ...) {
        va_list list;
        va_start(list, operation);
        unsigned long rest[4];
        for (int i = 0; i < 4; i++) rest[i] = va_arg(list, unsigned long);
        va_end(list);
        if (operation == PR_SET_PDEATHSIG) return 0;
        return syscall(SYS_prctl, operation, rest[0], rest[1], rest[2], rest[3]);
      }
      """)
    try Run(TwoHostProgram.builtBesideTests, environment: library.environment).die()
  }
}
