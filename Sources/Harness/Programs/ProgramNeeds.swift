// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario

extension Scenario {
  /// What the messages to a host's program need of its sockets, each once, in the order of the exchange, and the
  /// numbers of the messages that need it.
  func needs(
    of host: HostName
  ) -> (needs: [ListedSocket.Need], numbers: [ListedSocket.Need: Set<Int>]) {
    var needs: [ListedSocket.Need] = []
    var numbers: [ListedSocket.Need: Set<Int>] = [:]
    if let connection {
      guard host == connection.server else { return ([], [:]) }
      let need = ListedSocket.Need(connection, in: self)
      return ([need], [need: Set(1...exchange.count)])
    }
    for (index, message) in exchange.enumerated()
    where message.from.value == host.other && message.expect.mustBeSeen(at: .delivered) {
      let need = ListedSocket.Need(message, in: self)
      if numbers[need] == nil { needs.append(need) }
      numbers[need, default: []].insert(index + 1)
    }
    return (needs, numbers)
  }

  /// What is needed of a host's program before it has said anything itself: what comes behind that it may have opened its
  /// socket for by then, at a port that nobody knows before.
  ///
  /// In lockstep it is the first need alone: what the others need is there when it is their turn.
  func firstNeeds(
    of host: HostName, among needs: [ListedSocket.Need], _ numbers: [ListedSocket.Need: Set<Int>]
  ) -> [ListedSocket.Need] {
    let own = exchange.firstIndex { $0.from.value == host && $0.expect.mustBeSeen(at: .sent) }
    let before = needs.filter { need in
      guard let own, let first = numbers[need]?.min() else { return true }
      return first <= own
    }
    return pacing == .lockstep ? Array(before.prefix(1)) : before
  }
}
