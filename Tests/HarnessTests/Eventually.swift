// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// Whether a condition comes true in time; for what the kernel does in the background and tells nobody.
func eventually(within time: Duration = .seconds(30), _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = Deadline(after: time)
  while try !condition() {
    if deadline.hasPassed { return false }
    sched_yield()
  }
  return true
}
