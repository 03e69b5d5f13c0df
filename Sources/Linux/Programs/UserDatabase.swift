// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Where users are looked up: in /etc/passwd and nowhere else (nsswitch.conf(5)).
///
/// Other sources are libraries of the machine's own C library: a program that has one inside crashes when it loads
/// them (seen: a user unknown to /etc/passwd, with `passwd: files systemd`).
enum UserDatabase {
  /// Done once, before the first user is looked up: it takes longer than the start of the program.
  private static let usesFilesAlone: Void = clinux_look_up_users_in_files()

  /// The home folder of a user; nil where the user has none.
  static func home(of user: UInt32) -> String? {
    _ = usesFilesAlone
    return getpwuid(user).map { String(cString: $0.pointee.pw_dir) }
  }
}
