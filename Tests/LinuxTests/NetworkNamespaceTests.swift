// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Wire

@testable import Linux

@Suite("network namespaces and links, as root")
struct NetworkNamespaceTests {
  /// The namespace that the calling thread is in, as the kernel names it: `net:[4026531840]`.
  private func current() throws -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self/ns/net", &buffer, buffer.count)
    try #require(count > 0)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  @Test("a thread is in the namespace while the body runs, and back in its own afterwards")
  func enters() throws {
    let home = try current()
    let space = try NetworkNamespace()
    #expect(try current() == home)
    let inside = try space.enter { () throws(SystemError) in try? current() }
    #expect(inside != nil && inside != home)
    #expect(try current() == home)
    let inOther = try NetworkNamespace().enter { () throws(SystemError) in try? current() }
    #expect(inOther != nil && inOther != inside)
  }

  @Test("a thread is back in its own namespace when the body throws")
  func throwsOut() throws {
    let home = try current()
    let space = try NetworkNamespace()
    #expect(throws: SystemError("body", .badMessage)) {
      try space.enter { () throws(SystemError) in throw SystemError("body", .badMessage) }
    }
    #expect(try current() == home)
  }

  @Test("what is opened while a namespace is made is in it, and the thread is back whatever comes of it")
  func opensAtOnce() throws {
    let home = try current()
    var inside: String?
    let space = try NetworkNamespace { () throws(SystemError) in inside = try? current() }
    let later = try space.enter { () throws(SystemError) in try? current() }
    #expect(inside != nil && inside == later && inside != home)
    #expect(throws: SystemError("body", .badMessage)) {
      _ = try NetworkNamespace { () throws(SystemError) in throw SystemError("body", .badMessage) }
    }
    #expect(try current() == home)
  }

  @Test("a socket stays in the namespace that it was opened in")
  func socketStays() throws {
    let cable = try TestCable()
    let socket = try cable.far.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    // An address that a host has can be bound there and nowhere else (bind(2), EADDRNOTAVAIL).
    try socket.bind(to: .v4(TestCable.farAddress))
    let other = try cable.near.enter { () throws(SystemError) in try RawSocket(protocol: 253) }
    let error = #expect(throws: SystemError.self) { try other.bind(to: .v4(TestCable.farAddress)) }
    #expect(error?.description == "bind(1.1.1.1): Cannot assign requested address (EADDRNOTAVAIL)")
  }

  @Test("when its last descriptor goes, a namespace goes with all its interfaces")
  func goes() throws {
    let near = try NetworkNamespace()
    var netlink = try near.enter { () throws(SystemError) in try NetlinkSocket() }
    let deadline = Deadline(after: .seconds(30))
    let end = VethEnd(index: 101, name: "eth0", mac: nil, mtu: 1500)
    do {
      let far = try NetworkNamespace()
      try netlink.perform([.makeVethPair(end, peer: end, in: far.rawDescriptor)], until: deadline)
      try netlink.perform([.describe(link: 101)], until: deadline)
    }
    // Neither end of a veth pair outlives the other (veth(4)).
    let isGone = eventually {
      do throws(SystemError) {
        try netlink.perform([.describe(link: 101)], until: deadline)
        return false
      } catch {
        return error.errno.name == "ENODEV"
      }
    }
    #expect(isGone)
  }

  @Test("a veth pair is as it was asked for, in iproute2's eyes")
  func vethPair() throws {
    let cable = try TestCable(mtu: 1400)
    let near = try iproute2("-d -o link show dev eth0", in: cable.near)
    for wanted in ["101: eth0", "mtu 1400", "state UP", "f0:1f:af:28:8d:92", "veth", "addrgenmode none"] {
      #expect(near.contains(wanted), "\(wanted) in \(near)")
    }
    let far = try iproute2("-d -o link show dev eth0", in: cable.far)
    for wanted in ["102: eth0", "mtu 1400", "state UP", "00:00:91:06:41:e1", "addrgenmode none"] {
      #expect(far.contains(wanted), "\(wanted) in \(far)")
    }
    #expect(try iproute2("-o -4 addr show dev eth0", in: cable.near).contains("inet 1.1.1.100/24 "))
    #expect(try iproute2("-6 addr show dev eth0", in: cable.near) == "")
    let neighbours = try iproute2("neigh show", in: cable.near)
    #expect(neighbours.contains("1.1.1.1 dev eth0 lladdr 00:00:91:06:41:e1 PERMANENT"))
  }

  @Test("a refusal names the request and carries the kernel's own sentence")
  func refusal() throws {
    var cable = try TestCable()
    let deadline = cable.deadline
    let end = VethEnd(index: 105, name: "eth5", mac: nil, mtu: 1500)
    let long = VethEnd(index: 106, name: "sixteen-bytes-no", mac: nil, mtu: 1500)
    let space = cable.near.rawDescriptor
    let error = #expect(throws: SystemError.self) {
      try cable.nearNetlink.perform([.makeVethPair(long, peer: end, in: space)], until: deadline)
    }
    #expect(error?.call == "netlink: make a veth pair sixteen-bytes-no" && error?.errno.name == "ERANGE")
    #expect(error?.detail == "Attribute failed policy validation")
  }

  @Test("the first of several refusals is thrown, and what comes after it is still done")
  func severalRefusals() throws {
    var cable = try TestCable()
    let deadline = cable.deadline
    let here = try #require(IPv4Interface("1.1.1.100/24"))
    let other = try #require(IPv4Interface("1.1.1.7/24"))
    let error = #expect(throws: SystemError.self) {
      try cable.nearNetlink.perform(
        [.addAddress(.v4(here), link: 101), .raise(link: 999), .addAddress(.v4(other), link: 101)],
        until: deadline)
    }
    #expect(error?.call == "netlink: add address 1.1.1.100/24" && error?.errno.name == "EEXIST")
    #expect(try iproute2("-o -4 addr show dev eth0", in: cable.near).contains("inet 1.1.1.7/24 "))
  }

  @Test("an interface that never comes up is awaited no longer than the deadline")
  func timesOut() throws {
    let near = try NetworkNamespace()
    var netlink = try near.enter { () throws(SystemError) in try NetlinkSocket() }
    let end = VethEnd(index: 101, name: "eth0", mac: nil, mtu: 1500)
    let peer = VethEnd(index: 102, name: "eth1", mac: nil, mtu: 1500)
    try netlink.perform(
      [.makeVethPair(end, peer: peer, in: near.rawDescriptor)], until: Deadline(after: .seconds(30)))
    let error = #expect(throws: SystemError.self) {
      _ = try netlink.awaitOperational(link: 101, until: Deadline(after: .milliseconds(1)))
    }
    #expect(error?.errno == .timedOut)
  }

  @Test("an interface whose other end is up is found operational")
  func isUp() throws {
    let near = try NetworkNamespace()
    var netlink = try near.enter { () throws(SystemError) in try NetlinkSocket() }
    let deadline = Deadline(after: .seconds(30))
    let end = VethEnd(index: 101, name: "eth0", mac: nil, mtu: 1500)
    let peer = VethEnd(index: 102, name: "eth1", mac: nil, mtu: 1500)
    try netlink.perform([.makeVethPair(end, peer: peer, in: near.rawDescriptor)], until: deadline)
    try netlink.perform([.raise(link: 101), .raise(link: 102)], until: deadline)
    #expect(try netlink.awaitOperational(link: 101, until: deadline).isOperational)
  }
}
