// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How the terminal is set that this process is called from, and who may read from it (termios(3), tcgetpgrp(3)).
struct TerminalState {
  private var settings = termios()
  private let group: pid_t

  /// Reads it; nil where standard input is no terminal.
  init?() {
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
    group = tcgetpgrp(STDIN_FILENO)
  }

  /// Leaves what is typed to stop or end somebody to whoever was started, and lets this process set the terminal again.
  static func ignoreSignals() {
    for number in [SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU] { signal(number, SIG_IGN) }
  }

  /// Sets it again as it was.
  func restore() {
    tcsetpgrp(STDIN_FILENO, group)
    var settings = settings
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
  }
}
