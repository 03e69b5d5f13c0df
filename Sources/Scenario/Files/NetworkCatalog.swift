// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The networks that scenarios ask for by name, each file read once.
struct NetworkCatalog {
  /// The folder that is searched before all others, if any.
  let folder: String?
  private(set) var diagnostics = Diagnostics()
  private var known: [String: Network?] = [:]
  /// Where networks were found, by the folder of those who ask and the name: nil where there is none.
  private var places: [String: String?] = [:]

  init(folder: String?) {
    self.folder = folder
  }

  /// The paths of the networks that were found.
  var paths: Set<String> { Set(places.values.compactMap { $0 }) }

  /// The path of the network of a name that was found for the scenario files of a folder; nil for the built-in one.
  func path(of name: String, around folder: String) -> String? { places["\(folder)/\(name)"] ?? nil }

  /// Finds the network of a name for the scenario files of a folder: in or above it, else the built-in `lan`.
  ///
  /// The folder's path is one without dots and links: one that goes up and down again would be walked up for ever.
  /// - Returns: nil when there is none, or the file is wrong; both are reported.
  mutating func network(_ name: Located<String>, around folder: String) -> Network? {
    if let path = place(of: name.value, around: folder) { return network(at: path, name) }
    if name.value == "lan" { return .lan }
    reportMissing(name, searched: folders(around: folder))
    return nil
  }

  /// The path of the nearest network of a name; the files of a folder all find the same.
  private mutating func place(of name: String, around folder: String) -> String? {
    let key = "\(folder)/\(name)"
    if let place = places[key] { return place }
    let paths = folders(around: folder).map { "\($0)/\(name).json5" }
    let place = paths.first { FileReader.kind(of: $0) != .nothing }
    places[key] = .some(place)
    return place
  }

  private func folders(around place: String) -> [String] {
    [folder].compactMap { $0 } + Self.foldersAround(place)
  }

  /// The folders `netns` in and above a folder, the nearest first.
  private static func foldersAround(_ folder: String) -> [String] {
    let parts = folder.split(separator: "/")
    return (0...parts.count).reversed().map { depth in
      (["" as Substring] + parts.prefix(depth)).joined(separator: "/") + "/netns"
    }
  }

  private mutating func network(at path: String, _ name: Located<String>) -> Network? {
    if let seen = known[path] { return seen }
    let network = read(path, name)
    known[path] = network
    return network
  }

  private mutating func read(_ path: String, _ name: Located<String>) -> Network? {
    let file: SourceFile
    do throws(FileProblem) {
      file = try FileReader.read(path)
    } catch {
      if let span = name.span { diagnostics.report("network \"\(name.value)\": \(error)", at: span) }
      return nil
    }
    var decoding = Decoding()
    guard let node = JSON5Reader.read(file, into: &decoding.diagnostics),
      let network = ObjectType<Network>.network.value.decode(node, &decoding)
    else {
      diagnostics.report(contentsOf: decoding.diagnostics)
      return nil
    }
    let check = NetworkCheck(network, at: node.span)
    diagnostics.report(contentsOf: check.diagnostics)
    return check.diagnostics.isEmpty ? network : nil
  }

  private mutating func reportMissing(_ name: Located<String>, searched folders: [String]) {
    guard let span = name.span else { return }
    let names = folders.flatMap { folder in
      (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }.filter { $0.hasSuffix(".json5") }.map { String($0.dropLast(6)) }
    let all = Set(names + ["lan"]).sorted()
    let suggestion = ClosestMatch.suggestion(for: name.value, among: all)
    diagnostics.report(
      "there is no network \"\(name.value)\"", at: span, label: suggestion.map { "did you mean \"\($0)\"?" },
      notes: ["available: \(all.joined(separator: ", "))"])
  }
}
