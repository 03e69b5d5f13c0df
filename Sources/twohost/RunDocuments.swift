// SPDX-License-Identifier: Apache-2.0

import Linux
import Report

/// The reports that are written when a run is over: the JUnit file, the page, and on GitHub the summary of the step.
///
/// What they say of a case is put aside when it ends, so that they take no more memory for many cases than for few.
struct RunDocuments {
  private var junit: JUnitFile?
  private var page: PageFile?
  private var summary: (path: String, text: GitHubSummary)?

  /// Begins those that a command line asks for.
  init(_ arguments: Arguments) {
    junit = ReportOptions.path(ReportOptions.junit, arguments).map { JUnitFile(path: $0) }
    page = ReportOptions.path(ReportOptions.html, arguments).map { PageFile(path: $0) }
    summary = ReportOptions.stepSummary(arguments).map { ($0, GitHubSummary()) }
  }

  /// Takes an event, cases in the plan's order.
  ///
  /// - Throws: where what the JUnit file says of it cannot be put aside; there is none then.
  mutating func take(_ event: ReportedEvent) throws(DocumentError) {
    summary?.text.take(event)
    do throws(SystemError) {
      try junit?.take(event)
    } catch {
      junit = nil
      throw .junit(error)
    }
  }

  /// Takes an event as it happens, for the page, which orders its cases itself.
  ///
  /// - Throws: where what the page says of it cannot be put aside; there is none then.
  mutating func takeAtOnce(_ event: ReportedEvent) throws(DocumentError) {
    do throws(SystemError) {
      try page?.take(event)
    } catch {
      page = nil
      throw .page(error)
    }
  }

  /// Writes them, of a run that is over.
  ///
  /// - Returns: what could not be written, in sentences.
  func write() -> [String] {
    var failures: [String] = []
    do throws(SystemError) {
      try junit?.write()
    } catch {
      failures.append("\(DocumentError.junit(error))")
    }
    do throws(SystemError) {
      try page?.write()
    } catch {
      failures.append("\(DocumentError.page(error))")
    }
    do throws(SystemError) {
      if let summary { try ReportFile.append(Array(summary.text.text.utf8), to: summary.path) }
    } catch {
      failures.append("the step summary cannot be written: \(error)")
    }
    return failures
  }
}

/// A report that is written when a run is over cannot be.
enum DocumentError: Error, CustomStringConvertible {
  /// The JUnit file.
  case junit(SystemError)
  /// The page.
  case page(SystemError)

  /// What cannot be written, and why.
  var description: String {
    switch self {
    case .junit(let error): "the JUnit report cannot be written: \(error)"
    case .page(let error): "the page cannot be written: \(error)"
    }
  }
}

/// A JUnit file whose cases are put aside on the disk.
private struct JUnitFile {
  let path: String
  private var report = JUnitReport()
  private var properties: SpoolFile?
  private var cases: SpoolFile?

  init(path: String) {
    self.path = path
  }

  mutating func take(_ event: ReportedEvent) throws(SystemError) {
    let addition = report.take(event)
    try append(addition.properties, to: &properties)
    try append(addition.cases, to: &cases)
  }

  private func append(_ text: String, to spool: inout SpoolFile?) throws(SystemError) {
    guard !text.isEmpty else { return }
    let file = if let spool { spool } else { try SpoolFile(for: path) }
    spool = file
    try file.append(Array(text.utf8))
  }

  func write() throws(SystemError) {
    let parts: [FilePart?] = [
      .bytes(Array(report.head.utf8)), properties.map { .spooled($0) }, .bytes(Array(report.middle.utf8)),
      cases.map { .spooled($0) }, .bytes(Array(report.tail.utf8)),
    ]
    try ReportFile.write(parts.compactMap { $0 }, to: path)
  }
}
