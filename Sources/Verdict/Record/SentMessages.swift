// SPDX-License-Identifier: Apache-2.0

import Scenario

/// The messages as they are sent, where that depends on what had come by then: segments of TCP acknowledge it, errors of ICMP
/// quote it, and answers over UDP go to where it came from.
public struct SentMessages: Sendable {
  /// What is known of what has come; nil where no message depends on that.
  private var arrived: Arrived?

  private struct Arrived: Sendable {
    var acknowledgments: Acknowledgments
    var quotations: Quotations
    var questions: Questions
    let scenario: Scenario

    init(_ scenario: Scenario) {
      acknowledgments = Acknowledgments(scenario)
      quotations = Quotations(scenario)
      questions = Questions(scenario)
      self.scenario = scenario
    }

    mutating func message(of play: Play, after record: CaseRecord) -> Message? {
      if play.message.answersQuestion { return questions.message(of: play, after: record) }
      guard play.message.quoted != nil else { return acknowledgments.message(of: play, after: record) }
      return quotations.packet(quotedBy: play, after: record).map { play.message.quoting($0, in: scenario) }
    }
  }

  /// Has seen nothing of a scenario's packets yet.
  public init(_ scenario: Scenario) {
    if scenario.exchange.contains(where: \.dependsOnWhatArrived) { arrived = Arrived(scenario) }
  }

  /// A built-in role's message as it is sent after all that was recorded of the plays before it; plays are asked for in
  /// order.
  ///
  /// - Returns: nil where it quotes a message that had not arrived, or answers one that was not sent: then it is not sent.
  public mutating func message(of play: Play, after record: CaseRecord) -> Message? {
    arrived == nil ? play.message : arrived?.message(of: play, after: record)
  }
}

extension Message {
  /// Whether what had arrived when it was sent says how it looks.
  var dependsOnWhatArrived: Bool { acknowledgesWhatArrived || quoted != nil || answersQuestion }
}
