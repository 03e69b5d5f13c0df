// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

extension PlannedCase {
  /// A case of a run that was called as most are.
  init(called scenario: Scenario, position: Int = 1) {
    self.init(
      scenario, position: position, invocation: Invocation(program: ["sudo", "twohost"], options: []))
  }
}
