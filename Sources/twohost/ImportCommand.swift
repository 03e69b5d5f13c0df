// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// `twohost import`: makes a scenario of a conversation in a capture.
enum ImportCommand: Command {
  static let name = "import"
  static let operands = "FILE [FILE]"
  static let summary = "make a scenario of a conversation in a pcapng or pcap file"
  static let details = [
    "FILE is a capture as decode reads it; - is standard input. Two are captures of one conversation at both ends, as a run's",
    "own capture is by itself: then what the cable did becomes a cable that does it again, and expectations. The scenario",
    "goes to standard output; what is otherwise than in the capture, or was left out, stands in its comment. Of several",
    "conversations one is chosen, by its number or by a filter; they are listed where none is. No privilege is needed, but for",
    "--failing: that plays the case of a failing run's capture, or of the folder that it is in, again and again with less,",
    "until nothing of it can go.",
  ]
  static let options = [
    conversation, PacketOptions.filter, PacketOptions.packet, segments, failing, ScenarioOptions.networks,
  ]

  private static let conversation = CommandOption(
    name: "--conversation", value: "N", help: "the conversation with this number in the list")
  private static let segments = CommandOption(
    name: "--segments",
    help: "each segment of TCP as a message, instead of the bytes that they carry as streams")

  private static let failing = CommandOption(
    name: "--failing",
    help:
      "the smallest scenario that fails as the case did whose capture this is; needs privilege, as run does")

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    let paths = arguments.operands
    guard (1...2).contains(paths.count) else {
      throw UsageError("import needs one capture, or two of both ends")
    }
    guard !arguments.has(failing) else {
      let others = [conversation, PacketOptions.filter, PacketOptions.packet, segments]
      if let other = others.first(where: arguments.has) {
        throw UsageError("--failing takes the whole case: leave \(other.name) out")
      }
      guard paths.count == 1 else {
        throw UsageError("--failing needs one capture, or the folder that it is in")
      }
      return try FailingImport.run(paths[0], networks: arguments.value(ScenarioOptions.networks))
    }
    let chosen = try arguments.number(conversation, in: 1...Int(Int32.max))
    var selection = CaptureSelection(conversation: chosen)
    for (place, path) in paths.enumerated() { try read(path, capture: place, arguments, into: &selection) }
    guard let conversation = selection.conversation else { throw try unchosen(selection, chosen) }
    let names = paths.map { $0 == InputFile.standardInput ? "a capture" : $0 }
    let title = "\(conversation), of \(names.joined(separator: " and "))"
    let scenario: ImportedScenario
    do throws(ImportProblem) {
      scenario = try ImportedScenario(
        selection.packets, of: conversation, as: arguments.has(segments) ? .segments : .streams, title: title,
        notes: selection.notes)
    } catch {
      throw Obstruction(.usage, "\(conversation) cannot be imported: \(error.reason)", fix: error.fix)
    }
    try Console.write(scenario.text)
    return .passed
  }

  /// Adds the packets of a capture that are asked for.
  private static func read(
    _ path: String, capture: Int, _ arguments: Arguments, into selection: inout CaptureSelection
  ) throws {
    let numbers = try PacketOptions.numbers(arguments)
    let filter = try PacketOptions.filter(arguments)
    var number = 0
    let failure = PacketOptions.read(path, upTo: numbers?.last ?? .max) { packet in
      number += 1
      guard numbers?.contains(number) != false else { return }
      guard filter?.matches(Dissection(packet), of: packet, number: number) != false else { return }
      selection.add(packet, number: number, capture: capture)
    }
    if let failure { throw Obstruction(.usage, "\(path): \(failure)") }
  }

  /// Why no conversation is chosen: there is none, or there are several, which are listed.
  private static func unchosen(_ selection: CaptureSelection, _ chosen: Int?) throws -> Obstruction {
    let list = selection.conversations.list
    guard !list.isEmpty else {
      let notes = selection.notes.map { " \($0)" }.joined()
      return Obstruction(.nothingSelected, "there is no conversation over IP.\(notes)")
    }
    for (place, entry) in list.enumerated() {
      let packets = entry.packets == 1 ? "1 packet" : "\(entry.packets) packets"
      Console.explain("  \(place + 1)  \(entry.conversation)  \(packets)")
    }
    let reason =
      chosen.map { "there is no conversation \($0)" } ?? "there are \(list.count) conversations"
    return Obstruction(.usage, reason, fix: "choose one: --conversation \(list.count > 1 ? 2 : 1)")
  }
}
