// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The number by which a system call says why it failed (errno(3)).
public struct Errno: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The number itself, as in `errno`.
  public let rawValue: Int32

  /// Makes one from the number in `errno`.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// The constant's name, `EPERM`, or `errno 4095` where the C library knows none (strerrorname_np(3)).
  public var name: String {
    clinux_errno_name(rawValue).map { String(cString: $0) } ?? "errno \(rawValue)"
  }

  /// The C library's sentence for it (strerror(3)).
  public var message: String {
    var buffer = [CChar](repeating: 0, count: 128)
    _ = strerror_r(rawValue, &buffer, buffer.count)
    let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The sentence and the name: `Operation not permitted (EPERM)`.
  public var description: String { "\(message) (\(name))" }

  /// Permission is lacking.
  public static let notPermitted = Errno(rawValue: EPERM)
  /// There is no such file or folder.
  public static let noEntry = Errno(rawValue: ENOENT)
  /// There is no such process.
  public static let noSuchProcess = Errno(rawValue: ESRCH)
  /// Access is denied.
  public static let accessDenied = Errno(rawValue: EACCES)
  /// There is nothing to read yet.
  public static let wouldBlock = Errno(rawValue: EAGAIN)
  /// The call was interrupted by a signal.
  public static let interrupted = Errno(rawValue: EINTR)
  /// Nobody reads the pipe.
  public static let brokenPipe = Errno(rawValue: EPIPE)
  /// The operation is not supported.
  public static let notSupported = Errno(rawValue: EOPNOTSUPP)
  /// The address family is not supported.
  public static let addressFamilyNotSupported = Errno(rawValue: EAFNOSUPPORT)
  /// The message is longer than its way out takes.
  public static let messageTooLong = Errno(rawValue: EMSGSIZE)
  /// The deadline passed.
  public static let timedOut = Errno(rawValue: ETIMEDOUT)
  /// The process has as many open files as it may.
  public static let tooManyFiles = Errno(rawValue: EMFILE)
  /// There is no room for more.
  public static let noBufferSpace = Errno(rawValue: ENOBUFS)
  /// The interface is down.
  public static let networkDown = Errno(rawValue: ENETDOWN)
  /// There is no such device.
  public static let noDevice = Errno(rawValue: ENODEV)
  /// There is no such device or address.
  public static let noSuchDeviceOrAddress = Errno(rawValue: ENXIO)
  /// It has begun, and goes on.
  public static let inProgress = Errno(rawValue: EINPROGRESS)
  /// It was given up on request.
  public static let canceled = Errno(rawValue: ECANCELED)
  /// A limit is reached, or the disk is full.
  public static let noSpaceLeft = Errno(rawValue: ENOSPC)
  /// The kernel does not know what it was asked for.
  public static let invalid = Errno(rawValue: EINVAL)
  /// The answer was not of the form that the protocol asks for.
  public static let badMessage = Errno(rawValue: EBADMSG)
}

/// A system call that failed: which, with what error, and what is known beside it.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The call as a reader of strace would name it: `socket(AF_PACKET)`.
  public let call: String
  /// The error that the kernel gave.
  public let errno: Errno
  /// What the kernel or the caller could add, such as netlink's extended acknowledgement.
  public let detail: String?

  /// Makes the error of a call.
  public init(_ call: String, _ errno: Errno, detail: String? = nil) {
    self.call = call
    self.errno = errno
    self.detail = detail
  }

  /// One line: `unshare(CLONE_NEWNET): Operation not permitted (EPERM)`.
  public var description: String {
    let line = "\(call): \(errno)"
    return detail.map { "\(line): \($0)" } ?? line
  }
}

/// Makes a system call, again for as long as a signal interrupts it.
///
/// - Throws: what `errno` says when the call answers with a negative number.
@discardableResult
func systemCall<Result: SignedInteger>(
  _ name: @autoclosure () -> String, _ body: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = body()
    if result >= 0 { return result }
    let error = Errno(rawValue: errno)
    guard error == .interrupted else { throw SystemError(name(), error) }
  }
}
