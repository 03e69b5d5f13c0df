// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The environment that a program under test starts with: what it needs to find and print things, and nothing
/// that happens to be set where the run was started.
public enum ProgramEnvironment {
  private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// `PATH`, `LANG` and `TERM` of this process, as far as it has them, and the `HOME` of a user; what is declared
  /// comes in their place or beside them, so that each name is there once.
  public static func variables(
    for user: UserIdentity, declared: [(name: String, value: String)]
  ) -> [(name: String, value: String)] {
    let inherited = ["LANG", "TERM"].compactMap { name in value(of: name).map { (name: name, value: $0) } }
    let usual =
      [(name: "PATH", value: value(of: "PATH") ?? usualPath)] + inherited
      + [(name: "HOME", value: user.home ?? "/")]
    return usual.filter { one in !declared.contains { $0.name == one.name } } + declared
  }

  private static func value(of name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
