// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Testing

@testable import Scenario

@Suite("The library of scenario files")
struct ScenarioLibraryTests {
  private static let oneLine = #"{ exchange: ["x"] }"#

  /// Runs a body with an empty folder that is gone afterwards.
  private func withFolder(_ body: (TemporaryFolder) throws -> Void) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try body(folder)
  }

  @Test("an id is the path below the folder that was asked for, without the extension")
  func ids() throws {
    try withFolder { folder in
      for name in ["b.json5", "a/z.json5", "a/b/c.json5"] { try folder.write(Self.oneLine, to: name) }
      try folder.write("not a scenario", to: "a/notes.txt")
      try folder.write("hidden", to: ".hidden/x.json5")
      let whole = ScenarioLibrary(paths: [folder.path])
      #expect(whole.scenarios.map(\.id) == ["a/b/c", "a/z", "b"])
      #expect(whole.fileCount == 3)
      #expect(ScenarioLibrary(paths: [folder.path + "/a/"]).scenarios.map(\.id) == ["b/c", "z"])
      #expect(ScenarioLibrary(paths: [folder.path + "/a/z.json5"]).scenarios.map(\.id) == ["z"])
    }
  }

  @Test("all files together have so many bytes at most, those that they name included")
  func bytes() throws {
    try withFolder { folder in
      try folder.write(String(repeating: "p", count: 500), to: "payload")
      for name in ["a", "b", "c", "d"] {
        try folder.write("{ exchange: [{ payload: { file: 'payload' } }] }", to: "\(name).json5")
      }
      let each = "{ exchange: [{ payload: { file: 'payload' } }] }".utf8.count + 500
      let enough = ScenarioLibrary(paths: [folder.path], mostBytes: 4 * each)
      #expect(enough.isRight && enough.cases.count == 4)
      let tooMany = ScenarioLibrary(paths: [folder.path], mostBytes: 3 * each - 1)
      #expect(tooMany.cases.map(\.id) == ["a", "b"] && tooMany.fileCount == 3)
      #expect(
        tooMany.problems.map(\.reason) == [
          "with it the first 3 of 4 files and those that they name have \(3 * each) bytes, but the limit"
            + " for all is"
            + " \(3 * each - 1)"
        ])
    }
  }

  @Test("a file that is asked for twice is one scenario, and two that share a name keep their paths")
  func doubles() throws {
    try withFolder { folder in
      let first = try folder.write(Self.oneLine, to: "a/x.json5")
      let second = try folder.write(Self.oneLine, to: "b/x.json5")
      #expect(ScenarioLibrary(paths: [first, first]).scenarios.map(\.id) == ["x"])
      let ids = ScenarioLibrary(paths: [first, second]).scenarios.map(\.id)
      #expect(ids == ["\(folder.path)/a/x", "\(folder.path)/b/x"].map { String($0.drop { $0 == "/" }) })
    }
  }

  @Test("a file that is named as a case of another's matrix, or as a repetition, has another id")
  func idsOfCases() throws {
    try withFolder { folder in
      try folder.write("{ matrix: { ttl: [1] }, exchange: [{ header: { ttl: '${ttl}' } }] }", to: "x.json5")
      for name in ["x[ttl=1]", "x[ttl=1", "x#2", "x%232", "x#b", "100%", "%5B", "f[1]/y", "é", "e\u{301}"] {
        try folder.write(Self.oneLine, to: "\(name).json5")
      }
      let scenarios = ScenarioLibrary(paths: [folder.path]).scenarios
      let ids = scenarios.map(\.id)
      for id in [
        "x[ttl=1]", "x%5Bttl=1%5D", "x%5Bttl=1", "x%232", "x%25232", "x#b", "100%", "%255B", "f[1]/y",
      ] { #expect(ids.contains(id), "\(id)") }
      // Swift takes a composed and a decomposed letter for one, and Linux for two.
      #expect(ids.count == 11 && Set(ids).count == 11)
      #expect(scenarios.contains { $0.id == "x%5Bttl=1%5D" && $0.title == "x[ttl=1]" })
      #expect(scenarios.first { $0.isOfMatrix }?.caseName == "[ttl=1]")
    }
  }

  @Test("two files that share an id never take that of a third")
  func numbers() throws {
    try withFolder { folder in
      for name in ["a/x", "b/x-2", "c/a/x"] { try folder.write(Self.oneLine, to: "\(name).json5") }
      let paths = ["a/x.json5", "./a/../c/a/x.json5", "b/x-2.json5"]
      let ids = ScenarioLibrary(paths: paths.map { "\(folder.path)/\($0)" }).scenarios.map(\.id)
      #expect(Set(ids).count == 3)
    }
  }

  @Test("a name that is no UTF-8 is that of a scenario like any other")
  func names() throws {
    try withFolder { folder in
      try folder.write("{ mtu: 1001 }", to: "s/netns/near.json5")
      for (byte, other) in [(0xff, "near"), (0xfe, "lan")] as [(UInt8, String)] {
        let bytes = Array("\(folder.path)/s/a".utf8) + [byte] + Array(".json5".utf8) + [0]
        let file = bytes.withUnsafeBytes {
          open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o644)
        }
        let text = "{ network: '\(other)', exchange: ['x'] }"
        #expect(write(file, text, text.utf8.count) == text.utf8.count)
        close(file)
      }
      let library = ScenarioLibrary(paths: ["\(folder.path)/s"])
      #expect(library.isRight, "\(library.problems)")
      #expect(library.scenarios.map(\.id) == ["a%FE", "a%FF"])
      let path = library.scenarios[1].file.path
      #expect(Printable.escape(path).hasSuffix("/s/a\\xff.json5"))
      #expect(ScenarioLibrary(paths: [path]).scenarios.first?.network.mtu == 1001)
    }
  }

  @Test("a folder that many links lead to is read once, by its own name")
  func manyLinks() throws {
    try withFolder { folder in
      // Followed each time it is met, this would be read a million times.
      for level in 0..<20 {
        try folder.write(Self.oneLine, to: "s/\(level)/x.json5")
        for name in ["a", "b"] {
          #expect(symlink("../\(level + 1)", "\(folder.path)/s/\(level)/\(name)") == 0)
        }
      }
      let ids = Set(ScenarioLibrary(paths: [folder.path + "/s"]).scenarios.map(\.id))
      #expect(ids == Set((0..<20).map { "\($0)/x" }))
    }
  }

  @Test("a search that is given up ends, and reads nothing more")
  func givenUp() throws {
    try withFolder { folder in
      for number in 0..<10 { try folder.write(Self.oneLine, to: "\(number)/x.json5") }
      var asked = 0
      let library = ScenarioLibrary(paths: [folder.path]) {
        asked += 1
        return asked > 13
      }
      #expect(library.scenarios.count < 10 && asked > 13)
      #expect(ScenarioLibrary(paths: [folder.path], isGivenUp: { true }).fileCount == 0)
    }
  }

  @Test("files of which no case comes are named by their ids")
  func wrongFiles() throws {
    try withFolder { folder in
      try folder.write(Self.oneLine, to: "right.json5")
      try folder.write("{", to: "a/wrong.json5")
      #expect(mkfifo("\(folder.path)/pipe.json5", 0o600) == 0)
      #expect(ScenarioLibrary(paths: [folder.path]).wrongFiles == ["a/wrong", "pipe"])
    }
  }

  @Test("the title is the file's name where the file gives none")
  func titles() throws {
    try withFolder { folder in
      try folder.write(Self.oneLine, to: "headers/bad-checksum_is-dropped.json5")
      let scenario = try #require(ScenarioLibrary(paths: [folder.path]).scenarios.first)
      #expect(scenario.title == "bad checksum is dropped")
    }
  }

  @Test(
    "a network of a name is found beside the scenario, above it, or first of all where it is told to look")
  func networks() throws {
    try withFolder { folder in
      let inner = try folder.write(#"{ network: "near", exchange: ["x"] }"#, to: "top/inner/s.json5")
      try folder.write("{ mtu: 1001 }", to: "top/netns/near.json5")
      #expect(ScenarioLibrary(paths: [inner]).scenarios.first?.network.mtu == 1001)
      try folder.write("{ mtu: 1002 }", to: "top/inner/netns/near.json5")
      #expect(ScenarioLibrary(paths: [inner]).scenarios.first?.network.mtu == 1002)
      try folder.write("{ mtu: 1003 }", to: "elsewhere/near.json5")
      let told = ScenarioLibrary(paths: [inner], networks: folder.path + "/elsewhere")
      #expect(told.scenarios.first?.network.mtu == 1003)
    }
  }

  @Test("a folder of networks that is not there is a problem, also where no scenario names a network")
  func missingNetworks() throws {
    let folder = try TemporaryFolder()
    try folder.write("{ exchange: ['x'] }", to: "x.json5")
    for (name, reason) in [
      ("nowhere", "there is no such file or folder"),
      (
        "x.json5",
        "this is not a"
          + " folder"
      ),
    ] {
      let library = ScenarioLibrary(paths: [folder.path], networks: "\(folder.path)/\(name)")
      #expect(library.problems.map(\.description) == ["\(folder.path)/\(name): \(reason)"])
    }
    #expect(ScenarioLibrary(paths: [folder.path], networks: folder.path).isRight)
  }

  @Test("network files in a folder netns are not taken for scenarios, and an error in one is told once")
  func networkFiles() throws {
    try withFolder { folder in
      try folder.write("{ mtu: 1 }", to: "netns/small.json5")
      for name in ["a", "b"] {
        try folder.write(#"{ network: "small", exchange: ["x"] }"#, to: "\(name).json5")
      }
      let library = ScenarioLibrary(paths: [folder.path])
      #expect(library.fileCount == 2)
      #expect(library.scenarios.isEmpty)
      #expect(library.diagnostics.reported.map { $0.span.file.path } == [folder.path + "/netns/small.json5"])
    }
  }

  @Test("a folder behind a link is read too, and one that leads back in a circle only once")
  func links() throws {
    try withFolder { folder in
      try folder.write(Self.oneLine, to: "s/x.json5")
      try folder.write(Self.oneLine, to: "other/y.json5")
      #expect(symlink("../other", folder.path + "/s/linked") == 0)
      #expect(symlink("..", folder.path + "/other/back") == 0)
      let ids = ScenarioLibrary(paths: [folder.path + "/s"]).scenarios.map(\.id)
      #expect(ids == ["linked/y", "x"])
    }
  }

  @Test("a link to a file of the library is no other scenario, and where one leads out, networks are found")
  func linkedFiles() throws {
    try withFolder { folder in
      try folder.write(#"{ network: "near", exchange: ["x"] }"#, to: "other/y.json5")
      try folder.write("{ mtu: 1001 }", to: "other/netns/near.json5")
      try folder.write(Self.oneLine, to: "s/x.json5")
      #expect(symlink("x.json5", folder.path + "/s/same.json5") == 0)
      #expect(symlink("../other/y.json5", folder.path + "/s/out.json5") == 0)
      let library = ScenarioLibrary(paths: [folder.path + "/s"])
      #expect(library.isRight)
      #expect(library.scenarios.count == 2)
      #expect(library.scenarios.first { $0.id == "out" }?.network.mtu == 1001)
    }
  }

  @Test("one file by two paths is one scenario, and two files that would share an id are told apart")
  func paths() throws {
    try withFolder { folder in
      try folder.write(Self.oneLine, to: "a/x.json5")
      let twice = ["\(folder.path)/a/x.json5", "\(folder.path)/./a/../a/x.json5"]
      #expect(ScenarioLibrary(paths: twice).scenarios.count == 1)
      try folder.write(Self.oneLine, to: "b/x.json5")
      let ids = ScenarioLibrary(paths: ["\(folder.path)/a/x.json5", "\(folder.path)/b/../b/x.json5"])
        .scenarios.map(\.id)
      #expect(Set(ids).count == 2)
      #expect(ids.allSatisfy { !$0.contains("..") })
    }
  }

  @Test("what is no file to read is told, each with its path: nothing there, a pipe, a device")
  func unreadable() throws {
    try withFolder { folder in
      let pipe = folder.path + "/pipe.json5"
      #expect(mkfifo(pipe, 0o600) == 0)
      let missing = folder.path + "/missing.json5"
      let library = ScenarioLibrary(paths: [missing, pipe, "/dev/null"])
      #expect(library.problems.map(\.path) == [missing, pipe, "/dev/null"])
      #expect(!library.isRight)
      #expect(ScenarioLibrary(paths: [folder.path]).problems.map(\.path) == [pipe])
    }
  }

  @Test("a file of more than a mebibyte is an error of its own, not read to its end")
  func tooLong() throws {
    try withFolder { folder in
      try folder.write(String(repeating: " ", count: 3 << 20), to: "long.json5")
      let library = ScenarioLibrary(paths: [folder.path])
      #expect(library.diagnostics.reported.count == 1)
      #expect(library.diagnostics.reported.first?.message.contains("1048576") == true)
    }
  }

  @Test("scenarios are chosen by a part of their id and by their tags")
  func selection() throws {
    try withFolder { folder in
      try folder.write(#"{ tags: ["fast", "a"], exchange: ["x"] }"#, to: "one.json5")
      try folder.write(#"{ tags: ["slow"], exchange: ["x"] }"#, to: "two.json5")
      try folder.write(Self.oneLine, to: "sub/three.json5")
      let scenarios = ScenarioLibrary(paths: [folder.path]).cases
      func ids(_ filter: [String], _ tags: [String]) -> [String] {
        ScenarioSelection(filters: filter, tags: tags).selected(of: scenarios).map(\.id)
      }
      #expect(ids([], []) == ["one", "sub/three", "two"])
      #expect(ids(["t"], []) == ["sub/three", "two"])
      #expect(ids([], ["a", "slow"]) == ["one", "two"])
      #expect(ids([], ["!slow"]) == ["one", "sub/three"])
      #expect(ids(["o"], ["fast", "!a"]) == [])
      #expect(ids([], ["fa*"]) == ["one"] && ids([], ["!?"]) == ["sub/three", "two"])
      #expect(ids(["one", "three"], []) == ["one", "sub/three"])
      #expect(ids(["*e"], []) == ["one", "sub/three"] && ids(["???"], []) == ["one", "two"])
      #expect(ids(["sub/*"], []) == ["sub/three"] && ids(["*"], ["slow"]) == ["two"])
    }
  }

  @Test("a filter that is an id means that case alone, and what selects nothing names the nearest")
  func exactSelection() throws {
    try withFolder { folder in
      try folder.write(
        #"{ tags: ["udp"], matrix: { ttl: [1, 12] }, exchange: [{ header: { ttl: "${ttl}" } }] }"#,
        to: "drops/port.json5")
      try folder.write(Self.oneLine, to: "drops/port-zero.json5")
      let cases = ScenarioLibrary(paths: [folder.path]).cases
      func ids(_ filters: String...) -> [String] {
        ScenarioSelection(filters: filters, tags: []).selected(of: cases).map(\.id)
      }
      #expect(ids("drops/port-zero") == ["drops/port-zero"])
      #expect(ids("drops/port[ttl=1]") == ["drops/port[ttl=1]"])
      #expect(ids("drops/port").count == 3)
      #expect(ids("drops/port[ttl=1]", "zero") == ["drops/port[ttl=1]", "drops/port-zero"])
      let misses = ScenarioSelection(filters: ["prot", "port", "xyz"], tags: ["upd", "udp", "!no"]).misses(
        among: cases)
      #expect(
        misses == [
          #"no id is or contains "prot": did you mean "port"?"#, #"no id is or contains "xyz""#,
          #"no scenario has the tag "upd": did you mean "udp"?"#,
        ])
    }
  }

  @Test(
    "the scenarios of a flipped header bit flip each once: 160 of IPv4, 320 of IPv6",
    arguments: [("cable", 160), ("ipv6", 320)])
  func headerBits(folder: String, count: Int) {
    let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let library = ScenarioLibrary(paths: ["/\(checkout)/scenarios/\(folder)"])
    let cables = library.scenarios.filter { $0.id.hasPrefix("header-bit") }.compactMap(\.network.cable)
    let bits = cables.flatMap { $0.value.forward.corrupt.map(\.bit.value) }
    #expect(bits.sorted() == Array(0..<count))
  }
}
