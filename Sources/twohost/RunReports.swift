// SPDX-License-Identifier: Apache-2.0

import Linux
import Report
import Verdict

/// The reports that a run was asked for; one that cannot be written does not keep the others from being.
final class RunReports {
  private var standard: any Report
  private var inOrder = InOrder()
  private let lines = JSONLines()
  private var lineFile: GrowingFile?
  private var documents: RunDocuments
  /// How the run ended, of which the documents are told when it is known what could be written.
  private var end: ReportedEnd?
  private var progress: ProgressLine?
  /// What was told of cases that are over, and is written at the next beat.
  private var unwritten = ""
  private static let mostUnwritten = 1 << 16
  private let giveUp: () -> Void

  /// What could not be written, in sentences.
  private(set) var failures: [String] = []

  /// Takes the report for standard output, the file for JSON lines, and the documents that come at the end;
  /// where one cannot be written, the run is not worth going on with, and `giveUp` is called.
  init(
    standard: any Report, lines file: consuming GrowingFile?, documents: RunDocuments,
    showsProgress: Bool, giveUp: @escaping () -> Void
  ) {
    self.standard = standard
    lineFile = file
    self.documents = documents
    progress = showsProgress ? ProgressLine() : nil
    self.giveUp = giveUp
  }

  /// Tells of an event in every report.
  ///
  /// Of the end the other reports are told when it is known whether standard output could be written.
  func take(_ event: Event) {
    progress?.take(event)
    guard var reported = ReportedEvent(event) else { return }
    if case .end(let end) = reported {
      tell(.end(end.with(problems: failures)))
      let known = ReportedEvent.end(end.with(problems: failures))
      writeLine(of: known)
      self.end = end
    } else {
      writeLine(of: reported)
      addToPage(reported)
      // What awaits its turn takes memory: nobody else shows packets.
      reported.dropDetail()
      tell(reported)
    }
  }

  private func tell(_ event: ReportedEvent) {
    for ready in inOrder.events(after: event) {
      unwritten += standard.text(for: ready)
      if case .end = ready { continue }
      addToDocuments(ready)
    }
    if case .case = event, unwritten.utf8.count < Self.mostUnwritten { return }
    flush()
  }

  private func addToDocuments(_ event: ReportedEvent) {
    do throws(DocumentError) {
      try documents.take(event)
    } catch {
      fail("\(error)")
    }
  }

  private func addToPage(_ event: ReportedEvent) {
    do throws(DocumentError) {
      try documents.takeAtOnce(event)
    } catch {
      fail("\(error)")
    }
  }

  private func flush() {
    guard !unwritten.isEmpty else { return }
    progress?.erase()
    write(unwritten)
    unwritten = ""
  }

  /// Writes what was told of cases since the last time, and shows a person who watches that the run goes on.
  func beat() {
    flush()
    progress?.draw()
  }

  /// Completes the files; nothing is told any more.
  func finish() {
    do throws(SystemError) {
      let file = lineFile.take()
      try file?.finish()
    } catch {
      fail("the JSON lines cannot be written: \(error)")
    }
    if let end {
      let known = ReportedEvent.end(end.with(problems: failures))
      addToPage(known)
      addToDocuments(known)
    }
    failures += documents.write()
  }

  private func write(_ text: String) {
    guard isStandardOpen else { return }
    do throws(OutputError) {
      try Console.write(text)
    } catch {
      isStandardOpen = false
      fail("standard output cannot be written: \(error.reason)")
    }
  }

  private var isStandardOpen = true

  private func writeLine(of event: ReportedEvent) {
    do throws(SystemError) {
      try lineFile?.append(Array(lines.text(for: event).utf8))
    } catch {
      lineFile = nil
      fail("the JSON lines cannot be written: \(error)")
    }
  }

  private func fail(_ reason: String) {
    failures.append(reason)
    giveUp()
  }
}
