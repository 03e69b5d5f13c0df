// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A library in C that stands between a program and the C library (ld.so(8), `LD_PRELOAD`), to make happen what happens
/// only by chance.
struct Preloaded {
  private let folder: TestFolder

  /// Compiles the library.
  init(_ source: String) throws {
    folder = try TestFolder()
    try folder.write("#define _GNU_SOURCE\n" + source, to: "library.c")
    let flags = ["-shared", "-fPIC", "-Wall", "-Werror", "-o", "library.so", "library.c"]
    let compiled = try Program.run(["cc"] + flags, in: folder.path)
    try #require(compiled.status == 0, "\(compiled)")
  }

  /// What a program that is to have it needs in its environment.
  var environment: [String: String] { ["LD_PRELOAD": "\(folder.path)/library.so"] }
}
