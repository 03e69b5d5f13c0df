// SPDX-License-Identifier: Apache-2.0

import Linux

/// What the cases of a run share.
struct RunResources: Sendable {
  /// The processors on which each may run; those that run cases are kept on one of them at a time.
  let processors: CPUAffinity
  /// Closes what takes the kernel long to close.
  let closing: ClosingPool
  /// What new hosts copy from the machine.
  let settings: InheritedSettings
  /// Whether programs change files nowhere but beside their scenario and in the folders that are for all.
  var confinesFiles = true
  /// Says when the run is to stop.
  let stop: StopRequest
}
