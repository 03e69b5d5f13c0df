// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A socket between processes of this machine that passes whole messages, found by an abstract name: it is gone with
/// whoever has it open (unix(7)).
public struct LocalSocket: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// The number to wait on.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  private init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// Opens one among the names of the calling thread's network namespace.
  ///
  /// - Throws: the errors of socket(2).
  public init() throws(SystemError) {
    descriptor = try Descriptor.socket(
      "AF_UNIX", family: AF_UNIX, type: Int32(SOCK_SEQPACKET.rawValue | SOCK_NONBLOCK.rawValue), protocol: 0)
  }

  /// Lets others connect to it by a name of at most 100 bytes.
  ///
  /// - Throws: `EADDRINUSE` where somebody has the name, and the other errors of bind(2) and listen(2).
  public func listen(as name: String) throws(SystemError) {
    try descriptor.bind(to: Self.structure(name), name)
    try systemCall("listen(\(name))") { Glibc.listen(descriptor.rawValue, 16) }
  }

  /// Connects to the one of a name.
  ///
  /// - Throws: `ECONNREFUSED` where nobody has it, and the other errors of connect(2).
  public func connect(to name: String) throws(SystemError) {
    try withSocketAddress(of: Self.structure(name)) { pointer, length throws(SystemError) in
      _ = try systemCall("connect(\(name))") { Glibc.connect(descriptor.rawValue, pointer, length) }
    }
  }

  /// Takes the next that has connected; nil where nobody has.
  ///
  /// - Throws: the errors of accept4(2).
  public func accept() throws(SystemError) -> LocalSocket? {
    do throws(SystemError) {
      let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
      let number = try systemCall("accept4") { clinux_accept4(descriptor.rawValue, flags) }
      return LocalSocket(Descriptor(owning: number))
    } catch  where error.errno == .wouldBlock {
      return nil
    }
  }

  /// The process at the other end, where it is this user's; nil where it is another's (`SO_PEERCRED`).
  ///
  /// - Throws: the errors of getsockopt(2).
  public func ownPeer() throws(SystemError) -> Int32? {
    let peer = try descriptor.option("SO_PEERCRED", SO_PEERCRED, Credentials())
    return peer.user == geteuid() ? peer.process : nil
  }

  /// The kernel's `struct ucred` (unix(7)).
  private struct Credentials: BitwiseCopyable {
    var process: pid_t = 0
    var user: uid_t = 0
    var group: gid_t = 0
  }

  /// Sends a message.
  ///
  /// - Throws: the errors of send(2), `EPIPE` where nobody is there any more.
  public func send(_ text: String) throws(SystemError) {
    let bytes = Array(text.utf8)
    try systemCall("send") { Glibc.send(descriptor.rawValue, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
  }

  /// The next message, of which 256 bytes are taken; empty where nobody is there any more, nil where none has come.
  ///
  /// - Throws: the errors of recv(2).
  public func receive() throws(SystemError) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    do throws(SystemError) {
      let count = try systemCall("recv") { recv(descriptor.rawValue, &bytes, bytes.count, 0) }
      return String(decoding: bytes.prefix(count), as: UTF8.self)
    } catch  where error.errno == .wouldBlock {
      return nil
    }
  }

  /// The names of all in this network namespace that begin with a text (proc_net(5)).
  ///
  /// - Throws: the errors of open(2) and read(2).
  public static func names(beginningWith prefix: String) throws(SystemError) -> [String] {
    let lines = try ProcFile.text("/proc/net/unix").split(separator: "\n")
    let names = lines.compactMap { line in line.split(separator: "@", maxSplits: 1).dropFirst().first }
    return Set(names.map { String($0.prefix { $0 != "@" }) }).filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// A name behind a NUL, with NULs up to its end.
  private static func structure(_ name: String) -> sockaddr_un {
    var structure = sockaddr_un()
    structure.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &structure.sun_path) { path in
      for (place, byte) in name.utf8.prefix(path.count - 1).enumerated() { path[place + 1] = byte }
    }
    return structure
  }
}
