// SPDX-License-Identifier: Apache-2.0

/// Reads scenario files, each into its cases, and gathers what is wrong with them.
struct ScenarioReader {
  private(set) var diagnostics = Diagnostics()
  private var catalog: NetworkCatalog
  private let settings: [VariableSetting]
  /// How many bytes the files had that were read, those included that they name.
  private(set) var bytes = 0
  private var named: Set<String> = []

  /// The paths of the files that those that were read name, also of those that are not there.
  var namedPaths: Set<String> { named.union(catalog.paths) }

  /// Makes a reader that looks for networks in `networks` first, and gives variables the values of `settings`.
  init(networks: String? = nil, settings: [VariableSetting] = []) {
    catalog = NetworkCatalog(folder: networks)
    self.settings = settings
  }

  /// The errors of all files, those of the networks they name included.
  var allDiagnostics: Diagnostics {
    var all = diagnostics
    all.report(contentsOf: catalog.diagnostics)
    return all
  }

  /// Reads a file into its cases, which are none where it is wrong; networks are looked for in and above a folder.
  mutating func read(_ file: SourceFile, id: String, networksAround folder: String) -> [ScenarioCase] {
    var found = Diagnostics()
    let files = NamedFiles()
    defer {
      diagnostics.report(contentsOf: found)
      bytes += file.bytes.count + files.bytes
      named.formUnion(files.paths)
    }
    guard let node = JSON5Reader.read(file, into: &found), let matrix = Matrix(of: node, settings, &found)
    else {
      return []
    }
    var networks: [String: Network] = [:]
    var known: [(title: String, tags: [String], hasPrograms: Bool)] = []
    for index in 0..<matrix.count {
      let reading = CaseReading(file, id: id, matrix, index, files: files)
      let (scenario, errors) = reading.scenario { name in
        if let known = networks[name.value] { return known }
        let network = catalog.network(name, around: folder)
        networks[name.value] = network
        return network
      }
      // One array for all that are the same.
      if let scenario {
        let tags = known.last.map { scenario.tags == $0.tags ? $0.tags : scenario.tags }
        let title = known.last.map { scenario.title == $0.title ? $0.title : scenario.title }
        known.append((title ?? scenario.title, tags ?? scenario.tags, scenario.hasPrograms))
      }
      guard !errors.isEmpty else { continue }
      // The other cases would mostly say the same again.
      found.report(contentsOf: errors.noted(matrix, index))
      break
    }
    guard found.isEmpty, known.count == matrix.count else { return [] }
    let checked = CheckedFile(
      file, id: id, matrix, networks: networks, files: files,
      networkPaths: networks.keys.compactMap { catalog.path(of: $0, around: folder) })
    return known.enumerated().map {
      ScenarioCase(checked, $0, title: $1.title, tags: $1.tags, hasPrograms: $1.hasPrograms)
    }
  }
}

/// The reading of one case of a file, which gives the same whenever it is done.
struct CaseReading {
  private let file: SourceFile
  private let id: String
  private let node: JSON5Node
  /// What names it among the cases of its matrix; empty where there is none.
  private let caseName: String
  private let settings: [VariableSetting]
  private let files: NamedFiles

  /// Prepares the reading of a case, which takes the files that it names from `files`.
  init(_ file: SourceFile, id: String, _ matrix: Matrix, _ index: Int, files: NamedFiles) {
    let name = matrix.name(of: index)
    self.file = file
    self.id = id + name
    caseName = name
    node = matrix.node(of: index)
    settings = matrix.settings
    self.files = files
  }

  /// Decodes and checks the case; a network that it names comes from `find`, which reports where there is none.
  func scenario(network find: (Located<String>) -> Network?) -> (scenario: Scenario?, errors: Diagnostics) {
    var decoding = Decoding()
    decoding.folder = file.folder
    decoding.files = files
    guard var scenario = ObjectType<Scenario>.scenario.decodeWhatIsRight(in: node, &decoding) else {
      return (nil, decoding.diagnostics)
    }
    if let problem = decoding.sizeProblem {
      decoding.diagnostics.report(problem)
      return (nil, decoding.diagnostics)
    }
    var errors = decoding.diagnostics
    scenario.id = id
    scenario.caseName = caseName
    scenario.settings = settings
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
    of scenario: Scenario, _ find: (Located<String>) -> Network?, _ errors: inout Diagnostics
  ) -> Network? {
    if let name = scenario.networkName { return find(name) }
    let check = NetworkCheck(scenario.network, at: node.span)
    errors.report(contentsOf: check.diagnostics)
    return check.diagnostics.isEmpty ? scenario.network : nil
  }

  /// The file's name as words; bytes are changed faster than characters.
  private var title: String {
    let path = file.path.utf8
    let start = path.lastIndex(of: UInt8(ascii: "/")).map(path.index(after:)) ?? path.startIndex
    let fileName = String(file.path[start...])
    let isNamed = fileName.hasSuffix(FileID.fileExtension)
    let name = (isNamed ? String(fileName.dropLast(FileID.fileExtension.count)) : fileName) + caseName
    let words = name.utf8.map {
      [UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0) ? UInt8(ascii: " ") : $0
    }
    return String(decoding: words, as: UTF8.self)
  }
}

extension Diagnostics {
  /// The same errors, each with notes that say in which case of a matrix it is one, and what was set of the variables.
  fileprivate func noted(_ matrix: Matrix, _ index: Int) -> Diagnostics {
    let name = matrix.name(of: index)
    let notes =
      (name.isEmpty ? [] : ["in the case \(name)"]) + matrix.settings.map { "with --set \($0.text)" }
    var noted = Diagnostics()
    for error in reported {
      noted.report(error.message, at: error.span, label: error.label, notes: error.notes + notes)
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
    guard !diagnostics.isEmpty else { return true }
    guard case .object(let members) = value else { return false }
    let values = members.filter { Self.independentKeys.contains($0.key) }.map(\.value.span.range)
    // A key that is not known says nothing that anything else rests on.
    let harmless = (values + members.map(\.keySpan.range)).sorted { $0.lowerBound < $1.lowerBound }
    return diagnostics.reported.allSatisfy { error in
      let start = error.span.range.lowerBound
      let following = harmless.countUntil { $0.lowerBound > start }
      return harmless[..<following].last?.contains(start) ?? false
    }
  }
}
