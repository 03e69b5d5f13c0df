// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

/// The file that a number of this process stands for, by device and inode; nil when it stands for none.
private func identity(of number: Int32) -> [UInt]? {
  var status = stat()
  return fstat(number, &status) == 0 ? [status.st_dev, status.st_ino] : nil
}

@Suite("descriptors")
struct DescriptorTests {
  /// An open descriptor of a pipe, which no other part of the process has.
  private func pipeEnds() throws -> (Int32, Int32) {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  @Test("a descriptor is open while its owner lives, and closed when it goes")
  func closes() throws {
    let (reader, writer) = try pipeEnds()
    let pipe = try #require(identity(of: reader))
    do {
      let owner = Descriptor(owning: reader)
      #expect(identity(of: owner.rawValue) == pipe)
    }
    #expect(identity(of: reader) != pipe)
    close(writer)
  }

  @Test("a descriptor that was handed over stays open")
  func releases() throws {
    let (reader, writer) = try pipeEnds()
    let pipe = try #require(identity(of: reader))
    let number = Descriptor(owning: reader).release()
    #expect(number == reader && identity(of: reader) == pipe)
    close(reader)
    close(writer)
  }

  @Test("a file that is not there is an error that names the call")
  func missing() throws {
    let error = #expect(throws: SystemError.self) { try Descriptor.open("/nowhere", O_RDONLY).release() }
    #expect(error?.description == "open(/nowhere): No such file or directory (ENOENT)")
  }

  @Test("what is opened does not outlive an exec")
  func closesOnExec() throws {
    let file = try Descriptor.open("/dev/null", O_RDONLY)
    #expect(fcntl(file.rawValue, F_GETFD) & FD_CLOEXEC != 0)
  }
}
