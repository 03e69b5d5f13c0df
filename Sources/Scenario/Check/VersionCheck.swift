// SPDX-License-Identifier: Apache-2.0

import Wire

extension Scenario {
  /// Gives each message the version of IP under which it goes.
  mutating func decideVersions() {
    let byHosts = HostName.allCases.contains { network[$0].ipv4 == nil } ? IPVersion.v6 : .v4
    let general = transports.first
    for index in exchange.indices {
      let own = exchange[index].header.ownVersion ?? (exchange[index].transport ?? general)?.ownVersion
      exchange[index].version = version?.value ?? own ?? byHosts
    }
  }
}

extension HeaderFields {
  /// The version that alone has a key or an address that the file sets; nil where either has all.
  fileprivate var ownVersion: IPVersion? {
    let versions = fieldsOfOneVersion.map(\.version)
    return versions.contains(.v6) ? .v6 : versions.first
  }

  /// The fields that the file sets and that one version alone has, or has with such an address.
  fileprivate var fieldsOfOneVersion: [(field: IPField, version: IPVersion)] {
    var found = values.keys.compactMap { field in
      (field.onlyVersion ?? addressVersions[field]).map { (field: field, version: $0) }
    }
    if options?.span != nil { found.append((.options, .v4)) }
    if extensions?.span != nil { found.append((.extensions, .v6)) }
    if checksum.span != nil { found.append((.checksum, .v4)) }
    return found
  }

  /// Where the file sets a field.
  fileprivate func span(of field: IPField) -> SourceSpan? {
    switch field {
    case .options: options?.span
    case .extensions: extensions?.span
    case .checksum: checksum.span
    default: values[field]?.span
    }
  }

  /// What is wrong with a field that one version alone has, in words, with what the other has in its place.
  fileprivate func problem(with field: IPField, of version: IPVersion) -> String {
    guard field.onlyVersion == nil, let address = values[field] else {
      return Self.problem(with: field, of: version)
    }
    return
      "\(field.format(address.value)) is an \(version) address, but this message goes over \(version.other)"
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
    let header = message.header
    for (field, version) in header.fieldsOfOneVersion where version != message.version {
      report(header.problem(with: field, of: version), at: header.span(of: field) ?? message.span)
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
      let without = HostName.allCases.filter { scenario.network[$0].interface(of: version) == nil }
      guard !without.isEmpty, let first = scenario.exchange.first(where: { $0.version == version }) else {
        continue
      }
      for host in without {
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
