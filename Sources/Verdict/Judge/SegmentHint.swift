// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What may be behind a failure where the messages of programs are segments of TCP that somebody would have to make by hand.
enum SegmentHint {
  private static let syn: UInt64 = 0x02

  /// That a stream is meant; nil where a program sends no payload by TCP and is sent none, or a SYN is among the messages.
  static func text(_ scenario: Scenario) -> String? {
    let segments = scenario.exchange.filter { $0.stream == nil && $0.transport?.layer.filterName == "tcp" }
    let hasPayload = scenario.hasPrograms && segments.contains { !$0.payload.value.isEmpty }
    let isByHand = segments.contains { ($0.transport?.values["flags"]?.value ?? 0) & syn != 0 }
    guard hasPayload, !isByHand else { return nil }
    return
      "A message with `tcp` and a `payload` is a single segment, without a connection around it: use"
      + " { stream: \"…\" } to send bytes on a connection, whose segments the kernels make."
  }
}
