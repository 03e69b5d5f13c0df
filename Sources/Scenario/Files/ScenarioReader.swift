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
  mutating func read(_ file: SourceFile, id: String) -> [ScenarioCase] {
    var found = Diagnostics()
    defer { diagnostics.report(contentsOf: found) }
    guard let node = JSON5Reader.read(file, into: &found), let matrix = Matrix(of: node, &found) else {
      return []
    }
    let files = NamedFiles()
    var networks: [String: Network] = [:]
    var tags: [[String]] = []
    for index in 0..<matrix.count {
      let reading = CaseReading(file, id: id, matrix, index, files: files)
      let (scenario, errors) = reading.scenario { name, _ in
        let network = catalog.network(name, for: file)
        networks[name.value] = network
        return network
      }
      // One array for all that are the same.
      if let scenario { tags.append(scenario.tags == tags.last ? tags[tags.count - 1] : scenario.tags) }
      guard !errors.isEmpty else { continue }
      // The other cases would mostly say the same again.
      let name = matrix.name(of: index)
      found.report(contentsOf: name.isEmpty ? errors : errors.inCase(name))
      break
    }
    guard found.isEmpty, tags.count == matrix.count else { return [] }
    let checked = CheckedFile(file, id: id, matrix, networks: networks, files: files)
    return tags.enumerated().map { ScenarioCase(checked, $0, tags: $1) }
  }
}

/// The reading of one case of a file, which gives the same whenever it is done.
struct CaseReading {
  private let file: SourceFile
  private let id: String
  private let node: JSON5Node
  private let isOfMatrix: Bool
  private let files: NamedFiles

  /// Prepares the reading of a case, which takes the files that it names from `files`.
  init(_ file: SourceFile, id: String, _ matrix: Matrix, _ index: Int, files: NamedFiles) {
    let name = matrix.name(of: index)
    self.file = file
    self.id = id + name
    node = matrix.node(of: index)
    isOfMatrix = !name.isEmpty
    self.files = files
  }

  /// Decodes and checks the case; a network that it names comes from `find`, which reports where there is none.
  func scenario(
    network find: (Located<String>, SourceFile) -> Network?
  ) -> (scenario: Scenario?, errors: Diagnostics) {
    var decoding = Decoding()
    decoding.folder = file.folder
    decoding.files = files
    guard var scenario = ObjectType<Scenario>.scenario.decodeWhatIsRight(in: node, &decoding) else {
      return (nil, decoding.diagnostics)
    }
    var errors = decoding.diagnostics
    scenario.id = id
    scenario.isOfMatrix = isOfMatrix
    scenario.payloadSeeds = node.seeds
    if scenario.title.isEmpty { scenario.title = title }
    guard let network = network(of: scenario, find, &errors),
      node.allowsChecks(despite: decoding.diagnostics)
    else { return (nil, errors) }
    scenario.network = network
    let check = ScenarioCheck(scenario, isWhole: decoding.diagnostics.isEmpty)
    errors.report(contentsOf: check.diagnostics)
    return (errors.isEmpty ? check.scenario : nil, errors)
  }

  private func network(
    of scenario: Scenario, _ find: (Located<String>, SourceFile) -> Network?, _ errors: inout Diagnostics
  ) -> Network? {
    if let name = scenario.networkName { return find(name, file) }
    let check = NetworkCheck(scenario.network, at: node.span)
    errors.report(contentsOf: check.diagnostics)
    return check.diagnostics.isEmpty ? scenario.network : nil
  }

  private var title: String {
    let name = id.utf8.split(separator: UInt8(ascii: "/")).last ?? ""[...].utf8
    let separators = [UInt8(ascii: "-"), UInt8(ascii: "_")]
    return String(decoding: name.map { separators.contains($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
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
