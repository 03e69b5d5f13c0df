// SPDX-License-Identifier: Apache-2.0

/// Reads scenario files, each into its cases, and gathers what is wrong with them.
struct ScenarioReader {
  private(set) var diagnostics = Diagnostics()
  private var catalog: NetworkCatalog

  /// Makes a reader that looks for networks in `networks` first.
  init(networks: String? = nil) {
    catalog = NetworkCatalog(folder: networks)
  }

  /// The errors of all files, those of the networks they name included.
  var allDiagnostics: Diagnostics {
    var all = diagnostics
    all.report(contentsOf: catalog.diagnostics)
    return all
  }

  /// Reads a file into its cases, which are none where it is wrong.
  mutating func read(_ file: SourceFile, id: String) -> [Scenario] {
    var found = Diagnostics()
    let cases = JSON5Reader.read(file, into: &found).map { Matrix.cases(of: $0, &found) } ?? []
    var scenarios: [Scenario] = []
    for one in cases {
      var (scenario, errors) = read(one.node, file, id: id + one.name)
      scenario?.isOfMatrix = !one.name.isEmpty
      scenario?.payloadSeeds = one.node.seeds
      if let scenario { scenarios.append(scenario) }
      guard !errors.isEmpty else { continue }
      // The other cases would mostly say the same again.
      found.report(contentsOf: one.name.isEmpty ? errors : errors.inCase(one.name))
      break
    }
    diagnostics.report(contentsOf: found)
    return found.isEmpty ? scenarios : []
  }

  private mutating func read(
    _ node: JSON5Node, _ file: SourceFile, id: String
  ) -> (scenario: Scenario?, errors: Diagnostics) {
    var decoding = Decoding()
    decoding.folder = file.folder
    guard var scenario = ObjectType<Scenario>.scenario.decodeWhatIsRight(in: node, &decoding) else {
      return (nil, decoding.diagnostics)
    }
    var errors = decoding.diagnostics
    scenario.id = id
    if scenario.title.isEmpty { scenario.title = Self.title(of: id) }
    guard let network = network(of: scenario, at: node.span, &errors),
      node.allowsChecks(despite: decoding.diagnostics)
    else { return (nil, errors) }
    scenario.network = network
    let check = ScenarioCheck(scenario, isWhole: decoding.diagnostics.isEmpty)
    errors.report(contentsOf: check.diagnostics)
    return (errors.isEmpty ? check.scenario : nil, errors)
  }

  private mutating func network(
    of scenario: Scenario, at span: SourceSpan, _ errors: inout Diagnostics
  ) -> Network? {
    if let name = scenario.networkName { return catalog.network(name, for: scenario.file) }
    let check = NetworkCheck(scenario.network, at: span)
    errors.report(contentsOf: check.diagnostics)
    return check.diagnostics.isEmpty ? scenario.network : nil
  }

  private static func title(of id: String) -> String {
    let name = id.split(separator: "/").last ?? ""
    return String(name.map { $0 == "-" || $0 == "_" ? " " : $0 })
  }
}

extension Diagnostics {
  /// The same errors, each with a note that says in which case of the matrix it is one.
  fileprivate func inCase(_ name: String) -> Diagnostics {
    var noted = Diagnostics()
    for error in reported {
      noted.report(
        error.message, at: error.span, label: error.label, notes: error.notes + ["in the case \(name)"])
    }
    return noted
  }
}

extension JSON5Node {
  /// The keys whose values may be wrong without making more errors out of what is right elsewhere.
  private static let independentKeys: Set<String> = [
    "title", "tags", "exchange", "timeout", "knownFailure", "requires",
  ]

  /// Whether a file with these errors can still be checked as a whole, so that all its errors are told at once.
  fileprivate func allowsChecks(despite diagnostics: Diagnostics) -> Bool {
    guard case .object(let members) = value else { return false }
    let values = members.filter { Self.independentKeys.contains($0.key) }.map(\.value.span.range)
    // A key that is not known says nothing that anything else rests on.
    let harmless = values + members.map(\.keySpan.range)
    return diagnostics.reported.allSatisfy { error in
      harmless.contains { $0.contains(error.span.range.lowerBound) }
    }
  }
}
