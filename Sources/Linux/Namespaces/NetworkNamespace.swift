// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// An anonymous network namespace, held by a descriptor alone (network_namespaces(7)).
///
/// It has no name and no mount: when the last descriptor and socket are closed, the end of the process
/// included, the kernel takes it down with everything in it.
public struct NetworkNamespace: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// The number by which netlink names this namespace as a place for a link (`IFLA_NET_NS_FD`).
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// Makes a new namespace; the calling thread is back in its own when this returns.
  ///
  /// The thread is in the namespace when that is made: what `open` opens there costs no way in and back of its own.
  ///
  /// - Throws: `EPERM` without CAP_SYS_ADMIN, the other errors of unshare(2), and what `open` throws.
  public init(_ open: () throws(SystemError) -> Void = {}) throws(SystemError) {
    let home = try Home.ofThisProcess.get()
    try systemCall("unshare(CLONE_NEWNET)") { clinux_unshare(clinux_CLONE_NEWNET) }
    // No error is thrown on before the thread is home.
    let opened = Result<Int32, SystemError> { () throws(SystemError) in
      let current = try Home.current()
      try open()
      return current.release()
    }
    home.goBack()
    descriptor = Descriptor(owning: try opened.get())
  }

  /// Holds a namespace that another value holds too.
  ///
  /// - Throws: the error of fcntl(2).
  public init(copying other: borrowing NetworkNamespace) throws(SystemError) {
    let number = other.rawDescriptor
    descriptor = Descriptor(
      owning: try systemCall("fcntl(F_DUPFD_CLOEXEC)") { fcntl(number, F_DUPFD_CLOEXEC, 0) })
  }

  /// Runs a body with the calling thread in this namespace, and brings the thread back.
  ///
  /// For opening sockets only: they stay in the namespace of their opener for good. The body must not wait
  /// or call asynchronous code, since the namespace is the thread's.
  ///
  /// - Throws: the error of setns(2), or what the body throws.
  public func enter<Value: ~Copyable>(
    _ body: () throws(SystemError) -> Value
  ) throws(SystemError) -> Value {
    let home = try Home.ofThisProcess.get()
    try systemCall("setns(CLONE_NEWNET)") { clinux_setns(descriptor.rawValue, clinux_CLONE_NEWNET) }
    defer { home.goBack() }
    return try body()
  }
}

/// The network namespace that all threads of this process live in, and come back to.
private final class Home: Sendable {
  private let descriptor: Descriptor

  /// Found once: no thread ever stays anywhere else.
  static let ofThisProcess = Result<Home, SystemError> { () throws(SystemError) in try Home() }

  private init() throws(SystemError) {
    let home = try Self.current()
    // In a user namespace that does not own the home network a thread may leave it, but not come back.
    try systemCall("setns(CLONE_NEWNET)") { clinux_setns(home.rawValue, clinux_CLONE_NEWNET) }
    descriptor = home
  }

  /// The namespace that the calling thread is in.
  static func current() throws(SystemError) -> Descriptor {
    try Descriptor.open("/proc/thread-self/ns/net", O_RDONLY)
  }

  /// A thread that cannot get home would do the next work in a test host: nothing could be trusted then.
  func goBack() {
    guard clinux_setns(descriptor.rawValue, clinux_CLONE_NEWNET) == 0 else {
      fatalError("setns: cannot return to the namespace this thread came from: \(Errno(rawValue: errno))")
    }
  }
}
