// SPDX-License-Identifier: Apache-2.0

import Verdict

@testable import Report

extension TerminalReport {
  /// What an event adds to the report; nothing where reports tell nothing of it.
  func text(for event: Event) -> String {
    ReportedEvent(event).map(text) ?? ""
  }
}
