// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// What a page says of a case: a line, and below it, where there is more to say, all that shows how it went.
struct CaseHTML {
  /// How much room is left for a case.
  enum Room {
    /// For all.
    case detail
    /// For its failure as a terminal shows it.
    case text
    /// For what was found first, and how to run it again.
    case line
  }

  private let result: ReportedCase
  private let room: Room

  init(_ result: ReportedCase, _ room: Room) {
    (self.result, self.room) = (result, room)
  }

  var markup: Markup {
    let tags: Markup = result.tags.isEmpty ? "" : " data-tags=\"\(result.tags.joined(separator: " "))\""
    let attributes: Markup = "id=\"case-\(result.position)\" class=\"case \(result.status.rawValue)\"\(tags)"
    guard let body else { return "<li \(attributes)><div class=\"row\">\(row)</div></li>\n" }
    return """
      <li \(attributes)><details><summary class="row">\(row)</summary><noscript>
      <div class="body">
      \(body)</div></noscript></details></li>

      """
  }

  // MARK: - The line

  private var row: Markup {
    let title: Markup = result.title.isEmpty ? "" : "<span class=\"title\">\(.isolated(result.title))</span>"
    let message: Markup =
      result.status == .passed ? "" : "<span class=\"why\">\(.isolated(shortMessage))</span>"
    return """
      <span class="mark">\(result.status.mark)</span><span class="name"><b>\(.isolated(result.id))</b>\(title)\(message)</span>\
      <span class="seen">\(seen)</span><span class="took">\(Duration(inSeconds: result.seconds).formatted)</span>
      """
  }

  private static let mostCharacters = 240

  private var shortMessage: String {
    let message = result.message
    return message.count > Self.mostCharacters ? message.prefix(Self.mostCharacters) + " …" : message
  }

  private var seen: String {
    guard let packets = result.packets else { return "" }
    if let flows = result.flows { return FlowText.line(flows).listed }
    if let stream = result.stream { return stream.line.listed }
    let amounts = [packets.sent, packets.arrived, packets.delivered]
    return "\(amounts[0]) sent, \(amounts[1]) arrived, \(amounts[2]) delivered"
  }

  // MARK: - What is below it

  private var body: Markup? {
    if let detail = result.detail { return self.detail(detail) }
    guard result.status != .passed, result.status != .notRun else { return nil }
    return findings + (room == .line ? "" : terminal(isOpen: true)) + facts
  }

  private func detail(_ detail: ReportedDetail) -> Markup {
    let beside = detail.comparisons.map { ComparisonHTML($0).markup }.joined() + counters(detail)
    let isAlone = beside.text.isEmpty
    let source = SourceHTML(detail.source).markup
    let ladder =
      result.flows.map { FlowHTML($0).markup }
      ?? LadderHTML(detail, opensWrong: !result.status.isAccepted).markup
    return """
      \(findings)<div class="pair\(isAlone ? " alone" : "" as Markup)"><div>\(source)</div>\(isAlone ? "" : "<div>\(beside)</div>" as Markup)</div>
      \(ladder)\(terminal(isOpen: false))\(facts)
      """
  }

  /// What was found; of a flaky case, what its last failure was.
  private var findings: Markup {
    let shown = result.status == .flaky ? result.failedAttempts.last?.findings ?? [] : result.findings
    let more = shown.count - Self.mostFindings
    var items: [Markup] = shown.prefix(Self.mostFindings).map { finding in
      let places: Markup =
        finding.places.isEmpty ? "" : " <span class=\"places\">\(finding.places.formattedAsList)</span>"
      return """
        <li><span class="kind">\(finding.kind)</span>\(places) <span class="said">\(.isolated(finding.text))</span> \
        <span class="at">\(.isolated("\(finding.file):\(finding.line):\(finding.column)"))</span></li>
        """
    }
    if more > 0 { items.append("<li>and \(count(more, "more finding"))</li>") }
    let obstacle: [Markup] = [
      result.reason.map { "<p class=\"reason\">\($0)</p>\n" },
      result.fix.map { "<p class=\"fix\">\($0)</p>\n" },
      result.knownFailure.map { "<p class=\"reason\">Known to fail: \($0)</p>\n" },
    ].compactMap { $0 }
    let list: Markup = items.isEmpty ? "" : "<ul class=\"findings\">\(items.joined())</ul>\n"
    return obstacle.joined() + list
  }

  private static let mostFindings = 12

  private func counters(_ detail: ReportedDetail) -> Markup {
    let rows: [Markup] = detail.counters.sorted { $0.key < $1.key }.flatMap { host, rises in
      rises.sorted { $0.key < $1.key }.map { name, rise in
        "<tr><th scope=\"row\">\(name)</th><td>\(host)</td><td>\(rise >= 0 ? "+" : "")\(rise)</td></tr>"
      }
    }
    guard !rows.isEmpty else { return "" }
    return """
      <div class="scroll" tabindex="0" role="group" aria-label="Counters"><table class="values">\
      <caption>Counters of the kernels</caption><thead><tr><th scope="col">counter</th><th scope="col">host</th>\
      <th scope="col">rose by</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>

      """
  }

  /// The failure as a terminal shows it, to be copied.
  private func terminal(isOpen: Bool) -> Markup {
    let shown = result.status == .flaky ? result.failedAttempts.last?.text : result.text
    guard let shown else { return "" }
    return """
      <details class="terminal"\(isOpen ? " open" : "" as Markup)><summary>As shown on a terminal</summary>\
      <pre class="scroll" tabindex="0" role="group" aria-label="The failure as shown on a terminal">\
      \(.lines(DocumentText.lines(shown)))</pre></details>

      """
  }

  private var facts: Markup {
    var facts: [(String, Markup)] = []
    if let again = result.again { facts.append(("Run it again", "<code class=\"copy\">\(again)</code>")) }
    facts.append(("File", .isolated("\(result.file):\(result.line)")))
    if !result.tags.isEmpty { facts.append(("Tags", .isolated(result.tags.joined(separator: ", ")))) }
    if let timing = result.timing { facts.append(("Time", "\(timing.words.listed)")) }
    facts += connection
    if result.attempts > 1 { facts.append(("Attempts", "\(result.attempts)")) }
    for (name, seed) in result.seeds.sorted(by: { $0.key < $1.key }) {
      facts.append(("Seed of \(name)", "\(seed)"))
    }
    for (name, value) in (result.variables ?? [:]).sorted(by: { $0.key < $1.key }) {
      facts.append(("--set \(name)", .isolated(value)))
    }
    if let capture = result.capture { facts.append(("Capture", .isolated(capture))) }
    if let failure = result.captureFailure { facts.append(("No capture", .isolated(failure))) }
    let items: [Markup] = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
    return "<dl class=\"about\">\(items.joined())</dl>\n"
  }
}

extension CaseHTML {
  /// What was seen of the connection, and what the kernels of built-in roles know of their ends.
  private var connection: [(String, Markup)] {
    guard let stream = result.stream else { return [] }
    let ends: [(String, Markup)] = stream.ends.sorted { $0.key < $1.key }.map { host, end in
      let roundTrip = "\(Int((min(max(end.roundTrip, 0), 1e6) * 1e6).rounded())) µs"
      let sent = count(end.retransmissions, "retransmission")
      return (
        "Kernel of the \(host)", "\(sent), round trip \(roundTrip), window \(end.congestionWindow) segments"
      )
    }
    return [("Connection", "\(stream.line.listed)")] + ends
  }
}

extension String {
  /// A line whose parts stand apart by two spaces, which a page would show as one.
  fileprivate var listed: String { replacing("  ", with: ", ") }
}

extension CaseStatus {
  /// The status as a terminal has it.
  fileprivate var mark: String {
    switch self {
    case .passed: "PASS"
    case .failed: "FAIL"
    case .flaky: "FLAKY"
    case .knownFailure: "KNOWN"
    case .cannotRun, .notJudged: "ERROR"
    case .notRun: "NOT RUN"
    }
  }
}
