// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

@testable import Report

/// The page of a run, as Python's HTML parser takes it; a browser opens one in the tests of the program.
@Suite("The page of a run") struct HTMLReportTests {
  /// A case whose TTL was another on the way, with all that a page shows of it.
  static func failed(_ position: Int = 2, text: String? = nil, printing: String? = nil) throws
    -> CaseResult
  {
    let scenario = try Scenario(
      text: text ?? "{\n  exchange: [{ payload: 'Hi', header: { ttl: 64 } }],\n}", id: "area/ttl")
    var record = scenario.record { $0.header.ttl = 63 }
    if let printing {
      var program = ProgramRecord()
      program.stdout = PrintedOutput(
        head: Array(printing.utf8), total: UInt64(printing.utf8.count),
        arrivals: [PrintedOutput.Arrival(offset: 0, timestamp: 5000)])
      record.programs[.receiver] = program
    }
    let verdict = Judge.judge(scenario, record)
    var result = CaseResult(
      PlannedCase(called: scenario, position: position), outcome: .judged(verdict),
      duration: .microseconds(12_345))
    result.traffic = CaseTraffic(scenario, record, verdict)
    return result
  }

  private static func page(_ events: [ReportedEvent], _ report: HTMLReport = HTMLReport()) -> String {
    ReportedEvents.page(events, report)
  }

  /// What a parser made of a page: its complaints, and what the script prints.
  private func read(_ page: String, _ script: String) throws -> String {
    let judge = try IndependentJudge(python: Self.parser + script, of: page)
    try #require(judge.status == 0, "\(judge.output)")
    return judge.output
  }

  private static let parser = """
    import sys, hashlib, base64, re
    from html.parser import HTMLParser
    VOID = {"meta", "input", "br"}
    class Page(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open, self.tags, self.attributes, self.texts, self.ids = [], [], [], {}, []
        def handle_starttag(self, tag, attributes):
            self.tags.append(tag)
            self.attributes += [(tag, name, value) for name, value in attributes]
            self.ids += [value for name, value in attributes if name == "id"]
            if tag not in VOID: self.open.append(tag)
        def handle_endtag(self, tag):
            assert self.open and self.open[-1] == tag, (tag, self.open, self.getpos())
            self.open.pop()
        def handle_data(self, data):
            where = self.open[-1] if self.open else ""
            self.texts[where] = self.texts.get(where, "") + data
    page = Page()
    text = open(sys.argv[1], encoding="utf-8").read()
    page.feed(text)
    page.close()
    assert not page.open, page.open
    assert len(page.ids) == len(set(page.ids)), page.ids

    """

  @Test("the page of a small run is the text of the golden file, but for style and script")
  func golden() throws {
    let results = [
      try ReportedEvents.result(.passed, 1), try Self.failed(), try ReportedEvents.result(.knownFailure, 3),
      try ReportedEvents.result(.notRun, 4),
    ]
    let page = Self.page(ReportedEvents.events(results))
      .replacing(Page.style, with: "").replacing(Page.styleWithoutScript, with: "")
      .replacing(Page.script, with: "").replacing(/default-src [^"]*/, with: "POLICY")
    #expect(page == (try Golden.text("page.html", page)))
  }

  @Test("the policy names the hashes of the style and the script, and allows nothing else")
  func policy() throws {
    let script = """
      policy = [value for tag, name, value in page.attributes if name == "content" and "default" in value][0]
      for tag in ("style", "script"):
          for element in re.findall("<%s>(.*?)</%s>" % (tag, tag), text, re.S):
              found = "sha256-" + base64.b64encode(hashlib.sha256(element.encode()).digest()).decode()
              print(tag, found)
              policy = policy.replace("\\u0027" + found + "\\u0027", tag.upper())
      print(policy)
      """
    #expect(
      try read(Self.page(try ReportedEvents.everyStatus()), script) == """
        style \(Page.styleHash)
        style \(Page.styleWithoutScriptHash)
        script \(Page.scriptHash)
        default-src 'none'; style-src STYLE STYLE; script-src SCRIPT; base-uri 'none'; form-action 'none'

        """)
  }

  private static let harmless = """
    TAGS = set("html head meta title style body a header p h1 h2 h3 h4 span main section ul ol li div details summary"
        " b bdi i pre code mark ins table caption thead tbody tr th td dl dt dd small fieldset legend label input script noscript"
        .split())
    assert set(page.tags) <= TAGS, set(page.tags) - TAGS
    for tag, name, value in page.attributes:
        assert not name.startswith("on") and name not in ("style", "src", "srcset", "action", "formaction"), (tag, name)
        assert name != "href" or value.startswith("#"), value
    assert page.tags.count("script") == 1
    bad = [c for c in text if ord(c) < 32 and c != "\\n" or c in "\\u202e\\u2066\\u200b\\ufeff\\u2028\\ufffe\\uffff"]
    assert not bad, bad

    """

  @Test("hostile names, payloads, output and scenarios do nothing, and stand there to be read")
  func hostile() throws {
    let text = """
      { title: '</script><script>alert(1)</script>', tags: ['"><img src=x onerror=alert(2)>'],
        // </pre><svg onload=alert(3)> ]]> --> \u{202e}\u{2066} <!-- &amp; `x` ${y}
        exchange: [{ payload: '</span><script>alert(4)</script>', header: { ttl: 64 } }] }
      """
    let result = try Self.failed(
      8, text: text, printing: "</pre><script>alert(5)</script>\u{1b}[2J\n\u{202e}")
    let hostile = try ReportedEvents.everyStatusHostile()
    let events = hostile.dropLast() + [.case(ReportedCase(result))] + hostile.suffix(1)
    let script =
      Self.harmless + """
        whole = "".join(page.texts.values())
        for number in range(1, 6): assert "alert(%d)" % number in whole, number
        assert "</failure>&" in whole and "\\\\u{202e}" in whole
        assert "alert" not in page.texts["script"]
        print("harmless")
        """
    #expect(try read(Self.page(Array(events)), script) == "harmless\n")
  }

  @Test("in the scenario the value that is wrong is marked, and not all of its message")
  func marked() throws {
    let page = Self.page(ReportedEvents.events([try Self.failed(1)]))
    #expect(page.contains("ttl: </bdi><mark><bdi>64</bdi></mark>"))
  }

  @Test("what is read back from JSON lines makes the same page")
  func readBack() throws {
    let events = ReportedEvents.events([
      try Self.failed(1, printing: "out\nput"), try ReportedEvents.result(.flaky, 2),
    ])
    let lines = ReportedEvents.text(JSONLines(), events)
    let read = try lines.utf8.split(separator: UInt8(ascii: "\n")).map { try JSONLines.event(in: $0) }
    #expect(Self.page(read) == Self.page(events))
    #expect(Self.page(read).contains("not as wanted"))
  }

  @Test("cases stand in the plan's order within their group, whenever they ended")
  func order() throws {
    let results = try [3, 1, 2, 4].map {
      try ReportedEvents.result($0 == 4 ? .failed : .passed, $0, id: "case-\($0)")
    }
    let script = """
      print([value for tag, name, value in page.attributes if tag == "li" and name == "id"])
      """
    #expect(
      try read(Self.page(ReportedEvents.events(results)), script)
        == "['case-4', 'case-1', 'case-2', 'case-3']\n")
  }

  @Test("a page that grows long leaves out packets first, and then what a terminal shows")
  func room() throws {
    let events = ReportedEvents.events([try Self.failed(1), try Self.failed(2)])
    let whole = Self.page(events)
    let withoutPackets = Self.page(events, HTMLReport(detailRoom: 1))
    let withoutText = Self.page(events, HTMLReport(detailRoom: 1, textRoom: 1))
    #expect(whole.ranges(of: "class=\"ladder\"").count == 2)
    #expect(withoutPackets.ranges(of: "class=\"ladder\"").count == 1)
    #expect(withoutPackets.ranges(of: "class=\"terminal\"").count == 2)
    #expect(withoutText.ranges(of: "class=\"terminal\"").count == 1)
    #expect(withoutText.contains("The packets of 1 case are left out"))
    #expect(withoutText.ranges(of: "Run it again").count == 2)
  }

  @Test("a run that was interrupted or cut short says so, and does not look good")
  func interrupted() throws {
    let events = ReportedEvents.events([try ReportedEvents.result(.passed, 1)], interruption: .termination)
    #expect(Self.page(events).contains("<li>interrupted by SIGTERM</li>"))
    #expect(Self.page(events).contains("<header class=\"top bad\">"))
    #expect(Self.page(events.dropLast()).contains("<li>the run was cut short</li>"))
    #expect(Self.page(events.dropLast()).contains("<header class=\"top bad\">"))
  }
}

extension ReportedEvents {
  /// The page of a run.
  static func page(_ events: [ReportedEvent], _ report: HTMLReport = HTMLReport()) -> String {
    var report = report
    var cases: [(group: HTMLReport.Group, position: Int, text: String)] = []
    for event in events {
      let text = report.take(event)
      guard case .case(let result) = event else { continue }
      cases.append((HTMLReport.Group(result.status), result.position, text))
    }
    let groups = HTMLReport.Group.allCases.map { group in
      let own = cases.filter { $0.group == group }.sorted { $0.position < $1.position }
      return report.heading(of: group) + own.map(\.text).joined() + report.foot(of: group)
    }
    return report.head + groups.joined() + report.tail
  }
}
