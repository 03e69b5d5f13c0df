// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file descriptor with one owner, closed when the owner lets go of it.
public struct Descriptor: ~Copyable, Sendable {
  /// The number that system calls take; valid for as long as this value lives.
  public let rawValue: Int32

  /// Takes ownership of an open descriptor.
  public init(owning rawValue: Int32) {
    self.rawValue = rawValue
  }

  deinit {
    // A close is never repeated: Linux has released the number even when it reports EINTR (close(2)).
    close(rawValue)
  }

  /// Hands the number to somebody who will close it.
  consuming func release() -> Int32 {
    let number = rawValue
    discard self
    return number
  }

  /// The number that tells a socket from all others of the machine, and a file from those of its file system.
  ///
  /// - Throws: the error of fstat(2).
  func inode() throws(SystemError) -> UInt64 {
    var status = stat()
    try systemCall("fstat") { fstat(rawValue, &status) }
    return UInt64(status.st_ino)
  }

  /// Opens a file (open(2)).
  ///
  /// - Throws: the error of open(2).
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) -> Descriptor {
    let call = { Glibc.open(path, flags | O_CLOEXEC, mode) }
    return Descriptor(owning: try systemCall("open(\(path))", call))
  }

  /// Opens a socket in the calling thread's network namespace, where it stays (socket(2)).
  ///
  /// - Throws: the error of socket(2).
  static func socket(
    _ name: String, family: Int32, type: Int32, protocol number: Int32
  ) throws(SystemError) -> Descriptor {
    let call = { Glibc.socket(family, type | Int32(SOCK_CLOEXEC.rawValue), number) }
    return Descriptor(owning: try systemCall("socket(\(name))", call))
  }

  /// Sets an option of a socket to a plain value (setsockopt(2)).
  ///
  /// - Throws: the error of setsockopt(2).
  func setOption<Value: BitwiseCopyable>(
    _ name: String, level: Int32, _ option: Int32, to value: Value
  ) throws(SystemError) {
    try Self.setOption(of: rawValue, name, level: level, option, to: value)
  }

  /// Sets an option of a socket by its number.
  ///
  /// - Throws: the error of setsockopt(2).
  static func setOption<Value: BitwiseCopyable>(
    of number: Int32, _ name: String, level: Int32, _ option: Int32, to value: Value
  ) throws(SystemError) {
    try withUnsafeBytes(of: value) { bytes throws(SystemError) in
      _ = try systemCall("setsockopt(\(name))") {
        setsockopt(number, level, option, bytes.baseAddress, socklen_t(bytes.count))
      }
    }
  }

  /// What an option of a socket is, at the level of all sockets or another (getsockopt(2)).
  ///
  /// - Throws: the error of getsockopt(2).
  func option<Value: BitwiseCopyable>(
    _ name: String, level: Int32 = SOL_SOCKET, _ option: Int32, _ empty: Value
  ) throws(SystemError) -> Value {
    var value = empty
    var length = socklen_t(MemoryLayout<Value>.size)
    try systemCall("getsockopt(\(name))") { getsockopt(rawValue, level, option, &value, &length) }
    return value
  }

  /// Binds a socket to an address structure (bind(2)).
  ///
  /// - Throws: the error of bind(2).
  func bind<Address: BitwiseCopyable>(to address: Address, _ name: String) throws(SystemError) {
    try withSocketAddress(of: address) { pointer, length throws(SystemError) in
      _ = try systemCall("bind(\(name))") { Glibc.bind(rawValue, pointer, length) }
    }
  }
}

/// Lends an address structure to calls that take the general `sockaddr`.
func withSocketAddress<Address: BitwiseCopyable, Result>(
  of address: Address,
  _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Result
) throws(SystemError) -> Result {
  try withUnsafePointer(to: address) { pointer throws(SystemError) in
    let length = socklen_t(MemoryLayout<Address>.size)
    let general = UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
    return try body(general, length)
  }
}
