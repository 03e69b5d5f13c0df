// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The networks that scenarios ask for by name, each file read once.
struct NetworkCatalog {
  /// The folder that is searched before all others, if any.
  let folder: String?
  private(set) var diagnostics = Diagnostics()
  private var known: [String: Network?] = [:]

  init(folder: String?) {
    self.folder = folder
  }

  /// Finds the network of a name for a scenario file: beside or above it, else the built-in `lan`.
  ///
  /// - Returns: nil when there is none, or the file is wrong; both are reported.
  mutating func network(_ name: Located<String>, for file: SourceFile) -> Network? {
    let folders = [folder].compactMap { $0 } + Self.foldersAround(file.path)
    let paths = folders.map { "\($0)/\(name.value).json5" }
    if let path = paths.first(where: { FileReader.kind(of: $0) != .nothing }) {
      return network(at: path, name)
    }
    if name.value == "lan" { return .lan }
    reportMissing(name, searched: folders)
    return nil
  }

  /// The folders `netns` beside and above a file, the nearest first.
  private static func foldersAround(_ path: String) -> [String] {
    // Without dots and links: a path that goes up and down again would be walked up for ever.
    let parts = (FileReader.realPath(path) ?? path).split(separator: "/").dropLast()
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
      notes: ["there are: \(all.joined(separator: ", "))"])
  }
}
