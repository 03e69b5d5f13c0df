// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// How the harness made the hosts whose programs may configure them, to be held against how they are in the end.
struct HostChanges: Sendable {
  private var made: [HostName: NetworkConfiguration] = [:]

  /// A host's configuration is short, and nothing in it has to be waited for.
  private static let longestReading = Duration.seconds(1)

  /// Reads the configuration of the hosts whose programs may change it: those with CAP_NET_ADMIN.
  init(_ scenario: Scenario, _ hosts: borrowing HostPair) throws(SystemError) {
    for host in HostName.allCases
    where scenario.program(in: host)?.capabilities.contains(.netAdmin) == true {
      made[host] = try Self.configuration(of: host, hosts)
    }
  }

  private static func configuration(
    of host: HostName, _ hosts: borrowing HostPair
  ) throws(SystemError) -> NetworkConfiguration {
    let link = hosts.link(of: host)
    return try hosts.enter(host) { () throws(SystemError) in
      try NetworkConfiguration(link: link, until: Deadline(after: longestReading))
    }
  }

  /// What is there no more of what the harness made, in sentences; of what depends on each other the cause alone.
  func found(in hosts: borrowing HostPair) throws(SystemError) -> [HostName: [String]] {
    var found: [HostName: [String]] = [:]
    for (host, before) in made {
      let now = try Self.configuration(of: host, hosts)
      let changes = now.changes(since: before, at: host.rawValue)
      if !changes.isEmpty { found[host] = changes }
    }
    return found
  }

  /// What is known where a host's interface failed the harness, and is as it was made again: that it was down for a while.
  func lapse(_ error: SystemError) -> [HostName: [String]] {
    let gone: [Errno] = [.networkDown, .noDevice, .noSuchDeviceOrAddress]
    let hosts = HostName.allCases.filter { made[$0] != nil }
    guard gone.contains(error.errno), let first = hosts.first else { return [:] }
    // Where two programs could have done it, nobody knows which one did.
    let names = hosts.map { "of the \($0.rawValue)" }.joined(separator: " or ")
    return [first: ["eth0 \(names) was not up all the time: \(error)"]]
  }
}

extension NetworkConfiguration {
  /// What was there before and is not there now, in sentences about a host.
  func changes(since before: NetworkConfiguration, at host: String) -> [String] {
    guard let wanted = before.link else { return [] }
    let subject = "\(wanted.name) of the \(host)"
    guard let link else { return ["\(subject) was gone at the end"] }
    guard link.isUp else { return ["\(subject) was down at the end"] }
    var changes: [String] = []
    if link.mtu != wanted.mtu {
      changes.append("\(subject) had an MTU of \(link.mtu) at the end instead of \(wanted.mtu)")
    }
    if let mac = wanted.mac, link.mac != mac {
      return changes + ["\(subject) no longer had the MAC address \(mac) at the end"]
    }
    let lost = before.addresses.subtracting(addresses).map(\.description).sorted()
    guard lost.isEmpty else {
      return changes + lost.map { "\(subject) no longer had the address \($0) at the end" }
    }
    let ways = Set(before.routes.subtracting(routes).map(\.network.description)).sorted()
    changes += ways.map { "the \(host) no longer had the route to \($0) at the end" }
    let strangers = before.neighbours.filter { neighbours[$0.key] != $0.value }.map(\.key.description)
      .sorted()
    changes += strangers.map {
      "the \(host) no longer knew the MAC address of \($0) at the end"
    }
    return changes
  }
}
