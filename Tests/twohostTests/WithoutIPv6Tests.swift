// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// A machine whose kernel was started without IPv6 (`ipv6.disable=1`): it gives nobody a socket of that family.
@Suite("Without IPv6, as root")
struct WithoutIPv6Tests {
  /// Has the kernel refuse sockets of IPv6 to this process and all that it starts (seccomp(2)), and runs a program.
  private static let refusing = """
    import ctypes, os, platform, struct, sys
    libc = ctypes.CDLL(None, use_errno=True)
    instruction = lambda code, jt, jf, k: struct.pack("HBBI", code, jt, jf, k)
    number = {"x86_64": 41, "aarch64": 198}[platform.machine()]
    # The number of socket, and the low half of its first argument, which is the family; 97 is EAFNOSUPPORT.
    filter = b"".join([
      instruction(0x20, 0, 0, 0), instruction(0x15, 0, 3, number), instruction(0x20, 0, 0, 16),
      instruction(0x15, 0, 1, 10), instruction(0x06, 0, 0, 0x00050000 | 97), instruction(0x06, 0, 0, 0x7fff0000)])
    room = ctypes.create_string_buffer(filter)
    class Program(ctypes.Structure):
      _fields_ = [("count", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
    program = Program(len(filter) // 8, ctypes.addressof(room))
    libc.prctl(38, 1, 0, 0, 0)
    if libc.prctl(22, 2, ctypes.byref(program), 0, 0) != 0: sys.exit(77)
    os.execv(sys.argv[1], sys.argv[1:])
    """

  @Test("what goes over IPv6 cannot run there, which is said of it alone, and all else is judged")
  func cases() throws {
    let folder = try TestFolder()
    try folder.write("{ version: 6, exchange: ['six'] }", to: "s/a.json5")
    try folder.write("{ exchange: ['four'] }", to: "s/b.json5")
    try folder.write(
      "{ version: '${v}', matrix: { v: [4, 6] }, exchange: ['either'] }", to: "s/c.json5")
    let ended = try Program.run(
      ["python3", "-c", Self.refusing, TwoHostProgram.path, "run", "s"], in: folder.path)
    #expect(ended.status == 3, "\(ended)")
    #expect(ended.output.contains("this scenario goes over IPv6, which this kernel does not have"))
    #expect(ended.output.contains("2 passed, 0 failed, 2 not judged"), "\(ended.output)")
  }

  @Test("a lab has the addresses of IPv4 there")
  func lab() throws {
    let lab = try Program(["python3", "-c", Self.refusing, TwoHostProgram.path, "lab"])
    try lab.await("the lab") { lab.output.contains("Ctrl-C ends the lab") }
    kill(lab.process.processIdentifier, SIGINT)
    let ended = try lab.awaitEnd()
    #expect(ended.status == 0 && ended.output.contains("1.1.1.100/24   "), "\(ended)")
  }
}
