// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What may be behind a message that did not get to its end.
enum LossHint {
  /// What may keep a packet from its socket beside what a counter says, in sentences; `arrived` is how it came out of the
  /// cable, and `deeds` are what that did to it.
  static func texts(
    _ findings: [Finding], _ passage: Passage, arrived: Sighting?, _ deeds: [CableDeed]
  ) -> [String] {
    let isLost = deeds.contains { [.dropped, .lost].contains($0.kind) }
    if isLost, findings.contains(where: { $0.kind == .notSeen(.arrived) }) {
      return ["A message that the cable is to lose says so: expect: { arrived: false }."]
    }
    guard findings.contains(where: { $0.kind == .notSeen(.delivered) }) else { return [] }
    let group =
      "A socket receives multicast packets only after it has joined their group"
      + " (IP_ADD_MEMBERSHIP)."
    let martian = arrived?.packet.header.ipv4?.martian.map { what in
      "The \(what) cannot belong to another host on the cable: Linux drops such a packet as a martian, and"
        + " counts it nowhere."
    }
    return (passage.asked.header.destination.isMulticast ? [group] : []) + [martian].compactMap { $0 }
  }

  /// What may be behind a send call that failed, in sentences.
  static func texts(_ failure: SendFailure?, of message: Message) -> [String] {
    guard let failure, failure.errno == "EMSGSIZE", message.wayOut == .header else { return [] }
    return ["Linux does not fragment a packet whose sender wrote its header (IP_HDRINCL)."]
  }
}

extension IPv4Header {
  /// The address for which Linux takes a packet that comes in for a martian, in words (RFC 1122 §3.2.1.3); nil where both
  /// may be.
  fileprivate var martian: String? {
    let isSource =
      source.isLoopback || source == .any || source.isMulticast || source == .broadcast
      || source == destination
    if isSource { return "source \(source)" }
    return destination.isLoopback || destination == .any ? "destination \(destination)" : nil
  }
}
