// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// All that a run of the bench found, and what it ran on.
struct Results: Codable {
  /// Day, time and commit, by which the files are named and put in order.
  let label: String
  let kernel: String
  let processors: Int
  let swift: String
  let rows: [Row]

  /// Writes the results and their plot into a folder, in place of those of the same label.
  func write(in folder: String, before earlier: [Row]) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let path = "\(folder)/\(label)"
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(filePath: "\(path).json"))
    try Data(Plot(rows, before: earlier).text.utf8).write(to: URL(filePath: "\(path).svg"))
  }

  /// The latest results in a folder.
  static func latest(in folder: String) throws -> Results? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard let name = names.filter({ $0.hasSuffix(".json") }).max() else { return nil }
    return try JSONDecoder().decode(Results.self, from: Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
  }
}
