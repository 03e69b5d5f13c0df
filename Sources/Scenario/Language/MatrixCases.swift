// SPDX-License-Identifier: Apache-2.0

/// The cases of a matrix: what names each of them, and the values that the names of the matrix have in it.
enum MatrixCases: Sendable {
  /// The one case of a file without a matrix.
  case one
  /// Every combination of the values of each name, in the order in which a reader would write them, the last name
  /// changing fastest.
  case combinations([Axis])
  /// The cases of a list, in its order.
  case list(List)

  /// How many there are.
  var count: Int {
    switch self {
    case .one: 1
    case .combinations(let axes): axes.reduce(1) { $0 * $1.values.count }
    case .list(let list): list.count
    }
  }

  /// What names a case: `[ttl=1,ecn=2]`, unlike any other; nothing for a file without a matrix.
  func name(of index: Int) -> String {
    switch self {
    case .one: ""
    case .combinations(let axes):
      Self.name(zip(axes, Self.positions(index, axes)).map { "\($0.name)=\($0.texts[$1])" })
    case .list(let list): list.name(of: index)
    }
  }

  /// The values of the names in a case, in the order of the names.
  func values(of index: Int) -> [JSON5Value] {
    switch self {
    case .one: []
    case .combinations(let axes): zip(axes, Self.positions(index, axes)).map { $0.values[$1] }
    case .list(let list): list.values(of: index)
    }
  }

  /// Which value each name has in a combination, from 0.
  private static func positions(_ index: Int, _ axes: [Axis]) -> [Int] {
    var rest = index
    let positions = axes.reversed().map { axis in
      defer { rest /= axis.values.count }
      return rest % axis.values.count
    }
    return positions.reversed()
  }

  fileprivate static func name(_ parts: [String]) -> String { "[\(parts.joined(separator: ","))]" }

  /// One name of a matrix and the values that it has in turn.
  struct Axis: Sendable {
    let name: String
    let values: [JSON5Value]
    /// What stands for each value in the names of cases: its text, else its number among the values.
    fileprivate let texts: [String]

    init(_ name: String, _ values: [JSON5Value]) {
      self.name = name
      self.values = values
      var taken: Set<String> = []
      texts = values.enumerated().map { index, value in
        // Two values may have the same text: 1 and "1".
        guard let text = value.textInName, taken.insert(text).inserted else { return "#\(index + 1)" }
        return text
      }
    }
  }

  /// The cases of a matrix that lists them, each with a value of every name.
  struct List: Sendable {
    private let names: [String]
    private let rows: [[JSON5Value]]
    /// The cases that would be named as one before them.
    private var repeated: Set<Int> = []

    init(_ names: [String], _ rows: [[JSON5Value]]) {
      self.names = names
      self.rows = rows
      var taken: Set<String> = []
      for index in rows.indices where !taken.insert(name(of: index)).inserted { repeated.insert(index) }
    }

    fileprivate var count: Int { rows.count }

    fileprivate func values(of index: Int) -> [JSON5Value] { rows[index] }

    fileprivate func name(of index: Int) -> String {
      let number = "#\(index + 1)"
      let parts = zip(names, rows[index]).map { "\($0)=\($1.textInName ?? number)" }
      return MatrixCases.name(parts + (repeated.contains(index) ? [number] : []))
    }
  }
}

extension JSON5Value {
  /// The value in a case's name: as it is where it can be a file's name and is not taken for a number of ours.
  fileprivate var textInName: String? {
    guard let text = interpolated, !text.isEmpty, text.count <= 40, !text.hasPrefix("#"),
      text.utf8.allSatisfy({ $0 != 0x2f && $0 > 0x20 && $0 < 0x7f && $0 != 0x2c && $0 != 0x5d })
    else { return nil }
    return text
  }
}
