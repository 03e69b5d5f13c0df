// SPDX-License-Identifier: Apache-2.0

import Testing

/// What a scenario says that it needs, as far as it is more than a program's name: modules of python3.
@Suite("Modules that a scenario needs")
struct PrerequisiteTests {
  /// Ten cases that need a module and run no program.
  private static let scenario =
    "{ requires: [{ pythonModule: 'wanted' }], matrix: { ttl: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },"
    + " exchange: [{ payload: 'x', header: { ttl: '${ttl}' } }] }"

  /// Runs the scenario with a python3 that is a shell script; the script's folder is `$1` in it.
  private func run(
    python: String, in folder: TestFolder, environment: [String: String] = [:]
  ) throws -> Ended {
    try folder.write("#!/bin/sh\nset -- '\(folder.path)' \"$@\"\n\(python)\n", to: "bin/python3")
    try #require(try Program.run(["chmod", "+x", "\(folder.path)/bin/python3"]).status == 0)
    return try run(
      in: folder, environment: environment.merging(["PATH": "\(folder.path)/bin:/usr/bin:/bin"]) { $1 })
  }

  /// Runs the scenario, in four jobs.
  private func run(in folder: TestFolder, environment: [String: String] = [:]) throws -> Ended {
    try folder.write(Self.scenario, to: "s/x.json5")
    return try TwoHostProgram.run("run", "s", "--jobs", "4", in: folder.path, environment: environment)
  }

  @Test("a module that python3 finds is no obstacle, and nothing of it is run")
  func found() throws {
    let folder = try TestFolder()
    try folder.write("open('\(folder.path)/ran', 'w')", to: "modules/wanted.py")
    let python = "modules=$1/modules; shift; PYTHONPATH=$modules exec /usr/bin/python3 \"$@\""
    let ended = try run(python: python, in: folder)
    #expect(ended.status == 0, "\(ended)")
    #expect(!folder.files.contains("ran"))
  }

  @Test("a module that python3 does not find keeps the case from being run, though a file here has its name")
  func missing() throws {
    let folder = try TestFolder()
    for place in ["", "s/"] { try folder.write("", to: "\(place)wanted.py") }
    let ended = try run(in: folder)
    #expect(ended.status == 3)
    let reason = "this scenario needs the Python module \"wanted\", which python3 cannot find"
    #expect(ended.output.contains(reason), "\(ended)")
    #expect(ended.output.contains("install it"), "\(ended)")
  }

  @Test("python3 is asked once for all cases and jobs of a run")
  func once() throws {
    let folder = try TestFolder()
    let ended = try run(python: "echo asked >> \"$1/log\"", in: folder)
    #expect(ended.status == 0, "\(ended)")
    #expect(folder.read("log") == "asked\n")
  }

  @Test("python3 is asked with the rights of who called sudo, as the programs under test have")
  func rights() throws {
    let folder = try TestFolder()
    let caller = ["SUDO_UID": "1234", "SUDO_GID": "5678"]
    let ended = try run(
      python: "test \"$(id -u) $(id -g)\" = '1234 5678'", in: folder, environment: caller)
    #expect(ended.status == 0, "\(ended)")
  }

  @Test("where there is no python3 it finds no module")
  func noPython() throws {
    let folder = try TestFolder()
    let ended = try run(in: folder, environment: ["PATH": folder.path])
    #expect(ended.status == 3)
    #expect(
      ended.output.contains("needs the Python module \"wanted\", which python3 cannot find"),
      "\(ended)")
  }
}
