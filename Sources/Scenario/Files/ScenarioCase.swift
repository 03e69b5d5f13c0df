// SPDX-License-Identifier: Apache-2.0

/// One case of a file that is right.
///
/// Its scenario is made from the file again whenever it is asked for, so that a library of many cases is not larger
/// than its files.
public struct ScenarioCase: Sendable {
  private let file: CheckedFile
  private let index: Int
  /// What its file calls it, for reports.
  public let title: String
  /// Words by which scenarios are chosen.
  public let tags: [String]
  /// Whether a program runs in either host.
  public let hasPrograms: Bool

  init(_ file: CheckedFile, _ index: Int, title: String, tags: [String], hasPrograms: Bool) {
    self.file = file
    self.index = index
    self.title = title
    self.tags = tags
    self.hasPrograms = hasPrograms
  }

  /// The path of its file, as it was found.
  public var path: String { file.path }

  /// The scenario's id.
  public var id: String { file.id(of: index) }

  /// Where it stands, the same by whichever path it was asked for: see `Scenario.place`.
  public var place: String { file.place(of: index) }

  /// The names of its file's variables.
  public var variables: [String] { file.variables }

  /// The files that its file is made of, by their paths without links: itself, and what it names but for programs.
  public var places: Set<String> { file.places }

  /// Whether another is of the same file.
  public func isOfSameFile(as other: ScenarioCase) -> Bool { file === other.file }

  /// The scenario.
  public var scenario: Scenario { file.scenario(index) }
}

/// A scenario file in which nothing is wrong.
final class CheckedFile: Sendable {
  private let source: SourceFile
  private let id: String
  private let matrix: Matrix
  private let networks: [String: Network]
  private let files: NamedFiles
  private let networkPaths: [String]

  /// Takes a file that was read, with the networks and the files that its cases name.
  init(
    _ source: SourceFile, id: String, _ matrix: Matrix, networks: [String: Network], files: NamedFiles,
    networkPaths: [String]
  ) {
    self.source = source
    self.id = id
    self.matrix = matrix
    self.networks = networks
    self.files = files
    self.networkPaths = networkPaths
  }

  var places: Set<String> {
    Set((networkPaths + files.paths + [source.path]).flatMap { FilePlaces.all(of: $0) })
  }

  var path: String { source.path }

  var variables: [String] { matrix.variableNames }

  func id(of index: Int) -> String { id + matrix.name(of: index) }

  func place(of index: Int) -> String { source.place + matrix.name(of: index) }

  func scenario(_ index: Int) -> Scenario {
    let reading = CaseReading(source, id: id, matrix, index, files: files)
    guard let scenario = reading.scenario(network: { name in networks[name.value] }).scenario else {
      preconditionFailure("\(source.path) was right, and nothing of it has changed since")
    }
    return scenario
  }
}

extension SourceFile {
  /// The file's path without links; as it was given where there is no such file.
  fileprivate var place: String { FileReader.realPath(path) ?? path }
}

extension Scenario {
  /// Where it stands: the path of its file without links, and the case of its matrix. Unlike its id it is the same by
  /// whichever path the file was asked for.
  public var place: String { file.place + caseName }
}
