// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A file, pipe or standard input that is read once from its beginning to its end, unpacked where it is packed.
public final class InputFile {
  /// What standard input is called.
  public static let standardInput = "-"
  private static let pieceLength = 65_536

  private let descriptor: Descriptor
  /// What has been read to see whether it is packed.
  private var beginning: [UInt8]?
  private var unpacker: Unpacker?
  /// Why nothing more can be read, or nil where all was read.
  public private(set) var failure: String?

  /// Opens a file, or standard input by the name "-".
  ///
  /// - Throws: the error of open(2).
  public init(_ path: String) throws(SystemError) {
    descriptor =
      path == Self.standardInput
      ? Descriptor(owning: try systemCall("dup") { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) })
      : try Descriptor.open(path, O_RDONLY)
  }

  /// The next bytes, as many as are there; none at the end, and where there is a `failure`.
  public func read() -> [UInt8] {
    if beginning == nil { begin() }
    if let unpacker {
      let piece = piece(of: unpacker.output.rawValue)
      if piece.isEmpty, failure == nil { failure = unpacker.end() }
      return piece
    }
    if let first = beginning, !first.isEmpty {
      beginning = []
      return first
    }
    return piece(of: descriptor.rawValue)
  }

  private func begin() {
    var first: [UInt8] = []
    while first.count < Packing.longestMagic {
      let piece = piece(of: descriptor.rawValue)
      if piece.isEmpty { break }
      first += piece
    }
    beginning = first
    guard failure == nil, let packing = Packing(first) else { return }
    do throws(SystemError) {
      unpacker = try Unpacker(packing, first, rest: descriptor.rawValue)
    } catch {
      beginning = []
      failure =
        error.errno == .noEntry
        ? "this is compressed with \(packing.rawValue), which is not installed here"
        : "\(packing.rawValue): \(error)"
    }
  }

  private func piece(of number: Int32) -> [UInt8] {
    guard failure == nil else { return [] }
    do throws(SystemError) {
      return try Self.piece(of: number)
    } catch {
      failure = error.errno.message
      return []
    }
  }

  /// What one read(2) gives.
  fileprivate static func piece(of number: Int32) throws(SystemError) -> [UInt8] {
    var problem: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: pieceLength) { buffer, count in
      do throws(SystemError) {
        count = try systemCall("read") { Glibc.read(number, buffer.baseAddress, buffer.count) }
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    return bytes
  }
}

/// How a file may be packed, by the program that unpacks it with `-dc`.
private enum Packing: String, CaseIterable {
  case gzip
  case bzip2
  case xz
  case zstd

  static let longestMagic = allCases.map(\.magic.count).max() ?? 0

  init?(_ bytes: [UInt8]) {
    guard let packing = Self.allCases.first(where: { bytes.starts(with: $0.magic) }) else { return nil }
    self = packing
  }

  /// What a file begins with (RFC 1952, bzip2(1), the .xz file format, RFC 8878).
  private var magic: [UInt8] {
    switch self {
    case .gzip: [0x1F, 0x8B]
    case .bzip2: [UInt8]("BZh".utf8)
    case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
    case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
    }
  }
}

/// A program that unpacks what a thread gives it.
private final class Unpacker {
  private let program: String
  private var process: pid_t = 0
  /// Where it writes what it unpacked.
  let output: Descriptor

  /// Starts it on the bytes that were read, and what comes behind them from a descriptor.
  init(_ packing: Packing, _ first: [UInt8], rest: Int32) throws(SystemError) {
    program = packing.rawValue
    let input = try Pipe()
    let output = try Pipe()
    process = try Self.spawn([program, "-dc"], input: input.read.rawValue, output: output.write.rawValue)
    self.output = output.takeRead()
    let source = try systemCall("dup") { fcntl(rest, F_DUPFD_CLOEXEC, 0) }
    let target = input.takeWrite().release()
    try Thread.start { Self.copy(first, from: source, to: target) }
  }

  deinit {
    guard process > 0 else { return }
    kill(process, SIGKILL)
    _ = end()
  }

  /// Waits until it has ended; what went wrong, or nil.
  func end() -> String? {
    guard process > 0 else { return nil }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    process = 0
    return status == 0 ? nil : "\(program) could not decompress all of it"
  }

  private static func spawn(_ words: [String], input: Int32, output: Int32) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    var arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process: pid_t = 0
    let error = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
    guard error == 0 else { throw SystemError("posix_spawnp", Errno(rawValue: error)) }
    return process
  }

  /// Writes all there is; a reader that has gone ends it, since SIGPIPE is ignored.
  private static func copy(_ first: [UInt8], from source: Int32, to target: Int32) {
    let source = Descriptor(owning: source)
    let target = Descriptor(owning: target)
    var piece = first[...]
    while !piece.isEmpty {
      let count = piece.withUnsafeBytes { bytes in
        try? systemCall("write") { write(target.rawValue, bytes.baseAddress, bytes.count) }
      }
      guard let count else { return }
      piece = piece.dropFirst(count)
      if piece.isEmpty { piece = ((try? InputFile.piece(of: source.rawValue)) ?? [])[...] }
    }
  }
}

/// Both ends of a pipe (pipe2(2)).
private struct Pipe: ~Copyable {
  let read: Descriptor
  let write: Descriptor

  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    try systemCall("pipe2") { clinux_pipe(&ends) }
    read = Descriptor(owning: ends[0])
    write = Descriptor(owning: ends[1])
  }

  /// The end to read from; the other is closed.
  consuming func takeRead() -> Descriptor { read }

  /// The end to write to; the other is closed.
  consuming func takeWrite() -> Descriptor { write }
}
