// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// A page of a run that a browser opens from a disk: one file, which fetches nothing.
///
/// It is made while the run goes on, as the JUnit document is: what it says of each case is for others to put aside, in
/// the order in which they end. The page is the head, for each group its heading, what was put aside of its cases and its
/// foot, and the tail.
///
/// How large it becomes has bounds: when what was told takes `detailRoom`, packets are left out, and when it takes
/// `textRoom`, a case that did not pass has a line and how to run it again.
public struct HTMLReport: Sendable {
  /// The parts of a page, in order.
  public enum Group: Int, CaseIterable, Sendable {
    /// What did not pass.
    case failed
    /// What was not run.
    case notRun
    /// What failed as it is known to.
    case known
    /// What passed.
    case passed

    /// The group of a case.
    public init(_ status: CaseStatus) {
      switch status {
      case .failed, .flaky, .cannotRun, .notJudged: self = .failed
      case .notRun: self = .notRun
      case .knownFailure: self = .known
      case .passed: self = .passed
      }
    }
  }

  private var run: ReportedRun?
  private var end: ReportedEnd?
  private var counts: [CaseStatus: Int] = [:]
  private let detailRoom: Int
  private let textRoom: Int
  private var told = 0
  private var withoutDetail = 0

  /// How many bytes of cases a page has before packets are left out.
  public static let detailRoom = 12 << 20
  /// How many bytes of cases a page has before the failures as a terminal shows them are left out too.
  public static let textRoom = 20 << 20

  /// Begins a page.
  public init(detailRoom: Int = HTMLReport.detailRoom, textRoom: Int = HTMLReport.textRoom) {
    (self.detailRoom, self.textRoom) = (detailRoom, textRoom)
  }

  /// Takes an event, and gives what it adds to the part of the page that its case stands in.
  public mutating func take(_ event: ReportedEvent) -> String {
    switch event {
    case .run(let begun): run = begun
    case .end(let ended): end = ended
    case .case(let result): return add(result)
    }
    return ""
  }

  private mutating func add(_ result: ReportedCase) -> String {
    counts[result.status, default: 0] += 1
    var result = result
    let room: CaseHTML.Room = told < detailRoom ? .detail : told < textRoom ? .text : .line
    if room != .detail, result.detail != nil {
      result.detail = nil
      withoutDetail += 1
    }
    let markup = CaseHTML(result, room).markup
    told += markup.text.utf8.count
    return markup.text
  }

  // MARK: - The page around the cases

  /// The page up to its first group; of a run that is over.
  public var head: String {
    let title = "\(headline), twohost"
    let markup: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(Page.policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <title>\(title)</title>
      <style>\(raw: Page.style)</style>
      <noscript><style>\(raw: Page.styleWithoutScript)</style></noscript>
      </head>
      <body>
      <a class="skip" href="#cases">Skip to the cases</a>
      <header class="top \(isGood ? "good" : "bad")">
      <p class="brand">twohost</p>
      <h1>\(headline)</h1>
      <p class="facts">\(facts.map { "<span>\($0)</span>" as Markup }.joined(separator: " "))</p>
      \(problems)</header>
      \(controls)<main id="cases" tabindex="-1">

      """
    return markup.text
  }

  /// What stands before the cases of a group; nothing where it has none.
  public func heading(of group: Group) -> String {
    let count = number(of: group)
    guard count > 0 else { return "" }
    let markup: Markup = """
      <section class="group g\(group.rawValue)" aria-labelledby="g\(group.rawValue)">
      <h2 id="g\(group.rawValue)">\(group.title) <span class="n">\(count)</span></h2>
      <ul class="cases">

      """
    return markup.text
  }

  /// What stands behind the cases of a group; nothing where it has none.
  public func foot(of group: Group) -> String { number(of: group) > 0 ? "</ul>\n</section>\n" : "" }

  /// The page behind its last group.
  public var tail: String {
    let note: Markup =
      withoutDetail > 0
      ? "<p class=\"note\">The packets of \(count(withoutDetail, "case")) are left out because the page is long: run one by itself to see them.</p>\n"
      : ""
    let empty: Markup = counts.isEmpty ? "<p class=\"note\">No case was reported.</p>\n" : ""
    let markup: Markup = """
      \(empty)\(note)<p id="nothing" class="note" hidden>No case matches.</p>
      </main>
      <script>\(raw: Page.script)</script>
      </body>
      </html>

      """
    return markup.text
  }

  private func number(of group: Group) -> Int {
    CaseStatus.allCases.filter { Group($0) == group }.reduce(0) { $0 + (counts[$1] ?? 0) }
  }

  private func number(of status: CaseStatus) -> Int { counts[status] ?? 0 }

  private var total: Int { counts.values.reduce(0, +) }

  private var isGood: Bool { end?.exitStatus == 0 }

  /// What became of the run, in one line.
  private var headline: String {
    let said = CaseStatus.allCases.filter { number(of: $0) > 0 && $0 != .passed }
    guard !said.isEmpty else {
      guard isGood else { return "The run did not end properly" }
      return total == 1 ? "The case passed" : "All \(total) cases passed"
    }
    let others = said.map { "\(number(of: $0)) \($0.words)" }
    return (others + ["\(number(of: CaseStatus.passed)) passed"]).joined(separator: ", ")
  }

  private var facts: [String] {
    let values: [String?] = [
      end.map { Duration(inSeconds: $0.seconds).formatted }, run.map { "twohost \($0.version)" },
      run.map { "Linux \($0.kernel)" }, run?.jobs.map { "\($0) at once" },
      run?.shard.map { "shard \($0.number) of \($0.of)" }, run?.shards.map { "\($0) shards" },
      end.map { "exit status \($0.exitStatus)" },
    ]
    return values.compactMap { $0 }
  }

  private var problems: Markup {
    let problems = end.problems
    guard !problems.isEmpty else { return "" }
    return "<ul class=\"problems\">\(problems.map { "<li>\($0)</li>" as Markup }.joined())</ul>\n"
  }

  /// The choice of a status works without a script; what is typed does not, and shows where there is one.
  private var controls: Markup {
    let statuses = CaseStatus.allCases.filter { number(of: $0) > 0 }
    let choices: [Markup] = statuses.map { status in
      """
      <label><input type="radio" name="show" id="show-\(status.rawValue)" value="\(status.rawValue)"><span>\(status.words) <b>\(number(of: status))</b></span></label>
      """
    }
    return """
      <div class="controls" role="search" aria-label="Cases">
      <fieldset class="show"><legend class="hidden">Show cases that</legend>
      <label><input type="radio" name="show" id="show-all" value="" checked><span>all <b>\(total)</b></span></label>
      \(choices.joined(separator: "\n"))
      </fieldset>
      <div class="find" hidden><label for="find" class="hidden">Search names, titles, tags and first findings</label>\
      <input type="search" id="find" placeholder="Search  /" autocomplete="off" spellcheck="false">\
      <span id="found" role="status"></span></div>
      </div>

      """
  }
}

extension HTMLReport.Group {
  fileprivate var title: String {
    switch self {
    case .failed: "Did not pass"
    case .notRun: "Not run"
    case .known: "Known to fail"
    case .passed: "Passed"
    }
  }
}
