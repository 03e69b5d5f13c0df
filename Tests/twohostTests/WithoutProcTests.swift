// SPDX-License-Identifier: Apache-2.0

import Testing

/// A machine, or a container, where nothing is mounted at /proc.
@Suite("Without /proc")
struct WithoutProcTests {
  @Test("what needs no hosts works, and a run says what it lacks")
  func commands() throws {
    let folder = try TestFolder()
    try folder.write("{ exchange: ['x'] }", to: "s/x.json5")
    // The mount is one of a mount namespace of its own, and gone with it.
    let command = """
      mount -t tmpfs twohost-test /proc || exit 77
      '\(TwoHostProgram.path)' --version && '\(TwoHostProgram.path)' check s && '\(TwoHostProgram.path)' list s || exit 1
      '\(TwoHostProgram.path)' doctor; test $? = 3 || exit 2
      exec '\(TwoHostProgram.path)' run s
      """
    let ended = try Program.run(["unshare", "-m", "sh", "-c", command], in: folder.path)
    #expect(ended.status == 3, "\(ended)")
    for text in ["twohost ", "1 scenario file is valid\nx   x\n", "fix: mount it: mount -t proc proc /proc"] {
      #expect(ended.output.contains(text), "\(text)")
    }
    #expect(!ended.output.contains("CAP_"), "nobody can tell")
    #expect(ended.errors.contains("nothing is mounted at /proc, which a run needs\nfix: mount it"))
  }
}
