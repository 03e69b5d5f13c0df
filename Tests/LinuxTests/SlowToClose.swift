// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Testing

/// A socket whose close(2) waits until somebody lets it go on: what was sent on it has not been taken, and it lingers
/// for that (`SO_LINGER`, socket(7)).
///
/// Only for a process that nobody forks: whoever closes the last copy of it waits, be it the kernel at an execve(2).
final class SlowToClose {
  /// The socket; whoever is given it closes it.
  let descriptor: Int32
  private let listener: Int32
  private var isListening = true

  private static let seconds: Int32 = 10

  init() throws {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let (listener, descriptor) = (socket(AF_INET, kind, 0), socket(AF_INET, kind, 0))
    (self.listener, self.descriptor) = (listener, descriptor)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 1) == 0
          && getsockname(listener, address, &length) == 0 && connect(descriptor, address, length) == 0
      }
    }
    try #require(isConnected)
    // More than both ends have room for, so that some of it cannot be sent: nobody ever reads it.
    let bytes = [UInt8](repeating: 0, count: 1 << 20)
    while send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 {}
    try #require(errno == EAGAIN)
    var linger = Glibc.linger(l_onoff: 1, l_linger: Self.seconds)
    let size = socklen_t(MemoryLayout<Glibc.linger>.size)
    try #require(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, size) == 0)
  }

  /// Lets close(2) go on: the other end goes, and with it all that there is to wait for.
  func letGo() {
    guard isListening else { return }
    isListening = false
    close(listener)
  }

  deinit { letGo() }
}

/// The threads of this process that somebody has given a name, which those that they start inherit (pthreads(7)).
struct NamedThreads {
  let name: String

  /// The states of those that there are now, `S` of one that waits (proc_pid_stat(5)).
  var states: [Character] {
    var states: [Character] = []
    guard let folder = opendir("/proc/self/task") else { return [] }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let number = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let text =
        contents(of: "/proc/self/task/\(number)/stat").map { String(decoding: $0, as: UTF8.self) } ?? ""
      guard text.contains("(\(name))"), let state = text.split(separator: ") ").last?.first else { continue }
      states.append(state)
    }
    return states
  }

  /// Lets a body start threads that have the name, and takes it from the calling thread again.
  func start<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = contents(of: Self.ownName) ?? []
    Self.rename(Array(name.utf8))
    defer { Self.rename(before) }
    return try body()
  }

  private static let ownName = "/proc/thread-self/comm"

  private static func rename(_ name: [UInt8]) {
    let file = open(ownName, O_WRONLY | O_CLOEXEC)
    defer { close(file) }
    #expect(write(file, name, name.count) == name.count)
  }
}
