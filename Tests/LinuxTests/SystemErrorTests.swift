// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

@Suite("system errors")
struct SystemErrorTests {
  @Test("an error says its sentence and its name, as errno(3) and strerror(3) have them")
  func text() {
    #expect(Errno.notPermitted.description == "Operation not permitted (EPERM)")
    #expect(Errno(rawValue: 90).description == "Message too long (EMSGSIZE)")
    #expect(Errno.timedOut.name == "ETIMEDOUT")
  }

  @Test("a number that no error has is named by itself")
  func unknown() {
    #expect(Errno(rawValue: 4095).name == "errno 4095")
    #expect(Errno(rawValue: -1).name == "errno -1")
    #expect(Errno(rawValue: .min).description.hasSuffix("(errno -2147483648)"))
  }

  @Test("a failed call names itself, and what is known beside it comes last")
  func description() {
    let plain = SystemError("unshare(CLONE_NEWNET)", .notPermitted)
    #expect(plain.description == "unshare(CLONE_NEWNET): Operation not permitted (EPERM)")
    let detailed = SystemError("bind", .notPermitted, detail: "why")
    #expect(detailed.description == "bind: Operation not permitted (EPERM): why")
  }

  @Test("a call that a signal interrupts is made again, until it answers")
  func interrupted() throws {
    var calls = 0
    let result = try systemCall("read") {
      calls += 1
      errno = EINTR
      return calls < 4 ? -1 : 7
    }
    #expect(result == 7 && calls == 4)
  }

  @Test("any other error is thrown at once")
  func failed() {
    var calls = 0
    #expect(throws: SystemError("read", .badMessage)) {
      try systemCall("read") {
        calls += 1
        errno = EBADMSG
        return -1
      }
    }
    #expect(calls == 1)
  }
}
