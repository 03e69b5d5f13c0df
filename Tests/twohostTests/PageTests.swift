// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The page of a run in a browser, opened from the disk.
@Suite("The page in a browser")
struct PageTests {
  private let folder: TestFolder
  private let browser: Browser

  init() throws {
    folder = try TestFolder()
    browser = try Browser()
    try folder.write(
      "{ exchange: [{ payload: 'Hi', header: { ttl: 64 }, expect: { header: { ttl: 63 } } }] }",
      to: "s/wrong.json5")
    try folder.write("{ title: 'Says hello', exchange: ['hello'] }", to: "s/right.json5")
    try folder.write(
      """
      { receiver: { run: ["python3", "printing.py"] }, exchange: ["one"],
        expect: { receiver: { stdout: { contains: ["two"] } } } }
      """, to: "s/printing.json5")
    try folder.write(
      """
      import socket
      taken = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
      print("ready", flush=True)
      taken.recv(100)
      print("one")
      """, to: "s/printing.py")
  }

  private func run(_ words: String...) throws -> String {
    let ended = try Program.run([TwoHostProgram.path] + words, in: folder.path)
    #expect(ended.status == 1, "\(ended.output) \(ended.errors)")
    return "\(folder.path)/run.html"
  }

  @Test(
    "it opens from a disk, says nothing on the console and fetches nothing; a click shows a packet's fields")
  func opens() throws {
    let page = try run("run", "s", "--html", "run.html")
    let script = """
      browser.open(words[0])
      assert browser.run("document.querySelectorAll('.case').length") == 3
      assert browser.run("document.querySelector('h1').textContent") == "2 failed, 1 passed"
      wrong = "document.querySelector('#case-3')"
      browser.click(wrong + ".querySelector('summary')")
      browser.settle()
      packet = wrong + ".querySelector('.packet > details')"
      assert browser.run(packet + ".open"), "the first packet that is wrong is open"
      browser.click(packet + ".querySelector('summary')")
      assert not browser.run(packet + ".open")
      browser.click(packet + ".querySelector('summary')")
      browser.settle()
      assert browser.run(packet + ".open")
      row = "[..." + packet + ".querySelectorAll('tr[data-b]')].find(r => r.cells[1].textContent === 'Time to Live')"
      print(browser.run("[...(" + row + ").cells].map(c => c.textContent).join(' | ')"))
      browser.click(row)
      print(browser.run("[..." + packet + ".querySelectorAll('.hex .on')].map(b => b.textContent).join(' ')"))
      print(browser.run(wrong + ".querySelector('.source mark').textContent"))
      assert browser.complaints() == [], browser.complaints()
      """
    // The TTL is byte 8 of the IPv4 header, and that begins behind the 14 bytes of Ethernet's.
    #expect(try browser.run(script, page) == "22 | Time to Live | 64 | not as wanted\n40 @\n63\n")
  }

  @Test("it is used by keyboard alone: the search, a case, a packet, and from field to field")
  func keyboard() throws {
    let page = try run("run", "s", "--html", "run.html")
    let script = """
      browser.open(words[0])
      browser.press("/", "/")
      assert browser.run("document.activeElement.id") == "find"
      browser.call("Input.insertText", text="WRONG 63")
      browser.settle()
      print(browser.run("[...document.querySelectorAll('.case')].filter(c => c.checkVisibility()).map(c => c.querySelector('b').textContent).join()"))
      browser.run("document.querySelector('.case:not(.out) summary').focus()")
      browser.press("Enter", "\\r")
      browser.settle()
      assert browser.run("document.activeElement.parentElement.open")
      browser.run("document.querySelector('.case:not(.out) .packet summary').focus()")
      browser.press("Enter", "\\r")
      browser.press("Enter", "\\r")
      browser.settle()
      browser.run("document.querySelector('.case:not(.out) tr[data-b]').focus()")
      for _ in range(3): browser.press("ArrowDown")
      print(browser.run("document.activeElement.cells[1].textContent"))
      assert browser.complaints() == [], browser.complaints()
      """
    #expect(try browser.run(script, page) == "wrong\nVersion\n")
  }

  @Test("without scripts cases and packets open and are filtered by status")
  func withoutScripts() throws {
    let page = try run("run", "s", "--html", "run.html")
    let script = """
      browser.open(words[0], scripts=False)
      browser.click("document.querySelector('#show-passed')")
      print(browser.run("[...document.querySelectorAll('.case')].filter(c => c.checkVisibility()).length"))
      browser.click("document.querySelector('#show-all')")
      browser.click("document.querySelector('.case.failed summary')")
      print(browser.run("document.querySelector('.case.failed .ladder').checkVisibility()"))
      print(browser.run("document.querySelector('.find').checkVisibility()"))
      """
    #expect(try browser.run(script, page) == "1\nTrue\nFalse\n")
  }

  @Test("axe finds nothing wrong with it, light and dark, on a telephone and on a wide screen")
  func accessibility() throws {
    let page = try run("run", "s", "--html", "run.html", "--html-all")
    let script = """
      import importlib.util
      place = importlib.util.find_spec("axe_playwright_python")
      assert place, "ci/install-tools installs axe-core, which is not there"
      axe = open(list(place.submodule_search_locations)[0] + "/axe.min.js", encoding="utf-8").read()
      for width in (390, 1600):
          for dark in (False, True):
              browser.open(words[0], width=width, dark=dark)
              for _ in range(2):
                  browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
                  browser.settle()
              assert browser.run("document.documentElement.scrollWidth") <= width, "it is wider than the screen"
              browser.run(axe + "; true")
              found = browser.run("axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))]))")
              assert found == [], (width, dark, found)
      print("nothing")
      """
    #expect(try browser.run(script, page) == "nothing\n")
  }

  @Test("what a program printed stands among the packets, and merged shards make the same cases")
  func merged() throws {
    _ = try run("run", "s", "--html", "one.html", "--json", "one.jsonl")
    let page = try run("merge", "one.jsonl", "--html", "run.html")
    let script = """
      browser.open(words[0])
      print(browser.run("document.querySelector('h1').textContent"))
      browser.run("for (const d of document.querySelectorAll('.case details')) d.open = true")
      browser.settle()
      print(browser.run("document.querySelectorAll('.output.receiver pre').length > 0"))
      print(browser.run("document.querySelectorAll('.ladder').length"))
      """
    #expect(try browser.run(script, page) == "2 failed, 1 passed\nTrue\n2\n")
  }

  @Test("the commands of the documentation make a page", arguments: ["README.md", "ci/REPORTS.md"])
  func documented(page: String) throws {
    let text = try String(contentsOfFile: "\(TwoHostProgram.checkout)/\(page)", encoding: .utf8)
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("$ ") && $0.contains("twohost run") }
    let line = try #require(lines.first { $0.contains("--html") })
    let words = line.split(separator: " ").drop { $0 != "twohost" }.dropFirst().map(String.init)
    try folder.copy("\(folder.path)/s/wrong.json5", to: words[1])
    let ended = try Program.run([TwoHostProgram.path] + words, in: folder.path)
    #expect(ended.status == 1, "\(ended.output) \(ended.errors)")
    #expect(folder.read("run.html").hasPrefix("<!DOCTYPE html>"))
  }
}
