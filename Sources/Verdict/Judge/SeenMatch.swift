// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension Seen {
  /// What is wrong with a packet and the frame that carries it, first its header; nil where all is as asked.
  func problem(in captured: CapturedPacket, seen verb: String) -> Located<(field: String, text: String)>? {
    guard let packet = try? IPv4Packet(parsing: captured.bytes[...]) else {
      return Located(("header", "too short for IPv4"))
    }
    return headerProblem(packet, verb) ?? transportProblem(captured, packet, verb)
      ?? payloadProblem(packet, verb) ?? frameProblem(captured, packet, verb)
  }

  private func transportProblem(
    _ captured: CapturedPacket, _ packet: IPv4Packet, _ verb: String
  ) -> Located<(field: String, text: String)>? {
    transport.flatMap {
      WantedTransport($0).problem(
        in: packet.payload, of: packet.header, isWhole: !packet.isPiece,
        isOffloaded: captured.frame.isChecksumOffloaded, seen: verb)
    }
  }

  private func headerProblem(_ packet: IPv4Packet, _ verb: String) -> Located<(field: String, text: String)>?
  {
    for field in IPv4Field.numeric {
      guard let matcher = header.matchers[field], !matcher.value.matches(field, in: packet.header) else {
        continue
      }
      let text = FieldText.text(field, wanted: matcher, in: packet.header, seen: verb)
      return Located((field.rawValue, text), at: matcher.span)
    }
    guard let options = header.options, !options.value.matches(packet.header.options) else { return nil }
    let text = FieldText.text(options, in: packet.header, seen: verb)
    return Located((IPv4Field.options.rawValue, text), at: options.span)
  }

  private func payloadProblem(_ packet: IPv4Packet, _ verb: String) -> Located<(field: String, text: String)>?
  {
    let contents = contents(of: packet.payload)
    guard let payload, !payload.value.matches(contents) else { return nil }
    return Located(("payload", FieldText.text(payload, contents, seen: verb)), at: payload.span)
  }

  /// What the payload is of which something is asked: what stands behind the transport header that is asked for.
  func contents(of payload: [UInt8], behindICMP isLayered: Bool = false) -> [UInt8] {
    guard let transport, transport.isBeforePayload || isLayered else { return payload }
    return WantedTransport(transport).segment(of: payload)?.payload ?? []
  }

  private func frameProblem(
    _ captured: CapturedPacket, _ packet: IPv4Packet, _ verb: String
  ) -> Located<(field: String, text: String)>? {
    for field in FrameField.allCases {
      guard let matcher = frame[field] else { continue }
      let value = captured.value(of: field, padding: packet.padding.count)
      guard !matcher.value.matches(value) else { continue }
      let text = FieldText.text(field, wanted: matcher, value: value, seen: verb)
      return Located((field.rawValue, text), at: matcher.span)
    }
    return frame.vlan.flatMap { WrongTags(captured.tags, $0) }.map { wrong in
      Located(("vlan", wrong.text(of: captured.tags, seen: verb)), at: wrong.wanted.span)
    }
  }
}

extension IgnoredPackets {
  /// Whether something that no message accounts for is passed over; what kernels send by themselves always is.
  func matches(_ one: Unaccounted) -> Bool {
    guard case .matching(let seen, let host) = self else { return false }
    let sender = one.isOutgoing ? one.host : one.host.other
    guard host == nil || host == sender else { return false }
    guard let packet = one.packet else { return seen.matches(frame: one.bytes) }
    return packet.captured.first.map { seen.problem(in: $0, seen: "") == nil } ?? false
  }
}

extension Seen {
  /// Whether a frame that carries no IPv4 packet is as asked: of its Ethernet header alone anything can be.
  fileprivate func matches(frame bytes: [UInt8]) -> Bool {
    guard let ethernet = try? EthernetHeader(parsing: bytes[...]), transport == nil, payload == nil,
      header.matchers.isEmpty, header.options == nil
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
