// SPDX-License-Identifier: Apache-2.0

import Linux
import Verdict

/// Which cases did not pass when they were run last, as the folder of artifacts keeps it.
public struct LastFailed {
  private let folder: String
  private let before: [String]?
  private var isOver: Set<String> = []
  private var failed: [String] = []

  /// No id begins with a dot.
  private static let name = ".last-failed"
  private static let mostBytes = 1 << 20
  /// What no file's name has stands between places.
  private static let separator: UInt8 = 0

  /// The places of those that did not pass, in order (`Scenario.place`); nil where no run has kept any.
  public var places: [String]? { before }

  /// Reads what is kept in a folder.
  ///
  /// - Throws: the errors of open(2) and read(2).
  public init(in folder: String) throws(SystemError) {
    self.folder = folder
    let bytes = try SudoCaller.withRights { () throws(SystemError) -> [UInt8]? in
      try OutputFolder.existing(folder)?.read(Self.name, atMost: Self.mostBytes)
    }
    before = bytes.map { $0.split(separator: Self.separator).map { String(decoding: $0, as: UTF8.self) } }
  }

  /// Takes an event of the run that goes on.
  public mutating func take(_ event: Event) {
    // Where none was kept, a case that passed is nothing to keep, and its place need not be looked up.
    guard case .caseFinished(let result) = event, result.status != .notRun,
      before != nil || !result.status.isAccepted
    else { return }
    let place = result.scenario.place
    isOver.insert(place)
    if !result.status.isAccepted, failed.last != place { failed.append(place) }
  }

  /// Keeps what is known now: of the cases that were run what they did, of others what was known of them.
  ///
  /// - Throws: the errors of writing a file.
  public func keep() throws(SystemError) {
    let others = (before ?? []).filter { !isOver.contains($0) }
    var seen: Set<String> = []
    let places = (failed + others).filter { seen.insert($0).inserted }
    // A run without failures leaves no folder where there is none.
    guard !places.isEmpty || before != nil else { return }
    var bytes: [UInt8] = []
    for place in places where bytes.count + place.utf8.count < Self.mostBytes {
      bytes += Array(place.utf8) + [Self.separator]
    }
    try OutputFolder(folder).write(bytes, to: Self.name)
  }
}
