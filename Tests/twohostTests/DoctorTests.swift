// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The doctor")
struct DoctorTests {
  private static let requirements = [
    "Linux 5.9 or newer", "/proc", "CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_RAW", "network namespaces",
    "a veth pair", "a packet socket", "a raw socket", "512 open files", "a program in a PID namespace",
    "programs kept to their files",
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

  @Test("where user namespaces are forbidden the setting is named, with the command that lifts it")
  func forbidden() throws {
    // A limit of a namespace holds for those below it, so that the machine's own setting stays as it is.
    let command = """
      echo 0 > /proc/sys/user/max_user_namespaces &&
      exec capsh --drop=cap_sys_admin -- -c "exec '\(TwoHostProgram.path)' doctor"
      """
    let ended = try Program.run(["unshare", "-Ur", "sh", "-c", command])
    #expect(
      !ended.errors.contains("unshare:"), "a namespace is needed in which to forbid them: \(ended.errors)")
    #expect(ended.status == 3, "\(ended.output) \(ended.errors)")
    #expect(Self.word(of: "a user namespace", in: ended) == "no")
    #expect(ended.output.contains("/proc/sys/user/max_user_namespaces is 0"))
    #expect(ended.output.contains("as root: sysctl -w user.max_user_namespaces="))
    #expect(ended.output.contains("sudo"))
  }

  @Test("it takes no operand")
  func operand() throws {
    #expect(try TwoHostProgram.run("doctor", "x").status == 2)
  }
}
