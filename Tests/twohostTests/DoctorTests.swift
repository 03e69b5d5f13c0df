// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The doctor")
struct DoctorTests {
  private static let requirements = [
    "Linux 5.9 or newer", "/proc", "CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_RAW", "network namespaces",
    "a veth pair", "a packet socket", "a raw socket", "512 open files", "a program in a PID namespace",
    "programs confined to their files",
    "the user of programs",
  ]

  /// The word before a requirement's line, `ok` or `no`; nil where there is no such line.
  private static func word(of requirement: String, in ended: Ended) -> String? {
    let line = ended.output.split(separator: "\n").first { $0.dropFirst(5).hasPrefix("\(requirement)  ") }
    return line.map { String($0.prefix(2)) }
  }

  @Test("where scenarios can be run every requirement is met, and the status is 0")
  func allMet() throws {
    let ended = try TwoHostProgram.run("doctor")
    #expect(ended.status == 0, "\(ended.output)")
    for name in Self.requirements {
      #expect(Self.word(of: name, in: ended) == "ok", "\(name): \(ended.output)")
    }
    #expect(ended.output.hasSuffix("\nscenarios can be run here\n"))
  }

  @Test("what it makes is gone when it ends")
  func nothingLeft() throws {
    let before = try Program.run(["ip", "-o", "link"]).output
    #expect(try TwoHostProgram.run("doctor").status == 0)
    #expect(try Program.run(["ip", "-o", "link"]).output == before)
  }

  @Test("too few descriptors are no, with the command that mends it, status 3")
  func descriptors() throws {
    let ended = try Program.run(["sh", "-c", "ulimit -n 300; exec '\(TwoHostProgram.path)' doctor"])
    #expect(ended.status == 3)
    #expect(Self.word(of: "512 open files", in: ended) == "no")
    #expect(ended.output.contains("     fix: ulimit -n 512\n"))
    #expect(ended.output.hasSuffix("\nscenarios cannot be run here\n"))
  }

  @Test("without capabilities each that is lacking is no, and it says whether a user namespace gives it")
  func unprivileged() throws {
    let folder = try TestFolder()
    let ended = try TwoHostProgram.runUnprivileged(["doctor"], in: folder.path)
    for name in ["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_RAW"] {
      #expect(Self.word(of: name, in: ended) == "no", "\(ended.output)")
    }
    let namespace = try #require(Self.word(of: "a user namespace", in: ended), "\(ended.output)")
    #expect(ended.status == (namespace == "ok" ? 0 : 3), "\(ended.output)")
    #expect(Self.word(of: "a veth pair", in: ended) == (namespace == "ok" ? "ok" : nil))
  }

  /// Ways to begin a program where it lacks something, and what the one fix there begins with; nil where nothing is lacking.
  private static let surroundings: [(name: String, command: String, fix: String?)] = [
    ("root of a user namespace in the machine's network", "exec unshare -Ur \"$@\"", nil),
    ("root of a user namespace with a network", "exec unshare -Urn \"$@\"", nil),
    (
      "a user without an ID in its user namespace", "exec unshare -U \"$@\"",
      "give this user an ID in its user namespace"
    ),
    (
      "root without capabilities, as in a container with --cap-drop all",
      "exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"",
      "this root lacks capabilities: start the container with --cap-add SYS_ADMIN"
    ),
    // A limit of a namespace holds for those below it, so that the machine's own setting stays as it is.
    (
      "user namespaces are forbidden",
      "exec unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-sys_admin \"$@\"' sh \"$@\"",
      "as root: sysctl -w user.max_user_namespaces="
    ),
    (
      "no network namespace is left",
      "exec unshare -Ur sh -c 'echo 0 > /proc/sys/user/max_net_namespaces; exec \"$@\"' sh \"$@\"",
      "as root: sysctl -w user.max_net_namespaces="
    ),
    (
      "one network namespace is left, for the user namespace itself",
      "exec unshare -Ur sh -c 'echo 1 > /proc/sys/user/max_net_namespaces; exec \"$@\"' sh \"$@\"",
      "as root: sysctl -w user.max_net_namespaces="
    ),
    (
      "nothing is mounted at /proc",
      "exec unshare -m sh -c 'mount -t tmpfs none /proc; exec \"$@\"' sh \"$@\"",
      "mount it: mount -t proc proc /proc"
    ),
  ]

  @Test("it says the same as a run, with the same fix and no other", arguments: surroundings)
  func surrounded(name: String, command: String, fix: String?) throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "x.json5")
    func ended(_ words: String...) throws -> Ended {
      try Program.run(["sh", "-c", command, "sh", TwoHostProgram.path] + words, in: folder.path)
    }
    let (doctor, run) = (try ended("doctor"), try ended("run", "x.json5"))
    #expect(doctor.status == (fix == nil ? 0 : 3), "\(doctor)")
    #expect(run.status == doctor.status, "\(run)")
    // What is lacking for some scenarios is said beside.
    let sections = doctor.output.split(separator: "\n")
    let fixes = Set(
      zip(sections, sections.dropFirst()).filter { line, next in
        line.hasPrefix("no ") && next.contains("fix: ")
          && ["python3", "cc", "IPv4 settings", "confined to"].allSatisfy { !line.contains($0) }
      }.map { $0.1.trimmingCharacters(in: .whitespaces).dropFirst("fix: ".count) })
    guard let fix else {
      #expect(fixes.isEmpty, "\(doctor)")
      return
    }
    #expect(fixes.count == 1 && fixes.first?.hasPrefix(fix) == true, "\(doctor)")
    #expect(fixes.first.map { (run.output + run.errors).contains($0) } == true, "\(run)")
  }

  @Test("it takes no operand")
  func operand() throws {
    #expect(try TwoHostProgram.run("doctor", "x").status == 2)
  }
}
