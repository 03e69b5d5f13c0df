// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Which commit this is, for `--version`: set by ci/build.
let commit = Context.environment["TWOHOST_COMMIT"] ?? ""

// One way through the house: a scenario file comes in, a verdict goes out. What a target may import is what
// it lists here, and the arrows never run back.
let package = Package(
  name: "twohost",
  products: [.executable(name: "twohost", targets: ["twohost"])],
  targets: [
    .target(name: "CFill"),
    .target(name: "CLinux"),
    .target(name: "CVersion", cSettings: [.define("TWOHOST_COMMIT", to: "\"\(commit)\"")]),
    .target(name: "Wire"),
    .target(name: "Scenario", dependencies: ["CFill", "Wire"]),
    .target(name: "Verdict", dependencies: ["Scenario", "Wire"]),
    .target(name: "Linux", dependencies: ["CLinux", "Wire"]),
    .target(name: "Harness", dependencies: ["Linux", "Scenario", "Verdict", "Wire"]),
    .target(name: "Report", dependencies: ["Scenario", "Verdict", "Wire"]),
    .executableTarget(
      name: "twohost",
      dependencies: ["CVersion", "Harness", "Linux", "Report", "Scenario", "Verdict", "Wire"]),

    // What ci/bench runs; no part of the product.
    .target(name: "CBench"),
    .executableTarget(
      name: "twohost-bench",
      dependencies: ["CBench", "Harness", "Linux", "Scenario", "Verdict", "Wire"], path: "Sources/Bench"),
    .executableTarget(name: "twohost-bench-empty", path: "Sources/BenchEmpty"),

    .testTarget(name: "WireTests", dependencies: ["Wire"]),
    .testTarget(name: "ScenarioTests", dependencies: ["CFill", "Scenario"], exclude: ["golden"]),
    .testTarget(name: "VerdictTests", dependencies: ["Verdict"]),
    .testTarget(name: "LinuxTests", dependencies: ["Linux"]),
    .testTarget(name: "HarnessTests", dependencies: ["Harness"]),
    .testTarget(name: "ReportTests", dependencies: ["Report"], exclude: ["golden"]),
    .testTarget(name: "BenchTests", dependencies: ["twohost-bench"]),
    .testTarget(name: "twohostTests", dependencies: ["twohost"], exclude: ["failing"]),
  ],
  swiftLanguageModes: [.v6]
)
