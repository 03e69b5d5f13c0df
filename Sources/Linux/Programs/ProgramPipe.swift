// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A pipe between this process and a program (pipe(7)): our end, which never blocks, and the program's.
struct ProgramPipe: ~Copyable {
  let ours: Descriptor
  let theirs: Descriptor

  /// Which way the bytes go.
  enum Direction {
    case toProgram
    case fromProgram
  }

  /// Makes a pipe.
  ///
  /// - Throws: the errors of pipe2(2) and fcntl(2).
  init(_ direction: Direction) throws(SystemError) {
    var ends: [Int32] = [0, 0]
    try systemCall("pipe2") { clinux_pipe(&ends) }
    let reading = Descriptor(owning: ends[0])
    let writing = Descriptor(owning: ends[1])
    let number = direction == .toProgram ? ends[1] : ends[0]
    try systemCall("fcntl(F_SETFL)") { fcntl(number, F_SETFL, O_NONBLOCK) }
    switch direction {
    case .toProgram:
      ours = writing
      theirs = reading
    case .fromProgram:
      ours = reading
      theirs = writing
    }
  }
}

extension ProgramPipe {
  /// Our end alone, with the program's closed on this side.
  consuming func takeOurs() -> Descriptor { ours }
}

extension Descriptor {
  /// What a read from a pipe that does not block can give.
  enum PipeContent {
    /// These bytes.
    case bytes([UInt8])
    /// Nothing yet.
    case nothingYet
    /// Nothing ever more: nobody has the other end any more.
    case end
  }

  /// Reads what is in a pipe, at most 64 KiB of it.
  ///
  /// - Throws: the errors of read(2).
  func readPipe() throws(SystemError) -> PipeContent {
    do throws(SystemError) {
      let bytes = try [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count throws(SystemError) in
        count = try systemCall("read") { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
      }
      return bytes.isEmpty ? .end : .bytes(bytes)
    } catch  where error.errno == .wouldBlock {
      return .nothingYet
    }
  }

  /// Writes to a pipe as much as it has room for.
  ///
  /// - Returns: how many bytes it took, or nil when nobody reads it any more.
  /// - Throws: the errors of write(2).
  func writePipe(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int? {
    do throws(SystemError) {
      return try systemCall("write") {
        bytes.withUnsafeBytes { clinux_write_without_signal(rawValue, $0.baseAddress, $0.count) }
      }
    } catch  where error.errno == .wouldBlock {
      return 0
    } catch  where error.errno == .brokenPipe {
      return nil
    }
  }
}
