// SPDX-License-Identifier: Apache-2.0

import Wire

extension Scenario {
  /// Gives each message the version of IP under which it goes.
  mutating func decideVersions() {
    let byHosts = HostName.allCases.contains { network[$0].ipv4 == nil } ? IPVersion.v6 : .v4
    let general = transports.first
    for index in exchange.indices {
      let message = exchange[index]
      exchange[index].version =
        version?.value ?? message.header.ownVersion ?? (message.transport ?? general)?.ownVersion ?? byHosts
    }
  }
}

extension HeaderFields {
  /// The version that alone has a key or an address that the file sets; nil where either has all.
  fileprivate var ownVersion: IPVersion? {
    let only = Set(keysOfOneVersion.map(\.version))
    return only.contains(.v6) ? .v6 : only.first
  }

  /// What the file sets of what one version alone has, in words, with what the other has in its place.
  fileprivate var keysOfOneVersion: [(version: IPVersion, problem: String, span: SourceSpan?)] {
    var found = values.keys.compactMap { field in
      field.onlyVersion.map { ($0, Self.problem(with: field, of: $0), values[field]?.span) }
    }
    for (field, version) in addressVersions {
      let text = values[field].map { field.format($0.value) } ?? ""
      found.append(
        (
          version, "\(text) is an \(version) address, but this message goes over \(version.other)",
          values[field]?.span
        ))
    }
    let others = [
      (IPField.options, options?.span), (.extensions, extensions?.span), (.checksum, checksum.span),
    ]
    for case (let field, let span?) in others {
      guard let version = field.onlyVersion else { continue }
      found.append((version, Self.problem(with: field, of: version), span))
    }
    return found
  }

  fileprivate static func problem(with field: IPField, of version: IPVersion) -> String {
    let remedy = field.counterpart.map { "`\($0.rawValue)`" } ?? "no such field"
    return
      "`\(field.rawValue)` is an \(version) field,"
      + " but this message goes over \(version.other), which has \(remedy)"
  }
}

extension IPVersion {
  /// The other one.
  fileprivate var other: IPVersion { self == .v4 ? .v6 : .v4 }
}

extension TransportFields {
  /// The version whose control messages these are; nil for what either carries.
  fileprivate var ownVersion: IPVersion? {
    IPVersion.allCases.first { layer.number == $0.controlProtocol }
  }
}

/// What a scenario may not say of one version of IP where the other is meant.
struct VersionCheck {
  private let scenario: Scenario
  private(set) var diagnostics = Diagnostics()

  /// The smallest MTU with which a kernel has IPv6 on an interface (RFC 8200 §5).
  private static let smallestMTU = 1280

  /// Checks a scenario whose messages have their versions.
  init(_ scenario: Scenario) {
    self.scenario = scenario
    for message in scenario.exchange { check(message) }
    if let every = scenario.expect.every { check(every, every.span) }
    checkHosts()
  }

  private mutating func check(_ message: Message) {
    for key in message.header.keysOfOneVersion where key.version != message.version {
      report(key.problem, at: key.span ?? message.span)
    }
    checkTransport(message)
    let expect = message.expect
    let places = expect.places.values.compactMap { place -> Seen? in
      if case .seen(let seen) = place { seen } else { nil }
    }
    for seen in [expect.everywhere] + places + expect.returned { check(seen.header, in: message) }
  }

  private mutating func check(_ matchers: HeaderMatchers, in message: Message) {
    let spans =
      matchers.matchers.map { ($0.key, $0.value.span) }
      + [(IPField.options, matchers.options?.span), (.extensions, matchers.extensions?.span)]
    for case (let field, let span?) in spans {
      guard let version = field.onlyVersion, version != message.version else { continue }
      report(HeaderFields.problem(with: field, of: version), at: span)
    }
  }

  /// What must hold of every packet must be a field of each version that there is.
  private mutating func check(_ seen: Seen, _ span: SourceSpan?) {
    for version in IPVersion.allCases where !scenario.exchange.isEmpty && scenario.uses(version) {
      for (field, matcher) in seen.header.matchers where !field.has(version) {
        let remedy = field.counterpart.map { ": they have `\($0.rawValue)`" } ?? ""
        report("\(version) packets have no `\(field.rawValue)`\(remedy)", at: matcher.span ?? span)
      }
    }
  }

  private mutating func checkTransport(_ message: Message) {
    guard let transport = message.transport, let version = transport.ownVersion, version != message.version
    else {
      return
    }
    report(
      "`\(transport.layer.filterName)` goes over \(version), but this message over \(message.version): use"
        + " `\(version == .v4 ? "icmpv6" : "icmp")`", at: transport.span)
  }

  /// Each host needs an address of each version, and the link room for it.
  private mutating func checkHosts() {
    for version in IPVersion.allCases {
      guard let first = scenario.exchange.first(where: { $0.version == version }) else { continue }
      for host in HostName.allCases where scenario.network[host].interface(of: version) == nil {
        let example =
          version == .v4 ? "1.1.1.\(host == .sender ? 100 : 1)/24" : "fd00::\(host == .sender ? 100 : 1)/64"
        report(
          "this message goes over \(version), but the \(host.rawValue) has no \(version) address:"
            + " give it one, such as "
            + "\"\(example)\"", at: first.span)
      }
    }
    if scenario.network.mtu < Self.smallestMTU, scenario.uses(.v6) {
      let first = scenario.exchange.first { $0.version == .v6 }
      report(
        "IPv6 needs an MTU of \(Self.smallestMTU) or more (RFC 8200 §5), but this link has"
          + " \(scenario.network.mtu)",
        at: first?.span)
    }
  }

  private mutating func report(_ message: String, at span: SourceSpan?) {
    diagnostics.report(message, at: span ?? scenario.whole)
  }
}
