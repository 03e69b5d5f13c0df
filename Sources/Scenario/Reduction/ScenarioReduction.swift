// SPDX-License-Identifier: Apache-2.0

/// A case that fails, and the smallest one to which it can be reduced that fails in the same way.
///
/// What is left out is tried again and again until nothing can be any more: whole stretches of a list first (delta
/// debugging, Zeller and Hildebrandt 2002), then single elements and members, then what an object of one member could be
/// instead of it.
public struct ScenarioReduction {
  /// Why there is nothing to reduce.
  public struct Problem: Error, Hashable, Sendable {
    /// A sentence without its full stop.
    public let reason: String
    /// What to do about it, where that is known.
    public let fix: String?

    init(_ reason: String, fix: String? = nil) {
      self.reason = reason
      self.fix = fix
    }
  }

  private let captured: CapturedCase
  private let networks: String?
  private(set) var tree: JSON5Tree
  /// How many candidates were played.
  public private(set) var runs = 0
  /// Whether it ended because no more might be played, and not because nothing could go any more.
  public private(set) var isCutShort = false

  /// Reads the case of a capture, whose file is the one that the capture has, or else the one at its path.
  ///
  /// - Throws: where the file is wrong, or has no such case.
  public init(_ captured: CapturedCase, networks: String? = nil) throws(Problem) {
    self.captured = captured
    self.networks = networks
    let there = try? FileReader.read(captured.path)
    guard let text = captured.text.map({ Array($0.utf8) }) ?? there?.bytes else {
      throw Problem(
        "the capture does not hold its scenario, which is too long, and \(captured.path) cannot be read",
        fix: "run this in the folder in which the case was run")
    }
    let file = SourceFile(path: captured.path, bytes: text)
    var diagnostics = Diagnostics()
    guard let node = JSON5Reader.read(file, into: &diagnostics),
      let matrix = Matrix(of: node, captured.settings, &diagnostics)
    else { throw Problem("its scenario is wrong: \(diagnostics.reported.first?.message ?? "")") }
    guard let index = (0..<matrix.count).first(where: { matrix.name(of: $0) == captured.caseName }) else {
      throw Problem("\(captured.path) has no case \(captured.caseName)")
    }
    tree = JSON5Tree(matrix.node(of: index))
    let (first, problem) = read(tree)
    guard let first else {
      throw Problem(
        "its scenario cannot be read here: \(problem ?? "")",
        fix: "run this in the folder in which the case was run")
    }
    // A capture may come from anybody: what it runs must have been here before.
    if first.hasPrograms, there?.bytes != text {
      throw Problem(
        "the capture's scenario runs a program, and \(captured.path) is not the same here",
        fix: "put that file there, and look at what it runs")
    }
  }

  /// The case as it is now.
  public var scenario: ScenarioCase? { read(tree).0 }

  private func read(_ tree: JSON5Tree) -> (ScenarioCase?, problem: String?) {
    var reader = ScenarioReader(networks: networks)
    let file = SourceFile(path: captured.path, bytes: Array(tree.text.utf8))
    let id = FileID.id(of: captured.path)
    let cases = reader.read(
      file, id: id, networksAround: FileReader.realPath(captured.folder) ?? captured.folder)
    return (cases.first, reader.allDiagnostics.reported.first?.message)
  }

  /// The file as it is now, below lines of a comment.
  public func text(comment: [String]) -> String {
    comment.map { "// \(Printable.escape($0))\n" }.joined() + tree.text + "\n"
  }

  // MARK: - Reducing

  /// Leaves out whatever can be, as long as what is left still fails in the same way.
  ///
  /// - Parameters:
  ///   - mostRuns: as many candidates are played at most.
  ///   - isOver: whether it is to end, asked before each candidate is read.
  ///   - fails: plays a candidate, and says whether it fails as it must; nil ends it.
  public mutating func reduce(
    mostRuns: Int, isOver: @escaping () -> Bool = { false }, _ fails: (ScenarioCase) throws -> Bool?
  ) rethrows {
    var search = Search(mostRuns: mostRuns, isOver: isOver)
    var changed = true
    while changed, !isCutShort {
      changed = false
      for step in JSON5Tree.Smaller.allCases {
        var path: [Int]? = []
        while let here = path, !isCutShort {
          while try shrink(at: here, by: step, &search, fails) { changed = true }
          path = tree.path(behind: here)
        }
      }
    }
  }

  private struct Search {
    let mostRuns: Int
    let isOver: () -> Bool
    /// What was tried and did not fail in the same way, by its hash.
    var tried: Set<Int> = []
    /// Most candidates are no right file, which is soon found; of a long one even that takes time.
    var mostTries: Int { 20 * mostRuns }
  }

  /// Does what can be done at a place; whether anything was.
  private mutating func shrink(
    at path: [Int], by step: JSON5Tree.Smaller, _ search: inout Search,
    _ fails: (ScenarioCase) throws -> Bool?
  ) rethrows -> Bool {
    guard let here = tree.value(at: path) else { return false }
    for smaller in here.smaller(by: step) {
      let candidate = tree.replacing(path, with: smaller)
      guard !search.isOver(), runs < search.mostRuns, search.tried.count < search.mostTries else {
        isCutShort = true
        return false
      }
      guard search.tried.insert(candidate.hashValue).inserted, let scenario = read(candidate).0 else {
        continue
      }
      runs += 1
      guard let isSame = try fails(scenario) else {
        isCutShort = true
        return false
      }
      guard isSame else { continue }
      tree = candidate
      return true
    }
    return false
  }
}

// MARK: - Places in a tree

extension JSON5Tree {
  /// How a value may be made smaller.
  enum Smaller: CaseIterable {
    /// Without stretches of a list.
    case stretches
    /// Without a member or an element.
    case parts
    /// The value of its only member in the place of an object.
    case unwrap
  }

  fileprivate var children: [JSON5Tree] {
    switch self {
    case .literal, .string: []
    case .array(let elements): elements
    case .object(let members): members.map(\.value)
    }
  }

  /// The value at a place: at each level the child of this number.
  func value(at path: [Int]) -> JSON5Tree? {
    var here = self
    for index in path {
      guard here.children.indices.contains(index) else { return nil }
      here = here.children[index]
    }
    return here
  }

  /// The place that is next in the order of the text, what stands within a value being behind it; nil behind the last.
  func path(behind path: [Int]) -> [Int]? {
    if let here = value(at: path), !here.children.isEmpty { return path + [0] }
    var path = path
    while let last = path.popLast() {
      if let parent = value(at: path), last + 1 < parent.children.count { return path + [last + 1] }
    }
    return nil
  }

  /// The same tree with another value at a place.
  func replacing(_ path: [Int], with value: JSON5Tree) -> JSON5Tree {
    guard let first = path.first else { return value }
    let rest = Array(path.dropFirst())
    switch self {
    case .literal, .string: return self
    case .array(var elements):
      elements[first] = elements[first].replacing(rest, with: value)
      return .array(elements)
    case .object(var members):
      members[first].value = members[first].value.replacing(rest, with: value)
      return .object(members)
    }
  }

  /// Smaller values that could stand in its place, those first that leave out most; each is made when it is asked for.
  func smaller(by way: Smaller) -> AnySequence<JSON5Tree> {
    switch (self, way) {
    case (.array(let elements), .stretches):
      AnySequence(Self.stretches(of: elements.count).lazy.map { .array(elements.without($0)) })
    case (.array(let elements), .parts):
      AnySequence(elements.indices.lazy.map { .array(elements.without($0..<($0 + 1))) })
    case (.object(let members), .parts):
      AnySequence(
        members.indices.sorted { members[$0].value.size > members[$1].value.size }.lazy.map {
          .object(members.without($0..<($0 + 1)))
        })
    case (.object(let members), .unwrap): AnySequence(members.count == 1 ? [members[0].value] : [])
    default: AnySequence([])
    }
  }

  /// The halves of a list, its quarters, and so on down to pairs.
  private static func stretches(of count: Int) -> [Range<Int>] {
    sequence(first: count / 2) { $0 / 2 }.prefix { $0 > 1 }.flatMap { length in
      stride(from: 0, to: count, by: length).map { $0..<Swift.min($0 + length, count) }
    }
  }

  /// How many values it holds, itself included.
  private var size: Int { children.reduce(1) { $0 + $1.size } }
}

extension Array {
  /// The same without a stretch of it.
  fileprivate func without(_ range: Range<Int>) -> [Element] {
    Array(self[..<range.lowerBound] + self[range.upperBound...])
  }
}
