// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Writes a file that is to be run, in a process of its own.
///
/// Were it written here, a child that another test makes just then would have it open for writing, and until that child
/// runs its own program nobody could run this one (`ETXTBSY`, execve(2)).
func writeProgram(_ text: String, to path: String, rights: mode_t = 0o755) throws {
  let stream = try #require(popen("cat > '\(path)'", "we"))
  #expect(fputs(text, stream) >= 0)
  try #require(pclose(stream) == 0 && chmod(path, rights) == 0)
}
