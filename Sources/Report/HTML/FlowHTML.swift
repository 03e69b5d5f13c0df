// SPDX-License-Identifier: Apache-2.0

import Scenario

/// What was measured of the flows of a case, whose packets are counted and not kept.
struct FlowHTML {
  private let flows: [ReportedFlow]

  init(_ flows: [ReportedFlow]) {
    self.flows = flows
  }

  var markup: Markup {
    let head = [
      "flow", "sent", "delivered", "lost", "duplicated", "reordered", "wrong", "sent /s", "came /s",
    ]
    let cells: [Markup] = (head + times.map(\.name)).map { "<th scope=\"col\">\($0)</th>" }
    let rows: [Markup] = flows.enumerated().map { index, flow in
      let counts = [
        flow.sent, flow.delivered, flow.lost, flow.duplicated, flow.reordered, flow.wrong,
        Int(clamping: flow.sendingRate), Int(clamping: flow.rate),
      ]
      let measured = times.map { time in flow.latency[time.rawValue].map { time.format($0) } ?? "-" }
      let values: [Markup] = (counts.map(String.init) + measured).map { "<td>\($0)</td>" }
      return "<tr><th scope=\"row\">\(index + 1)</th>\(values.joined())</tr>"
    }
    return """
      <h3>Flows</h3>
      <div class="scroll" tabindex="0" role="group" aria-label="Flows"><table class="values"><thead><tr>\(cells.joined())</tr></thead>\
      <tbody>\(rows.joined())</tbody></table></div>

      """
  }

  private var times: [FlowMeasure] { FlowMeasure.latencies }
}
