// SPDX-License-Identifier: Apache-2.0

import Glibc
import Report
import Scenario

/// The program's two outputs: the report, and everything else.
enum Console {
  /// Opens /dev/null in place of a standard stream that was closed, lest a socket take its number.
  ///
  /// What is written to an output that was closed fails, as it did before.
  static func openClosedStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Writes to standard output.
  ///
  /// - Throws: when nobody reads it any more, or it cannot be written.
  static func write(_ text: String) throws(OutputError) {
    try write(text, to: STDOUT_FILENO)
  }

  /// Writes to standard error, whole lines unless told otherwise; where that cannot be written there is nowhere left to
  /// say so.
  static func explain(_ text: String, isWhole: Bool = true) {
    try? write(!isWhole || text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
  }

  /// What takes a line away from a terminal.
  static let eraseLine = "\r\u{1b}[K"
  private static let usualWidth = 80

  /// How many characters a line of a terminal has.
  static func width(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return usualWidth }
    return Int(size.ws_col)
  }

  /// Says what could not be done; the words may hold foreign text.
  static func explain(failures: [String]) {
    for failure in failures { explain("twohost: \(Printable.escape(failure))") }
  }

  /// Whether a person sits before standard input.
  static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

  private static func write(_ text: String, to descriptor: Int32) throws(OutputError) {
    let utf8 = text.utf8
    var rest = utf8.span.bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw OutputError(reason: String(cString: strerror(errno)), isReaderGone: errno == EPIPE)
      }
      rest = rest.extracting(droppingFirst: count)
    }
  }

  /// The colours for standard output: as asked, else as the environment and the terminal say.
  static func palette(_ choice: String?) -> Palette {
    switch choice {
    case "always": Palette(isColoured: true)
    case "never": Palette(isColoured: false)
    default: Palette(isColoured: isColouredByDefault)
    }
  }

  private static var isColouredByDefault: Bool {
    if variable("NO_COLOR") != nil { return false }
    if let forced = variable("CLICOLOR_FORCE"), forced != "0" { return true }
    return isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb"
  }

  /// An environment variable that is set and not empty.
  static func variable(_ name: String) -> String? {
    guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
    return value
  }
}

/// Standard output cannot be written.
struct OutputError: Error {
  let reason: String
  /// Whether whoever was to read it has gone, as head(1) does.
  let isReaderGone: Bool
}
