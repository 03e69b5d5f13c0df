// SPDX-License-Identifier: Apache-2.0

import Scenario

extension TCPDirection {
  /// What is wrong with what its host sent, with a sentence for each: bytes that are left out, that come again as others,
  /// and what had not come and was acknowledged.
  var faultTexts: [(fault: StreamFault, text: String)] {
    let name = host.rawValue
    let missing = gaps.prefix(1).map { gap -> (fault: StreamFault, text: String) in
      let bytes = "\(gap.lowerBound)…\(gap.upperBound - 1)"
      return (.gap(host), "the \(name) never sent bytes \(bytes), but sent later ones")
    }
    return missing
      + faults.map { fault in
        switch fault {
        case .overlap(let place):
          (.overlap(host), "the \(name) sent byte \(place) again, with another value")
        case .acknowledgment(let count, let arrived):
          (
            .acknowledgment(host),
            "the \(name) acknowledged \(byteCount(count)),"
              + " but only \(arrived) had arrived"
          )
        }
      }
  }
}
