// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The scenario files that the bench has twohost read.
enum GeneratedFiles {
  /// A case of one packet, by its path.
  static func oneCase(in folder: String) throws -> String {
    try write("{ exchange: [\"Hello World !\"] }\n", to: "\(folder)/one-case.json5")
  }

  /// Lines of text, by the path of their file.
  static func text(_ lines: [String], in folder: String) throws -> String {
    try write(lines.map { $0 + "\n" }.joined(), to: "\(folder)/lines.txt")
  }

  /// A case whose lines are typed to a program that sends them, by its path.
  static func exchange(_ lines: [String], typedTo words: [String], in folder: String) throws -> String {
    let list = { (texts: [String]) in texts.map { "\"\($0)\"" }.joined(separator: ", ") }
    let name = words.last?.split(separator: "/").last ?? "program"
    return try write(
      "{ sender: { run: [\(list(words))], stdin: \"exchange\" }, exchange: [\(list(lines))] }\n",
      to: "\(folder)/exchange-of-\(name).json5")
  }

  /// A flow of so many packets, by its path.
  static func flow(of packets: Int, size: Int, via way: String, in folder: String) throws -> String {
    try write(
      "{ exchange: [{ flow: { packets: \(packets), size: \(size) }, via: '\(way)' }], timeout: '1min' }",
      to: "\(folder)/flow-\(way).json5")
  }

  /// A stream of so many bytes of a kind, by its path.
  static func stream(of bytes: Int, fill: String, in folder: String) throws -> String {
    try write(
      "{ tcp: { destinationPort: 7777 }, timeout: '1min', exchange: [{ stream: { size: \(bytes)\(fill) } }] }",
      to: "\(folder)/stream-\(bytes)-\(fill.count).json5")
  }

  /// So many datagrams to a program that ends after "Quit", one after the other, by the path of the case.
  static func datagrams(_ count: Int, to program: String, in folder: String) throws -> String {
    try write(
      "{ receiver: { run: ['\(program)'] }, udp: { destinationPort: 7777 }, timeout: '1min',"
        + " exchange: [{ payload: { size: 36 }, repeat: \(count) }, 'Quit'] }",
      to: "\(folder)/datagrams-\(count).json5")
  }

  /// A burst of so many messages of so many bytes, by its path.
  static func burst(of messages: Int, size: Int, in folder: String) throws -> String {
    try write(
      "{ pacing: 'burst', timeout: '5min', exchange: [{ payload: { size: \(size) }, repeat: \(messages) }] }",
      to: "\(folder)/burst-of-\(messages).json5")
  }

  /// A scenario with so many keys on one line that nobody knows, by its path.
  static func unknownKeys(_ count: Int, in folder: String) throws -> String {
    let keys = (0..<count).map { "kye\($0): 1, " }.joined()
    return try write("{ \(keys)exchange: ['a'] }", to: "\(folder)/unknown-\(count).json5")
  }

  /// A matrix of this many cases of one packet each, by its path; a multiple of 100.
  static func matrix(of cases: Int, in folder: String) throws -> String {
    let text = """
      {
        matrix: { number: [\(list(0..<cases / 100))], ttl: [\(list(1..<101))] },
        exchange: [{ payload: "Hello World ${number}", header: { ttl: "${ttl}" } }],
      }

      """
    return try write(text, to: "\(folder)/matrix-of-\(cases).json5")
  }

  /// A folder with this many scenario files: those of the library with all that they need, again and again.
  static func library(_ library: String, times count: Int, in folder: String) throws -> String {
    let files = try read(library)
    guard files.contains(where: { $0.isScenario }) else { throw BenchError("\(library) has no scenario") }
    let root = "\(folder)/library-of-\(count)"
    var written = 0
    var copy = 0
    while written < count {
      copy += 1
      for file in files where !file.isScenario || written < count {
        let path = "\(root)/\(copy)/\(file.path)"
        let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        try FileManager.default.createDirectory(atPath: String(parent), withIntermediateDirectories: true)
        try file.content.write(to: URL(filePath: path))
        written += file.isScenario ? 1 : 0
      }
    }
    return root
  }

  private struct File {
    let path: String
    let content: Data
    var isScenario: Bool { path.hasSuffix(".json5") }
  }

  private static func read(_ folder: String) throws -> [File] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().compactMap { path in
      guard let content = FileManager.default.contents(atPath: "\(folder)/\(path)") else { return nil }
      return File(path: path, content: content)
    }
  }

  private static func list(_ numbers: Range<Int>) -> String {
    numbers.map { "\($0)" }.joined(separator: ", ")
  }

  private static func write(_ text: String, to path: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }
}
