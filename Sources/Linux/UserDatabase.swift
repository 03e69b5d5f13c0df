// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Where users are looked up (nsswitch.conf(5)).
public enum UserDatabase {
  /// Has this process look in /etc/passwd and nowhere else; for its very beginning.
  ///
  /// Other sources are libraries of the machine's own C library: a program that has one inside crashes when it
  /// loads them (seen: a user unknown to /etc/passwd, with `passwd: files systemd`).
  public static func useFilesAlone() {
    clinux_look_up_users_in_files()
  }
}
