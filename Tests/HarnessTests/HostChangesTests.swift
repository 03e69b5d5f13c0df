// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing
import Verdict

@testable import Harness

/// What a program with CAP_NET_ADMIN takes from its host, as root.
@Suite struct HostChangesTests {
  /// A case whose sender runs a command and sends, or whose receiver does.
  private func text(_ command: String, _ host: String = "sender") -> String {
    """
    {
      \(host): {
        run: ["sh", "-c", "\(command)"], capabilities: ["net_admin", "net_raw"],
      },
      exchange: [{ payload: "Hi", from: "\(host)" }], timeout: "2s",
    }
    """
  }

  private static let send =
    "python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 253).sendto(b\\\"Hi\\\", (\\\"1.1.1.1\\\", 0))'"

  @Test(
    "what a program takes away is the reason why its case fails, and the only one",
    arguments: [
      ("ip link set eth0 down", ["eth0 of the sender was down at the end"]),
      ("ip link del eth0", ["eth0 of the sender was gone at the end"]),
      (
        "ip addr flush dev eth0",
        ["eth0 of the sender no longer had the address 1.1.1.100/24 at the end"]
      ),
      (
        "ip addr add 1.1.1.7/24 dev eth0; ip addr del 1.1.1.100/24 dev eth0",
        ["eth0 of the sender no longer had the address 1.1.1.100/24 at the end"]
      ),
      (
        "ip route del 1.1.1.0/24 table main",
        ["the sender no longer had the route to 1.1.1.0/24 at the end"]
      ),
      (
        "ip route del default table default",
        ["the sender no longer had the route to 0.0.0.0/0 at the end"]
      ),
      (
        "ip neigh del 1.1.1.1 dev eth0",
        ["the sender no longer knew the MAC address of 1.1.1.1 at the end"]
      ),
      (
        "ip neigh replace 1.1.1.1 lladdr 2:0:0:0:0:9 dev eth0",
        ["the sender no longer knew the MAC address of 1.1.1.1 at the end"]
      ),
      (
        "ip link set eth0 mtu 1400",
        ["eth0 of the sender had an MTU of 1400 at the end instead of 1500"]
      ),
    ])
  func taken(command: String, expected: [String]) throws {
    let played = try PlayedCase(text(command))
    #expect(try played.verdict.allFindings.map(\.text) == expected)
    #expect(try played.kinds == [.program(.sender, .hostChanged)])
  }

  @Test(
    "over IPv6 too",
    arguments: [
      (
        "ip addr del fd00::100/64 dev eth0",
        ["eth0 of the sender no longer had the address fd00::100/64 at the end"]
      ),
      (
        "ip -6 route del fd00::/64 table main",
        ["the sender no longer had the route to fd00::/64 at the end"]
      ),
      (
        "ip -6 route del default table local",
        ["the sender no longer had the route to ::/0 at the end"]
      ),
      (
        "ip neigh del fd00::1 dev eth0",
        ["the sender no longer knew the MAC address of fd00::1 at the end"]
      ),
    ])
  func takenOverIPv6(command: String, expected: [String]) throws {
    let played = try PlayedCase(text(command).replacing("timeout:", with: "version: 6, timeout:"))
    #expect(try played.verdict.allFindings.map(\.text) == expected)
    #expect(try played.kinds == [.program(.sender, .hostChanged)])
  }

  @Test("what is taken away and given back over IPv6 is no change, and neither is what is added")
  func harmlessOverIPv6() throws {
    let send =
      "python3 -c 'import socket; socket.socket(socket.AF_INET6, socket.SOCK_RAW, 253).sendto(b\\\"Hi\\\", (\\\"fd00::1\\\", 0))'"
    for command in [
      "true", "ip addr add fd00::7/64 dev eth0 nodad", "ip link set eth0 mtu 1400; ip link set eth0 mtu 1500",
    ] {
      let text = text("\(command); \(send)").replacing("timeout:", with: "version: 6, timeout:")
      #expect(try PlayedCase(text).kinds == [], "\(command)")
    }
  }

  @Test("the MAC address that it was given is told, and the receiver's host is looked at too")
  func others() throws {
    let mac = try PlayedCase(text("ip link set eth0 address 2:0:0:0:0:9")).verdict.allFindings.map(\.text)
    #expect(mac.count == 1 && mac[0].hasPrefix("eth0 of the sender no longer had the MAC address "))
    let receiver = try PlayedCase(text("ip link set eth0 down", "receiver"))
    #expect(try receiver.kinds == [.program(.receiver, .hostChanged)])
  }

  @Test("a program that has its link moved to another namespace has none at the end")
  func moved() throws {
    let command =
      "unshare -n sh -c 'echo $$; exec sleep 1000' | { read p; ip link set eth0 netns $p; kill $p; }"
    let text = text(command).replacing("\"net_raw\"", with: "\"net_raw\", \"sys_admin\"")
    #expect(try PlayedCase(text).verdict.allFindings.first?.text == "eth0 of the sender was gone at the end")
  }

  @Test("what the kernel forgets of an interface that was down is told of")
  func forgotten() throws {
    let played = try PlayedCase(text("ip link set eth0 down; ip link set eth0 up; sleep 1000"))
    #expect(try played.kinds.first == .program(.sender, .hostChanged))
  }

  @Test(
    "an interface that failed the harness and is as it was again is told of, and a host where one could do it",
    arguments: [(false, "of the sender"), (true, "of the sender or of the receiver")])
  func lapse(areBoth: Bool, subject: String) throws {
    let role = "{ run: ['x'], capabilities: ['net_admin'] }"
    let receiver = areBoth ? "receiver: \(role)," : ""
    let scenario = try HarnessTests.scenario("{ sender: \(role), \(receiver) exchange: ['x'] }")
    let hosts = try HostPair(scenario, with: testResources(), until: Deadline(after: .seconds(30)))
    let changes = try HostChanges(scenario, hosts)
    let down = SystemError("sendto", .networkDown)
    #expect(changes.lapse(down) == [.sender: ["eth0 \(subject) was not up all the time: \(down)"]])
    #expect(changes.lapse(SystemError("sendto", .timedOut)) == [:])
  }

  @Test("what a program adds, and what it takes away and gives back, is no change")
  func harmless() throws {
    for command in [
      "true", "ip addr add 1.1.1.7/24 dev eth0", "ip route add 9.9.9.0/24 via 1.1.1.1",
      "ip link set eth0 mtu 1400; ip link set eth0 mtu 1500", "ip link add other type dummy",
    ] {
      let played = try PlayedCase(text("\(command); \(Self.send)"))
      #expect(try played.kinds == [], "\(command)")
    }
  }
}
