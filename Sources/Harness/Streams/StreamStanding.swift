// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict

/// How a connection stands at a moment, and what of it is lacking that may still come.
struct StreamStanding {
  private let conversation: TCPConversation
  private let openingFailure: String?
  /// What the built-in roles' ends have seen so far.
  var ends: [HostName: StreamEndRecord] = [:]
  /// The hosts with programs.
  var programs: Set<HostName> = []
  /// Those of them whose programs send no more.
  var over: Set<HostName> = []

  init(_ conversation: TCPConversation, openingFailure: String?) {
    self.conversation = conversation
    self.openingFailure = openingFailure
  }

  /// Whether there will be no connection: it could not be begun, or the program that is to open it has ended.
  private var isHopeless: Bool {
    let client = conversation.client
    if openingFailure != nil { return true }
    return !conversation.isOpen && programs.contains(client) && over.contains(client)
  }

  /// How many bytes of a host have come to the other.
  private func received(from host: HostName) -> Int {
    ends[host.other]?.received ?? conversation[from: host].arrivedCount
  }

  /// Whether either host has reset it.
  var isReset: Bool { conversation.isReset }

  /// Whether a message came whole; of one with an open end that is not known.
  func hasCome(_ part: StreamContents.Part, from host: HostName) -> Bool {
    part.end.map { received(from: host) >= $0 } ?? true
  }

  /// What of a message has not come and may still come, in words; nil for nothing.
  func lacking(of play: Play, _ part: StreamContents.Part) -> String? {
    let host = play.message.from.value
    guard !isHopeless, ends[host]?.failure == nil, !isOver(part, from: host) else { return nil }
    let came = max(0, received(from: host) - part.start)
    let past = came > 0 ? "the last " : ""
    return part.end.map { "\(past)\($0 - part.start - came) of \($0 - part.start) bytes of \(play.title)" }
      ?? "the end of what the \(host.rawValue) sends"
  }

  /// Whether a message has come, or will not any more.
  private func isOver(_ part: StreamContents.Part, from host: HostName) -> Bool {
    if let end = ends[host.other] {
      return end.failure != nil || end.isEnded || part.end.map { end.received >= $0 } ?? false
    }
    // A built-in role that has no connection yet will have one.
    guard programs.contains(host.other) else { return false }
    let direction = conversation[from: host]
    if conversation.isOpen, conversation.isReset || over.contains(host.other) { return true }
    // A program has taken what its kernel has acknowledged, as far as the cable tells.
    guard let wanted = part.end ?? direction.end else { return false }
    let hasEnded = direction.end.map { direction.arrivedCount >= $0 } ?? false
    return hasEnded || direction.arrivedCount >= wanted && direction.acknowledged >= wanted
  }

  /// Which end of the connection is lacking, in words; nil where it is over, or there is none.
  var lackingEnd: String? {
    guard conversation.isOpen, !conversation.isReset else { return nil }
    let isTold = { (host: HostName) in
      ends[host.other].map { $0.isEnded || $0.failure != nil } ?? true
    }
    guard let host = HostName.allCases.first(where: { !conversation.isEnded(by: $0) || !isTold($0) }) else {
      return nil
    }
    return "the \(host.rawValue) to end its side of the connection"
  }
}
