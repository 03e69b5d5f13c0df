// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

extension CaseTraffic {
  /// The most packets that are kept, of which as many are the first, and so many the last; between them those that are
  /// wrong come first.
  private static let (most, first, last) = (96, 48, 16)
  /// As many bytes of a case are kept, and of each frame those of its headers.
  private static let room = 192 << 10

  /// Takes what is worth to be looked at out of the record of a case; with a verdict, also what is wrong with what.
  public init(_ scenario: Scenario, _ record: CaseRecord, _ verdict: CaseVerdict?) {
    let all = CrossingPairs(scenario, record, verdict).crossings
    let chosen = Self.chosen(of: all)
    var crossings: [Crossing] = []
    var (next, left) = (0, Self.room)
    for index in chosen {
      var crossing = all[index]
      crossing.omittedBefore = index - next
      crossing.left?.keep(&left)
      for copy in crossing.arrived.indices { crossing.arrived[copy].keep(&left) }
      crossings.append(crossing)
      next = index + 1
    }
    self.crossings = crossings
    omitted = all.count - next + (record.stream?.unkept ?? 0)
    outputs = record.printed.flatMap(Self.outputs).sorted {
      ($0.timestamp ?? .max) < ($1.timestamp ?? .max)
    }
    rises = Dictionary(
      uniqueKeysWithValues: record.rises.map { host, rises in
        let asked = Set(scenario.expect.counters[host]?.rises.map(\.name) ?? [])
        return (host, rises.filter { asked.contains($0.key) })
      })
  }

  private static func chosen(of crossings: [Crossing]) -> [Int] {
    guard crossings.count > most else { return Array(crossings.indices) }
    let middle = crossings.indices.dropFirst(first).dropLast(last)
    let wrong = middle.filter { crossings[$0].isWrong }.prefix(most - first - last)
    return Array(0..<first) + wrong + Array((crossings.count - last)..<crossings.count)
  }

  /// What was printed on a stream, cut where it was read at once; where bytes are missing, in two parts.
  private static func outputs(of print: ProgramPrint) -> [Output] {
    let output = print.output
    guard output.isWhole, !output.arrivals.isEmpty else {
      return [
        Output(
          host: print.host, stream: print.stream, timestamp: output.arrivals.first?.timestamp,
          bytes: output.kept)
      ]
    }
    let bytes = output.kept
    return output.arrivals.indices.map { index in
      let start = Int(output.arrivals[index].offset)
      let end = index + 1 < output.arrivals.count ? Int(output.arrivals[index + 1].offset) : bytes.count
      return Output(
        host: print.host, stream: print.stream, timestamp: output.arrivals[index].timestamp,
        bytes: Array(bytes[start..<end]))
    }
  }
}

extension CaseTraffic.Frame {
  /// The headers of Ethernet, IPv4 and TCP with all their options.
  private static let headers = 14 + 60 + 60

  /// Cuts what there is no room for.
  fileprivate mutating func keep(_ room: inout Int) {
    let kept = min(bytes.count, max(room, Self.headers))
    if kept < bytes.count { bytes.removeLast(bytes.count - kept) }
    room -= kept
  }
}
