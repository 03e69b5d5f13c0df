// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

/// The settings of a namespace that it copied from the machine. Each test has namespaces of its own and writes to no
/// other.
@Suite(
  "settings that a new namespace copies, as root",
  .enabled("a container may not write to /proc/sys") {
    access("/proc/sys/net/ipv4/conf/all/rp_filter", W_OK) == 0
  })
struct InheritedSettingsTests {
  /// Writes a setting of the calling thread's namespace.
  private static func set(_ name: String, to value: String) throws(SystemError) {
    let file = try Descriptor.open("/proc/sys/net/ipv4/conf/all/\(name)", O_WRONLY)
    try systemCall("write(\(name))") { write(file.rawValue, value, value.utf8.count) }
  }

  @Test("what deviates from 0 is found with its name, its value and what it does, and is set")
  func reset() throws {
    let space = try NetworkNamespace()
    try space.enter { () throws(SystemError) in
      InheritedSettings().reset()
      #expect(InheritedSettings.deviations == [])
      try Self.set("rp_filter", to: "2")
      try Self.set("arp_ignore", to: "8")
      let found = InheritedSettings.deviations
      #expect(found.map(\.name) == ["net.ipv4.conf.all.rp_filter", "net.ipv4.conf.all.arp_ignore"])
      #expect(found.map(\.value) == ["2", "8"])
      #expect(found.first?.effect.contains("reverse-path filter") == true)
      InheritedSettings().reset()
      #expect(InheritedSettings.deviations == [])
    }
  }

  @Test(
    "what the first namespace has is set in all that follow, and what that has not is not looked for again")
  func firstNamespace() throws {
    let settings = InheritedSettings()
    let first = try NetworkNamespace()
    let second = try NetworkNamespace()
    try first.enter { () throws(SystemError) in
      InheritedSettings().reset()
      try Self.set("accept_local", to: "1")
      settings.reset()
      #expect(InheritedSettings.deviations == [])
    }
    try second.enter { () throws(SystemError) in
      InheritedSettings().reset()
      try Self.set("accept_local", to: "1")
      try Self.set("proxy_arp", to: "1")
      settings.reset()
      #expect(InheritedSettings.deviations.map(\.name) == ["net.ipv4.conf.all.proxy_arp"])
    }
  }

  @Test("a setting of one namespace is none of another's, nor of this process's own")
  func apart() throws {
    let before = InheritedSettings.deviations
    let space = try NetworkNamespace()
    try space.enter { () throws(SystemError) in try Self.set("arp_announce", to: "2") }
    #expect(InheritedSettings.deviations == before)
  }
}
