// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

@Suite("what is put aside for a report")
struct SpoolFileTests {
  @Test("it stands in the report in its place, has no name, and leaves nothing")
  func parts() throws {
    try withTemporaryFolder { folder in
      let report = "\(folder)/new/report"
      let spool = try SpoolFile(for: report)
      let long = [UInt8](repeating: 7, count: 200_000)
      try spool.append([2, 3])
      try spool.append(long)
      #expect(try names(in: "\(folder)/new").isEmpty)
      try ReportFile.write([.bytes([1]), .spooled(spool), .bytes([4])], to: report)
      #expect(contents(of: report) == [1, 2, 3] + long + [4])
      #expect(try names(in: "\(folder)/new") == ["report"])
    }
  }

  @Test("where a file system has no unnamed files, it loses its name at once")
  func named() throws {
    try withTemporaryFolder { folder in
      let place = try Descriptor.open(folder, O_DIRECTORY)
      let file = try SpoolFile.openNamed(in: place, "report")
      try file.writeAll([1, 2], to: "report")
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test("for a report that is no regular file it is where temporary files are")
  func stream() throws {
    let spool = try SpoolFile(for: "/dev/null")
    try spool.append([1])
    try ReportFile.write([.spooled(spool)], to: "/dev/null")
  }
}
