// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Chromium without a window, driven by a script in Python.
struct Browser {
  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    try folder.write(Self.driver, to: "browser.py")
  }

  /// Runs a script, which has the browser as `browser` and what is given behind it as `words`; gives what it printed.
  func run(_ script: String, _ words: String...) throws -> String {
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    let whole = """
      from browser import *
      words = sys.argv[1:]
      browser = Browser()
      try:
      \(lines.joined(separator: "\n"))
      finally:
          browser.close()
      """
    try folder.write(whole, to: "script.py")
    let ended = try Program.run(["python3", "\(folder.path)/script.py"] + words)
    try #require(ended.status == 0, "\(ended.output) \(ended.errors)")
    return ended.output
  }

  /// The DevTools protocol through a pipe: each message is an object of JSON with a NUL behind it.
  private static let driver = #"""
    import base64, fcntl, json, os, shutil, subprocess, sys, tempfile

    class Browser:
        """Chromium without a window, driven through a pipe by the DevTools protocol."""

        def __init__(self):
            (theirs, write), (read, answers) = os.pipe(), os.pipe()
            theirs, answers = (fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (theirs, answers))
            self.folder = tempfile.mkdtemp(prefix="twohost-browser-")
            words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                     "--user-data-dir=" + self.folder, "--no-first-run", "--disable-background-networking",
                     "--disable-dev-shm-usage", "about:blank"]
            def connect():
                os.dup2(theirs, 3)
                os.dup2(answers, 4)
            self.process = subprocess.Popen(words, preexec_fn=connect, pass_fds=(3, 4),
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            os.close(theirs); os.close(answers)
            self.write, self.read = os.fdopen(write, "wb", 0), os.fdopen(read, "rb", 0)
            self.rest, self.events, self.number, self.session = b"", [], 0, None
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(domain + ".enable")

        def message(self):
            while b"\0" not in self.rest:
                part = self.read.read(1 << 16)
                if not part: raise SystemExit("the browser has ended")
                self.rest += part
            text, self.rest = self.rest.split(b"\0", 1)
            return json.loads(text)

        def call(self, method, **parameters):
            self.number += 1
            message = {"id": self.number, "method": method, "params": parameters}
            if self.session: message["sessionId"] = self.session
            self.write.write(json.dumps(message).encode() + b"\0")
            while True:
                answer = self.message()
                if answer.get("id") == self.number:
                    if "error" in answer: raise SystemExit(method + ": " + json.dumps(answer["error"]))
                    return answer["result"]
                self.events.append(answer)

        def open(self, path, width=1280, height=900, dark=False, scripts=True):
            self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
            self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
            self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
            self.events = []
            self.url = "file://" + os.path.abspath(path)
            self.call("Page.navigate", url=self.url)
            while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
                self.events.append(self.message())

        def run(self, expression):
            answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
            if "exceptionDetails" in answer: raise SystemExit(expression + ": " + json.dumps(answer["exceptionDetails"]))
            return answer["result"].get("value")

        def settle(self):
            """Awaits that the page has done what was asked of it: it hears of what was opened a task later."""
            self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

        def complaints(self):
            """What the console said, and what was fetched beside the page."""
            found = []
            for event in self.events:
                method, said = event.get("method"), event.get("params", {})
                if method in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
                    found.append(json.dumps(said))
                if method == "Network.requestWillBeSent" and said["request"]["url"] != self.url:
                    found.append(said["request"]["url"])
            return found

        def press(self, key, text=""):
            for kind in ("keyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text if kind == "keyDown" else "",
                          windowsVirtualKeyCode={"Enter": 13, "Tab": 9, "ArrowDown": 40}.get(key, 0))

        def click(self, expression):
            x, y = self.run("(() => { const e = %s; e.scrollIntoView({block: 'center'}); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()" % expression)
            for kind in ("mousePressed", "mouseReleased"):
                self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

        def close(self):
            self.session = None
            try: self.call("Browser.close")
            except (SystemExit, BrokenPipeError): pass
            try: self.process.wait(20)
            except subprocess.TimeoutExpired: self.process.kill()
            shutil.rmtree(self.folder, ignore_errors=True)
    """#
}
