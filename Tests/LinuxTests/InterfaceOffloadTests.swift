// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@Suite("What a kernel leaves to the card")
struct InterfaceOffloadTests {
  @Test("it can be turned off on a veth, again too, and on no interface that is not there")
  func turnedOff() throws {
    let cable = try TestCable()
    for _ in 0..<2 {
      try cable.near.enter { () throws(SystemError) in try InterfaceOffload.turnOff(on: "eth0") }
    }
    do throws(SystemError) {
      try cable.near.enter { () throws(SystemError) in try InterfaceOffload.turnOff(on: "eth9") }
      Issue.record("there is no eth9")
    } catch {
      #expect(error.errno.name == "ENODEV")
    }
  }
}
