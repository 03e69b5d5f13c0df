// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Harness

/// The folder of what cases leave.
@Suite struct ArtifactsTests {
  @Test("a folder that was removed while the run went on is made again")
  func removed() throws {
    try withFolder { folder in
      let artifacts = Artifacts(in: "\(folder)/out")
      try artifacts.write([1], to: "a", in: ["x"])
      try FileManager.default.removeItem(atPath: "\(folder)/out")
      try artifacts.write([2], to: "b", in: ["x", "y"])
      #expect(FileManager.default.contents(atPath: "\(folder)/out/x/y/b") == Data([2]))
    }
  }
}
