// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// For every form in which a file can say options: the way out that `explain` names is the one by which `run` sends,
/// and the packet leaves by it as it asks.
@Suite("Options by the way that is explained")
struct WayOutAgreementTests {
  /// The options of a header, in JSON5.
  private static let forms: [String] =
    words + recordRoutes + timestamps + alerts + routes + raw.map { "{ raw: '\($0)' }" } + several

  private static let words = ["'nop'", "'end'"]
  private static let recordRoutes = (0...9).map { "{ recordRoute: \($0) }" }
  private static let alerts = [0, 1, 255, 65_535].map { "{ routerAlert: \($0) }" }

  /// Of every flag as many slots as there is room for in 40 bytes.
  private static let timestamps: [String] = (0...15).flatMap { flag in
    [0, 1, 2, 4, 9].filter { flag == 0 || $0 <= 4 }.map { "{ timestamp: { slots: \($0), flag: \(flag) } }" }
  }

  private static let routes: [String] = ["looseSourceRoute", "strictSourceRoute"].flatMap { kind in
    [
      [], ["1.1.1.1"], ["1.1.1.1", "1.1.1.1"], ["1.1.1.2"], ["1.1.1.2", "1.1.1.1"], ["8.8.8.8"],
      ["1.1.1.100"], ["0.0.0.0"], ["224.0.0.1"], ["255.255.255.255"],
      [String](repeating: "1.1.1.2", count: 9),
    ].map { route in
      "{ \(kind): [\(route.map { "'\($0)'" }.joined(separator: ", "))] }"
    }
  }

  /// What the long forms say, in bytes; what they cannot say; and what no header may hold.
  private static let raw = [
    "01", "00", "070304", "070704 00000000", "440c0500 00000000 00000000", "44040500",
    "440c0503 01010163 00000000",
    "440c0503 01010164 00000000", "94040000", "83070401010101", "83070401010102", "89070401010101", "1e02",
    "ff04abcd",
    "07", "0700", "0701", "0702", "0707", "070703 00000000", "070705 00000000", "070708 00000000",
    "072904 00000000",
    "4402", "440304", "44080400 00000000", "44080600 00000000", "44080501 00000000", "440405f0", "440405f3",
    "83030400",
    "83070801010101", "8308040101010100", "9403ff", "9402", "94ff", "1e", "1e00", "1e01", "1e09", "0101011e",
    "00010000",
    "01000007", "07030407030400", "4404050044040500", "8307040101010183070401010101", "8608000000010102",
    "86020000",
    "86060000 0001",
  ]

  private static let several = [
    "'nop', { routerAlert: 0 }, { raw: '1e04abcd' }, 'end'", "{ recordRoute: 0 }, { recordRoute: 0 }",
    "'end', 'nop'", "'nop', { recordRoute: 3 }", "{ routerAlert: 0 }, { routerAlert: 1 }",
    "{ looseSourceRoute: ['1.1.1.1'] }, { strictSourceRoute: ['1.1.1.1'] }", "{ raw: '01' }, { raw: '07' }",
  ]

  /// A scenario of one packet with options, where nobody listens, so that only its way on the wire counts.
  private static func scenario(_ options: String, _ message: String = "", counters: String = "{}") -> String {
    """
    { receiver: { idle: true },
      exchange: [{ payload: "x", header: { options: [\(options)] }, \(message) expect: { delivered: false } }],
      expect: { unexpected: "ignore", counters: \(counters) } }
    """
  }

  private static func name(_ index: Int) -> String { "form-\(1000 + index)" }

  /// What `explain` says of a form.
  private struct Explained {
    let way: String
    let length: Int
  }

  private func explained(_ folder: TestFolder) throws -> [Explained] {
    for (index, form) in Self.forms.enumerated() {
      try folder.write(Self.scenario(form), to: "plain/\(Self.name(index)).json5")
    }
    let ended = try TwoHostProgram.run("explain", "plain", in: folder.path)
    try #require(ended.status == 0, "\(ended.errors)")
    let ways = ended.output.matches(of: /from the sender by (\w+)\n/).map { String($0.1) }
    let lengths = ended.output.matches(of: /Total Length +(\d+) bytes/).compactMap { Int($0.1) }
    try #require(ways.count == Self.forms.count && lengths.count == ways.count)
    return zip(ways, lengths).map { Explained(way: $0, length: $1) }
  }

  /// The counters that tell the ways out apart: a header of one's own is no request to the kernel's IP, and a frame
  /// passes it by (RFC 4293, `ipSystemStatsOutRequests` and `OutOctets`).
  private func counters(_ explained: Explained) -> String {
    let requests = explained.way == "socket" ? 1 : 0
    let octets = explained.way == "frame" ? 0 : explained.length
    return #"{ sender: { "Ip.OutRequests": \#(requests), "IpExt.OutOctets": \#(octets) } }"#
  }

  @Test("root's packets leave so, and an ordinary user's", arguments: [true, false])
  func leaves(isRoot: Bool) throws {
    let folder = try TestFolder()
    let explained = try explained(folder)
    #expect(Set(explained.map(\.way)) == ["socket", "header"], "no options need a frame")
    for (index, form) in Self.forms.enumerated() {
      let text = Self.scenario(form, counters: counters(explained[index]))
      try folder.write(text, to: "counted/\(Self.name(index)).json5")
    }
    let words = ["run", "counted", "--capture", "none"]
    let ended =
      isRoot
      ? try TwoHostProgram.runProgram([TwoHostProgram.path] + words, in: folder.path)
      : try TwoHostProgram.runUnprivileged(words, in: folder.path)
    let failures = ended.output.split(separator: "\n").filter { !$0.hasPrefix("PASS") }
    #expect(ended.status == 0, "\(failures.prefix(40).joined(separator: "\n")) \(ended.errors)")
    #expect(ended.output.contains("\(Self.forms.count) passed, 0 failed"))
    #expect(Self.forms.count > 150)
  }

  @Test("the way that is named can be asked for, and none that is simpler")
  func asked() throws {
    let folder = try TestFolder()
    for (index, explained) in try explained(folder).enumerated() {
      for way in ["socket", "header"] {
        let place = way == explained.way || explained.way == "socket" ? "right" : "simpler"
        let text = Self.scenario(Self.forms[index], "via: '\(way)',")
        try folder.write(text, to: "\(place)/\(way)/\(Self.name(index)).json5")
      }
    }
    #expect(try TwoHostProgram.run("check", "right", in: folder.path).status == 0)
    let ended = try TwoHostProgram.run("check", "simpler", in: folder.path)
    let refused = ended.errors.matches(of: /--> (simpler\S+\.json5):/).map { String($0.1) }
    let simpler = folder.files.filter { $0.hasPrefix("simpler/") }
    #expect(Set(refused) == Set(simpler) && simpler.count > 80)
    #expect(ended.errors.contains("via: \"header\" can carry it"))
  }

  @Test("what the kernel refuses of a plain socket can be asked for, with the error")
  func refused() throws {
    let folder = try TestFolder()
    let output = try TwoHostProgram.run("explain", "plain", in: prepared(folder)).output
    let parts = output.split(separator: "\nmessage 1, ")
    // A label that is right in itself is refused or not as a kernel is built.
    let refused = Self.forms.indices.filter { index in
      parts[index + 1].contains("(EINVAL)\n") && !Self.forms[index].contains("86080000")
    }
    for index in refused {
      let message = "via: 'socket',"
      let text = Self.scenario(Self.forms[index], message)
        .replacing("expect: { delivered: false }", with: "expect: { error: 'EINVAL' }")
      try folder.write(text, to: "refused/\(Self.name(index)).json5")
    }
    let ended = try TwoHostProgram.run("run", "refused", "--capture", "none", in: folder.path)
    #expect(ended.status == 0, "\(ended.output.split(separator: "\n").filter { !$0.hasPrefix("PASS") })")
    #expect(ended.output.contains("\(refused.count) passed, 0 failed") && refused.count > 30)
  }

  /// A folder with every form in it.
  private func prepared(_ folder: TestFolder) throws -> String {
    _ = try explained(folder)
    return folder.path
  }
}
