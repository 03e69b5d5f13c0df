// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// The judgement of what must come back on a message's account.
struct ReturnedJudge {
  private let passage: Passage
  private let message: Message
  private let deeds: [CableDeed]
  /// Whether a program sends it: then its transport header must be right in itself.
  private let isOfProgram: Bool

  /// Judges what came back, of a program or of a kernel; `deeds` are what the cable did to it.
  init(_ passage: Passage, _ message: Message, _ deeds: [CableDeed], isOfProgram: Bool) {
    self.passage = passage
    self.message = message
    self.deeds = deeds
    self.isOfProgram = isOfProgram
  }

  /// What is missing or wrong: one finding for each packet that must come back.
  var findings: [Finding] {
    message.expect.returned.enumerated().compactMap { index, wanted in
      let isThere = index < passage.returned.count
      let problem = isThere ? problem(of: passage.returned[index], wanted) : missing(wanted)
      return problem.map { problem in
        let span = problem.span ?? wanted.span ?? message.span
        return Finding(kind: .returned(index + 1), places: [], span: span, text: problem.value)
      }
    }
  }

  private func missing(_ wanted: Seen) -> Located<String> {
    let verb = wanted.mayBeLost ? "was sent" : "came"
    let count = passage.returned.count
    return Located(count == 0 ? "nothing \(verb) back" : "only \(count) \(verb) back")
  }

  /// The first thing that is wrong with what came back, beside where the file asks for it.
  private func problem(of returned: ReturnedDatagram, _ wanted: Seen) -> Located<String>? {
    if let count = count(of: returned, wanted) { return count }
    let packets = returned.packets.compactMap(\.packet)
    guard let first = packets.first, packets.count == returned.packets.count else {
      return Located("what came back is too short for \(message.version)")
    }
    switch returned.payload {
    case .success(let payload):
      let isWhole = wanted.fragments != nil || !packets.contains(where: \.isPiece)
      return transport(payload, first.header, isWhole: isWhole, wanted) ?? headers(packets, wanted)
        ?? self.payload(payload, wanted) ?? frames(returned, wanted)
    // The file says how many pieces come back of those that the cable has changed: then they need not fit.
    case .failure where wanted.asksNothingOfContents && deeds.contains(where: \.breaksDatagrams):
      return headers(packets, wanted) ?? frames(returned, wanted)
    case .failure(let problem):
      return Located("what came back is in fragments that do not fit together: \(problem)")
    }
  }

  private func count(of returned: ReturnedDatagram, _ wanted: Seen) -> Located<String>? {
    let count = returned.count
    guard count > 0 || wanted.mayBeLost else {
      let host = message.from.value.rawValue
      return Located("did not come back: it was sent, but never came out of the cable at the \(host)")
    }
    if let fragments = wanted.fragments {
      guard fragments.value != count else { return nil }
      let text = "came back in \(count == 1 ? "1 packet" : "\(count) packets"), wanted \(fragments.value)"
      return Located(text, at: fragments.span)
    }
    let copies = wanted.copies ?? Located(.value(1))
    guard !copies.value.matches(UInt64(count)) else { return nil }
    return Located(
      "came back \(count == 1 ? "once" : "\(count) times"), wanted \(copies.value.timesText)", at: copies.span
    )
  }

  private func transport(
    _ payload: [UInt8], _ header: IPHeader, isWhole: Bool, _ wanted: Seen
  ) -> Located<String>? {
    let itself = isOfProgram && isWhole && deeds.isEmpty ? Protocols.all.transport(header.protocol) : nil
    let asked = wanted.transport.map { WantedTransport($0) } ?? itself.map { WantedTransport(itself: $0) }
    return asked?.problem(in: payload, of: header, isWhole: isWhole)?.text(seen: "came back").map(\.text)
  }

  private func headers(_ packets: [IPPacket], _ wanted: Seen) -> Located<String>? {
    packets.lazy.compactMap { header($0.header, wanted.header) }.first
  }

  private func frames(_ returned: ReturnedDatagram, _ wanted: Seen) -> Located<String>? {
    let seen = returned.packets.compactMap { other in
      other.lastSeen.flatMap { captured in other.packet.map { (captured, $0) } }
    }
    return seen.lazy.compactMap { frame($0, $1, wanted) }.first
  }

  private func header(_ header: IPHeader, _ wanted: HeaderMatchers) -> Located<String>? {
    for field in IPField.numeric {
      guard let matcher = wanted.matcher(of: field), !matcher.value.matches(field, in: header) else {
        continue
      }
      let text = FieldText.text(field, wanted: matcher, in: header, seen: "came back")
      return Located(text, at: matcher.span)
    }
    if let options = wanted.variablePart(of: header), !options.value.matches(header.variablePart) {
      return Located(FieldText.text(options, in: header, seen: "came back"), at: options.span)
    }
    return nil
  }

  private func payload(_ payload: [UInt8], _ wanted: Seen) -> Located<String>? {
    let contents = wanted.contents(of: payload, behindICMP: message.transport != nil)
    guard let matcher = wanted.payload, !matcher.value.matches(contents) else { return nil }
    return Located(FieldText.text(matcher, contents, seen: "came back"), at: matcher.span)
  }

  private func frame(_ captured: CapturedPacket, _ packet: IPPacket, _ wanted: Seen) -> Located<String>? {
    for field in FrameField.allCases {
      guard let matcher = wanted.frame[field] else { continue }
      let value = captured.value(of: field, padding: packet.padding.count)
      guard !matcher.value.matches(value) else { continue }
      return Located(
        FieldText.text(field, wanted: matcher, value: value, seen: "came back"), at: matcher.span)
    }
    return wanted.frame.vlan.flatMap { WrongTags(captured.tags, $0) }.map { wrong in
      Located(wrong.text(of: captured.tags, seen: "came back"), at: wrong.wanted.span)
    }
  }
}

extension Seen {
  /// Whether it need not come back that was sent.
  fileprivate var mayBeLost: Bool { copies?.value.matches(UInt128(0)) == true }

  /// Whether a file says nothing of what a datagram carries.
  fileprivate var asksNothingOfContents: Bool { transport == nil && payload == nil }
}
