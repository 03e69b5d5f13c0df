// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// `twohost import`: makes a scenario of a conversation in a capture.
enum ImportCommand: Command {
  static let name = "import"
  static let operands = "FILE"
  static let summary = "make a scenario of a conversation in a pcapng or pcap file"
  static let details = [
    "FILE is a capture as decode reads it; - is standard input. The scenario goes to standard output; what is otherwise",
    "than in the capture, or was left out, stands in its comment. Of several conversations one is chosen, by its number or",
    "by a filter; they are listed where none is. No privilege is needed.",
  ]
  static let options = [conversation, PacketOptions.filter, PacketOptions.packet, segments]

  private static let conversation = CommandOption(
    name: "--conversation", value: "N", help: "the conversation with this number in the list")
  private static let segments = CommandOption(
    name: "--segments",
    help: "each segment of TCP as a message, instead of the bytes that they carry as streams")

  static func run(_ arguments: Arguments) throws -> ExitStatus {
    guard let path = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("import needs one capture")
    }
    let chosen = try arguments.number(conversation, in: 1...Int(Int32.max))
    var selection = CaptureSelection(conversation: chosen)
    try read(path, arguments, into: &selection)
    guard let conversation = selection.conversation else { throw try unchosen(selection, chosen) }
    let title = "\(conversation), of \(path == InputFile.standardInput ? "a capture" : path)"
    let scenario: ImportedScenario
    do throws(ImportProblem) {
      scenario = try ImportedScenario(
        selection.packets, of: conversation, as: arguments.has(segments) ? .segments : .streams, title: title,
        notes: selection.note.map { [$0] } ?? [])
    } catch {
      throw Obstruction(.usage, "\(conversation) cannot be imported: \(error.reason)", fix: error.fix)
    }
    try Console.write(scenario.text)
    return .passed
  }

  /// Adds the packets of a capture that are asked for.
  private static func read(
    _ path: String, _ arguments: Arguments, into selection: inout CaptureSelection
  ) throws {
    let numbers = try PacketOptions.numbers(arguments)
    let filter = try PacketOptions.filter(arguments)
    var number = 0
    let failure = PacketOptions.read(path, upTo: numbers?.last ?? .max) { packet in
      number += 1
      guard numbers?.contains(number) != false else { return }
      let dissection = Dissection(packet)
      guard filter?.matches(dissection, of: packet, number: number) != false else { return }
      selection.add(packet, dissection, number: number)
    }
    if let failure { throw Obstruction(.usage, "\(path): \(failure)") }
  }

  /// Why no conversation is chosen: there is none, or there are several, which are listed.
  private static func unchosen(_ selection: CaptureSelection, _ chosen: Int?) throws -> Obstruction {
    let list = selection.conversations.list
    guard !list.isEmpty else {
      let note = selection.note.map { " \($0)" } ?? ""
      return Obstruction(.nothingSelected, "there is no conversation over IPv4.\(note)")
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
