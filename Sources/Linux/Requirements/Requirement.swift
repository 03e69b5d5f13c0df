// SPDX-License-Identifier: Apache-2.0

/// Something that running scenarios needs of the machine or the user, and how it was found.
public struct Requirement: Hashable, Sendable {
  /// Whom it stops where it is not met.
  public enum Need: Hashable, Sendable {
    /// Every run.
    case always
    /// Only scenarios that run programs.
    case programs
    /// Nobody: some scenarios ask for it.
    case some
  }

  /// What is needed, in a few words.
  public let name: String
  /// Whom it stops where it is not met.
  public let need: Need
  /// Whether it is met.
  public let isMet: Bool
  /// What was found.
  public let finding: String
  /// What to do where it is not met, and something else does not do instead.
  public let fix: String?

  /// Tells of a requirement that is met.
  static func met(_ name: String, _ finding: String, for need: Need = .always) -> Requirement {
    Requirement(name: name, need: need, isMet: true, finding: finding, fix: nil)
  }

  /// Tells of a requirement that is not met.
  static func missing(
    _ name: String, _ finding: String, fix: String?, for need: Need = .always
  ) -> Requirement {
    Requirement(name: name, need: need, isMet: false, finding: finding, fix: fix)
  }

  /// Finds out by doing what is needed: what it answers was found, what it throws is missing.
  static func trying(
    _ name: String, fix: String, for need: Need = .always, _ attempt: () throws(SystemError) -> String
  ) -> Requirement {
    do throws(SystemError) {
      return .met(name, try attempt(), for: need)
    } catch {
      return .missing(name, "\(error)", fix: fix, for: need)
    }
  }
}
