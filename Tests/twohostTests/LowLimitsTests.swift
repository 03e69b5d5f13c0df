// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a run may have is little: it ends with a sentence and a status, and by no signal.
@Suite("Low limits")
struct LowLimitsTests {
  private func ended(under limit: String, _ arguments: String, in folder: TestFolder) throws -> Ended {
    let command = "ulimit \(limit); exec '\(TwoHostProgram.path)' \(arguments)"
    return try Program.run(["bash", "-c", command], in: folder.path)
  }

  private func folder() throws -> TestFolder {
    let folder = try TestFolder()
    let matrix = "matrix: { n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] }"
    try folder.write("{ \(matrix), exchange: ['a ${n}', 'b'] }", to: "plain.json5")
    let large = "{ pacing: 'burst', timeout: '1min', exchange: [{ payload: { size: 65000 }, repeat: 1500 }] }"
    try folder.write(large, to: "large.json5")
    let numbers = (0..<60_000).map(String.init).joined(separator: ",")
    try folder.write("{ matrix: { n: [\(numbers)] }, exchange: ['a ${n}'] }", to: "many.json5")
    return folder
  }

  @Test("many jobs do with few addresses", arguments: [200_000, 400_000])
  func addresses(kilobytes: Int) throws {
    let ended = try ended(under: "-v \(kilobytes)", "run plain.json5 --jobs 8 --repeat 8", in: folder())
    #expect(ended.status == 0 && ended.output.contains("128 passed"), "\(ended)")
  }

  @Test("a case that takes more memory than there is is not begun, and says how much it takes")
  func largeCase() throws {
    let ended = try ended(under: "-v 500000", "run large.json5", in: folder())
    #expect(ended.status == 5, "\(ended)")
    #expect(ended.output.contains("this case needs about 1120 MiB of memory, but only "))
  }

  @Test("where memory comes to its limit the program says so, whatever it does")
  func exhausted() throws {
    let folder = try folder()
    var statuses: Set<Int32> = []
    for kilobytes in stride(from: 20_000, through: 140_000, by: 5_000) {
      let limit = "-v \(kilobytes)"
      // Of less than it is large itself the kernel says what it likes.
      guard try self.ended(under: limit, "check /dev/null", in: folder).status == 2 else { continue }
      let ended = try ended(under: limit, "check many.json5", in: folder)
      statuses.insert(ended.status)
      if ended.status == 0 { break }
      #expect(ended.status == 5 && ended.errors.contains("memory is limited here"), "\(kilobytes): \(ended)")
    }
    #expect(statuses == [0, 5])
  }

  @Test("a host that needs more sockets than there may be says how many, and what to do")
  func sockets() throws {
    let folder = try TestFolder()
    let messages = (1024..<1324).map { "{ udp: { destinationPort: \($0) } }" }.joined(separator: ",")
    try folder.write("{ timeout: '1min', exchange: [\(messages)] }", to: "ports.json5")
    let few = try ended(under: "-n 200", "run ports.json5 --capture none", in: folder)
    #expect(
      few.status == 5 && few.output.contains("the receiver needs 300 sockets, one per port or protocol"))
    #expect(few.output.contains("ulimit -n"), "\(few)")
    #expect(try ended(under: "-n 400", "run ports.json5 --capture none", in: folder).status == 0)
  }

  /// Runs in a control group of its own with so much memory; nil where none can be made.
  private func ended(within kilobytes: Int, _ arguments: String, in folder: TestFolder) throws -> Ended? {
    let make = """
      for root in /sys/fs/cgroup/memory /sys/fs/cgroup; do
        group=$root/twohost-test-$$
        mkdir $group 2>/dev/null || continue
        for limit in $group/memory.limit_in_bytes $group/memory.max; do
          [ -e $limit ] && echo $((\(kilobytes) * 1024)) 2>/dev/null > $limit && break 2
        done
        rmdir $group
        group=
      done
      [ -n "$group" ] || exit 99
      (echo $BASHPID > $group/cgroup.procs && exec '\(TwoHostProgram.path)' \(arguments))
      status=$?
      for try in 1 2 3 4 5 6 7 8 9 10; do rmdir $group 2>/dev/null && break; sleep 0.1; done
      exit $status
      """
    let ended = try Program.run(["bash", "-c", make], in: folder.path)
    return ended.status == 99 ? nil : ended
  }

  @Test("a control group that is too small for the jobs is told of before anything is run")
  func smallGroup() throws {
    guard let ended = try ended(within: 5000, "run plain.json5 --jobs 8 --capture none", in: folder()) else {
      return
    }
    #expect(ended.status == 5 && ended.errors.contains("a run of 8 jobs needs at least 7680 KiB"), "\(ended)")
  }

  @Test("where memory ends for programs the kernel ends them, and the run says so", arguments: [1, 4])
  func programsInSmallGroup(jobs: Int) throws {
    let folder = try folder()
    let matrix = "matrix: { n: [1, 2, 3, 4] }"
    try folder.write(
      "{ \(matrix), sender: { run: ['python3', 'sender.py', '${n}'] }, exchange: ['a ${n}'], timeout: '20s' }",
      to: "program.json5")
    try folder.write(
      """
      import socket, sys
      much = bytearray(64 << 20)
      socket.socket(socket.AF_INET, socket.SOCK_RAW, 253).sendto(b"a " + sys.argv[1].encode(), ("1.1.1.1", 0))
      """, to: "sender.py")
    let arguments = "run program.json5 --jobs \(jobs) --capture none"
    guard let little = try ended(within: 30_000, arguments, in: folder) else { return }
    #expect(little.status == 5, "\(little)")
    #expect(little.output.contains("memory ran out while this case ran"), "\(little)")
    #expect(!little.output.contains("FAIL"), "\(little)")
    let enough = try ended(within: 600_000, arguments, in: folder)
    #expect(enough?.status == 0 && enough?.output.contains("4 passed") == true, "\(enough as Any)")
  }

  @Test("few descriptors are told of", arguments: [8, 16, 32])
  func descriptors(count: Int) throws {
    let ended = try ended(under: "-n \(count)", "run plain.json5 --jobs 8 --capture none", in: folder())
    #expect(ended.status == 5 && ended.output.contains("Too many open files (EMFILE)"), "\(ended)")
  }

  @Test("where there is little room for calls the threads have theirs, and the first says where it has none")
  func stack() throws {
    let folder = try folder()
    var statuses: Set<Int32> = []
    for kilobytes in [48, 64, 96, 128, 192, 256] {
      let ended = try ended(under: "-s \(kilobytes)", "run plain.json5 --jobs 8 --capture none", in: folder)
      statuses.insert(ended.status)
      let isTold = ended.status == 5 && ended.errors.contains("memory is limited here")
      #expect(ended.status == 0 || isTold, "\(kilobytes): \(ended)")
    }
    #expect(statuses.contains(0))
  }
}
