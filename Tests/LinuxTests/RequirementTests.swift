// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Linux

/// What is read and decided before anything is tried.
@Suite struct RequirementTests {
  @Test(
    "a kernel is new enough from 5.9 on, and one whose release nobody can read is let try",
    arguments: [
      ("5.8.18", false), ("4.19.0-27-amd64", false), ("5.9", true), ("5.10.0-1", true), ("6.18.44", true),
      ("10.0", true), ("unknown", true),
    ])
  func kernel(release: String, isMet: Bool) {
    #expect(Requirements.kernel(release: release).isMet == isMet)
  }

  @Test("the effective capabilities are read of the status file, and those that are lacking are named")
  func capabilities() {
    let all = EffectiveCapabilities(status: "Name:\tx\nCapPrm:\t0\nCapEff:\t000001ffffffffff\n")
    #expect(all?.lacking == [])
    let none = EffectiveCapabilities(status: "CapEff:\t0000000000000000\n")
    #expect(none?.lacking == ["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_RAW"])
    let docker = EffectiveCapabilities(status: "CapEff:\t00000000a80425fb\n")
    #expect(docker?.lacking == ["CAP_SYS_ADMIN", "CAP_NET_ADMIN"])
    #expect(EffectiveCapabilities(status: "Name:\tx\n") == nil)
    #expect(EffectiveCapabilities(status: "CapEff:\tzz\n") == nil)
  }

  @Test("a setting forbids user namespaces by 0, and AppArmor's by anything else")
  func settings() {
    #expect(UserNamespaceSetting.mostUserNamespaces.forbids(0))
    #expect(!UserNamespaceSetting.mostUserNamespaces.forbids(15_000))
    #expect(UserNamespaceSetting.unprivilegedClone.forbids(0))
    #expect(!UserNamespaceSetting.appArmorRestriction.forbids(0))
    #expect(UserNamespaceSetting.appArmorRestriction.forbids(1))
    #expect(
      UserNamespaceSetting.appArmorRestriction.remedy
        == "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")
  }
}
