// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenario

@Suite struct CopiedOnWriteTests {
  @Test("a copy of a scenario that is changed changes no other")
  func copies() {
    let scenario = Scenario(file: SourceFile(path: "case.json5", bytes: []))
    var copy = scenario
    copy.network.mtu = 9000
    copy.expect.unexpected = .ignore
    #expect(scenario.network.mtu == 1500 && scenario.expect.unexpected == .fail)
    #expect(copy.network.mtu == 9000 && copy.expect.unexpected == .ignore)
  }
}
