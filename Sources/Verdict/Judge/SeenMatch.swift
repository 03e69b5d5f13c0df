// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension Seen {
  /// Whether a packet and the frame that carries it are as asked.
  func matches(_ captured: CapturedPacket) -> Bool {
    guard let packet = captured.packet else { return false }
    return part(unlikeAskedIn: captured, packet) == nil
  }

  /// What is wrong with a packet and the frame that carries it, first its header; nil where all is as asked.
  func problem(in captured: CapturedPacket, seen verb: String) -> Located<(field: String, text: String)>? {
    guard let packet = captured.packet else {
      return Located(("header", "too short for \(captured.version)"))
    }
    return part(unlikeAskedIn: captured, packet).map { text(of: $0, captured, packet, verb) }
  }

  /// Of another protocol a packet is less like what is asked than by any number of wrong fields.
  private static let wrongProtocol = 100

  /// In how many parts a packet, and the frame that carries it, are not as asked.
  func partsWrong(in captured: CapturedPacket) -> Int {
    guard let packet = captured.packet else { return 2 * Self.wrongProtocol }
    let fields = IPField.numeric.count { field in
      header.matcher(of: field).map { !$0.value.matches(field, in: packet.header) } ?? false
    }
    let options =
      header.variablePart(of: packet.header).map { !$0.value.matches(packet.header.variablePart) } ?? false
    let segment = transport.map {
      WantedTransport($0).fieldsWrong(in: captured, packet) ?? Self.wrongProtocol
    }
    let bytes = contents(of: packet.payload)
    let isOtherPayload = payload.map { !$0.value.matches(bytes) } ?? false
    return fields + (options ? 1 : 0) + (segment ?? 0) + (isOtherPayload ? 1 : 0)
      + (wrongFrame(captured, packet) == nil ? 0 : 1)
  }

  /// A part of a packet that is not as asked, beside what is asked of it.
  private enum Part {
    case field(IPField, Located<FieldMatcher>)
    case options(Located<OptionsMatcher>)
    case transport(WantedTransport.Problem)
    case payload(Located<PayloadMatcher>)
    case frame(FrameField, Located<FieldMatcher>)
    case vlan(WrongTags)
  }

  private func part(unlikeAskedIn captured: CapturedPacket, _ packet: IPPacket) -> Part? {
    if let wrong = wrongHeader(packet) { return wrong }
    if let transport, let wrong = WantedTransport(transport).problem(in: captured, packet) {
      return .transport(wrong)
    }
    if let payload, !payload.value.matches(contents(of: packet.payload)) { return .payload(payload) }
    return wrongFrame(captured, packet)
  }

  private func wrongHeader(_ packet: IPPacket) -> Part? {
    for field in IPField.numeric {
      guard let matcher = header.matcher(of: field), !matcher.value.matches(field, in: packet.header) else {
        continue
      }
      return .field(field, matcher)
    }
    guard let options = header.variablePart(of: packet.header),
      !options.value.matches(packet.header.variablePart)
    else {
      return nil
    }
    return .options(options)
  }

  private func wrongFrame(_ captured: CapturedPacket, _ packet: IPPacket) -> Part? {
    for field in FrameField.allCases {
      guard let matcher = frame[field] else { continue }
      guard !matcher.value.matches(captured.value(of: field, padding: packet.padding.count)) else { continue }
      return .frame(field, matcher)
    }
    return frame.vlan.flatMap { WrongTags(captured.tags, $0) }.map { .vlan($0) }
  }

  /// What is said of a part that is not as asked.
  private func text(
    of part: Part, _ captured: CapturedPacket, _ packet: IPPacket, _ verb: String
  ) -> Located<(field: String, text: String)> {
    switch part {
    case .field(let field, let wanted):
      let text = FieldText.text(field, wanted: wanted, in: packet.header, seen: verb)
      return Located((field.rawValue, text), at: wanted.span)
    case .options(let wanted):
      let text = FieldText.text(wanted, in: packet.header, seen: verb)
      return Located((IPField.variablePart(of: packet.version).rawValue, text), at: wanted.span)
    case .transport(let problem): return problem.text(seen: verb)
    case .payload(let wanted):
      let text = FieldText.text(wanted, contents(of: packet.payload), seen: verb)
      return Located(("payload", text), at: wanted.span)
    case .frame(let field, let wanted):
      let value = captured.value(of: field, padding: packet.padding.count)
      return Located(
        (field.rawValue, FieldText.text(field, wanted: wanted, value: value, seen: verb)), at: wanted.span)
    case .vlan(let wrong):
      return Located(("vlan", wrong.text(of: captured.tags, seen: verb)), at: wrong.wanted.span)
    }
  }

  /// What the payload is of which something is asked: what stands behind the transport header that is asked for.
  func contents(of payload: [UInt8], behindICMP isLayered: Bool = false) -> [UInt8] {
    guard let transport, transport.isBeforePayload || isLayered else { return payload }
    return WantedTransport(transport).segment(of: payload)?.payload ?? []
  }
}

extension IgnoredPackets {
  /// Whether something that no message accounts for is passed over; what kernels send by themselves always is.
  func matches(_ one: Unaccounted) -> Bool {
    guard case .matching(let seen, let host) = self else { return false }
    let sender = one.isOutgoing ? one.host : one.host.other
    guard host == nil || host == sender else { return false }
    guard let packet = one.packet else { return seen.matches(frame: one.bytes) }
    return packet.captured.first.map(seen.matches) ?? false
  }
}

extension Seen {
  /// Whether a frame that carries no IP packet is as asked: of its Ethernet header alone anything can be.
  fileprivate func matches(frame bytes: [UInt8]) -> Bool {
    guard let ethernet = try? EthernetHeader(parsing: bytes[...]), transport == nil, payload == nil,
      header.isEmpty
    else { return false }
    return
      (frame.vlan.map { WrongTags(VLANTag.all(in: bytes, of: [.vlan, .serviceVLAN]), $0) == nil } ?? true)
      && frame.matchers.allSatisfy { field, matcher in
        switch field {
        case .length: matcher.value.matches(UInt64(bytes.count))
        case .source: matcher.value.matches(ethernet.source.number)
        case .destination: matcher.value.matches(ethernet.destination.number)
        case .etherType: matcher.value.matches(UInt64(ethernet.etherType.rawValue))
        case .padding: false
        }
      }
  }
}
