// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("The program where others are")
struct ReleasedProgramTests {
  @Test("a user whom no file knows can run programs")
  func unknownUser() throws {
    let folder = try TestFolder()
    try folder.write(
      #"{ sender: { run: ["true"] }, exchange: [{ expect: { sent: false } }] }"#, to: "x.json5")
    let ended = try TwoHostProgram.run(
      "run", "x.json5", in: folder.path, environment: ["SUDO_UID": "4242", "SUDO_GID": "4242"])
    #expect(ended.status == 0, "\(ended)")
  }

  @Test("a release has everything, and is the same when it is made again")
  func release() throws {
    let folder = try TestFolder()
    let script = TwoHostProgram.checkout + "/ci/release"
    let environment = ["SOURCE_DATE_EPOCH": "1767225600", "TWOHOST_PROGRAM": TwoHostProgram.path]
    for name in ["one", "two"] {
      let ended = try Program.run([script, "\(folder.path)/\(name)"], environment: environment)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(
        try Program.run(["sh", "-c", "sha256sum -c --strict SHA256SUMS"], in: "\(folder.path)/\(name)").status
          == 0)
    }
    #expect(try Program.run(["diff", "-r", "one", "two"], in: folder.path).status == 0)

    let unpacked = try Program.run(
      ["sh", "-c", "tar -xzvf one/*.tar.gz --strip-components=1"], in: folder.path)
    let names = unpacked.output.split(separator: "\n").map {
      $0.split(separator: "/").dropFirst().joined(separator: "/")
    }
    for name in [
      "bin/twohost", "LICENSE", "README.md", "share/man/man1/twohost.1",
      "share/bash-completion/completions/twohost", "share/zsh/site-functions/_twohost",
      "share/fish/vendor_completions.d/twohost.fish",
    ] { #expect(names.contains(name), "\(names)") }
    #expect(names == names.sorted())
    // The package has the same program, under /usr alone.
    let package = try Program.run(
      [
        "sh", "-c",
        "dpkg-deb -x one/*.deb package && find package -type f && cmp bin/twohost package/usr/bin/twohost",
      ],
      in: folder.path)
    let packed = package.output.split(separator: "\n")
    #expect(package.status == 0 && packed.contains("package/usr/share/doc/twohost/copyright"), "\(package)")
    #expect(packed.allSatisfy { $0.hasPrefix("package/usr/") })
    #expect(try Program.run(["cmp", TwoHostProgram.path, "bin/twohost"], in: folder.path).status == 0)
  }

  @Test("the licence is the text that it names")
  func licence() throws {
    // As https://www.apache.org/licenses/LICENSE-2.0.txt has it.
    let sum = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30  LICENSE\n"
    #expect(try Program.run(["sha256sum", "LICENSE"], in: TwoHostProgram.checkout).output == sum)
  }

  @Test("the released program runs where there is nothing else but /proc")
  func alone() throws {
    // What is built beside the tests needs the machine's libraries.
    try #require(
      ProcessInfo.processInfo.environment["TWOHOST_PROGRAM"] != nil,
      "TWOHOST_PROGRAM names the released program, as in ci/kernel: TWOHOST_PROGRAM=$(ci/build) swift test")
    let folder = try TestFolder()
    try folder.copy(TwoHostProgram.path, to: "bin/twohost")
    try folder.write(#"{ exchange: ["x"] }"#, to: "x.json5")
    let command = "mkdir proc && mount -t proc proc proc && exec chroot . /bin/twohost run x.json5"
    let ended = try Program.run(["unshare", "-m", "sh", "-c", command], in: folder.path)
    #expect(ended.status == 0, "\(ended)")
  }
}
