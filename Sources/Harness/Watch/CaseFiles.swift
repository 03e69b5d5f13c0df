// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario

/// Which files cases are made of, so that those can be run again that a saved file touches.
struct CaseFiles {
  private let users: [String: [Int]]
  private let cases: [ScenarioCase]
  /// The paths of all the files, without links.
  let places: Set<String>

  /// Looks at cases: their scenario files, networks, payloads and programs.
  init(_ cases: [ScenarioCase]) {
    self.cases = cases
    var (users, places): ([String: [Int]], Set<String>) = ([:], [])
    for (index, one) in cases.enumerated() {
      if index == 0 || !one.isOfSameFile(as: cases[index - 1]) { places = one.places }
      let programs = one.hasPrograms ? Self.programs(of: one.scenario) : []
      for place in places.union(programs) { users[place, default: []].append(index) }
    }
    self.users = users
    self.places = Set(users.keys)
  }

  /// The cases that are made of any of some files, in their order.
  func cases(madeOf paths: Set<String>) -> [ScenarioCase] {
    Set(paths.flatMap { users[$0] ?? [] }).sorted().map { cases[$0] }
  }

  /// The files that the command lines of a scenario's programs name: the program itself, and what it is given to run.
  private static func programs(of scenario: Scenario) -> Set<String> {
    var places: Set<String> = []
    for host in HostName.allCases {
      for (position, word) in (scenario.program(in: host)?.arguments ?? []).enumerated() {
        // Its other words may be files too, such as what an interpreter is to run.
        let found = position == 0 ? Executable.placeOnPath(word) : nil
        let path = word.hasPrefix("/") ? word : "\(scenario.file.folder)/\(word)"
        places.formUnion(FilePlaces.all(of: found ?? path))
      }
    }
    return places
  }
}
