// SPDX-License-Identifier: Apache-2.0

/// What a scenario needs of the machine, without which it cannot run there.
public enum Need: Hashable, Sendable {
  /// A program of this name on the PATH.
  case program(String)
  /// A module of this name that `python3` finds.
  case pythonModule(String)
}
