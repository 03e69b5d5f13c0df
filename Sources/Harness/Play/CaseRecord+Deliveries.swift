// SPDX-License-Identifier: Apache-2.0

import Scenario
import Verdict
import Wire

extension CaseRecord {
  /// Whether a message may have been delivered nowhere, so that a counter may say why.
  var lacksDelivery: Bool {
    let withoutOwn = messages.count { $0.deliveries.isEmpty }
    return withoutOwn > (burst?.deliveries.count ?? 0) || (withoutOwn > 0 && !isHandedOver)
  }

  /// Whether every send call went well and every packet that came to a host was handed to a socket, and to no protocol
  /// of the kernel's own, so that no counter of drops has risen.
  var isAllDelivered: Bool {
    all.allSatisfy { $0.sendFailure == nil } && arrived.allSatisfy(\.isUnanswered) && isHandedOver
  }

  /// Whether the socket in each host was handed what came to it on the cable, as it was, and nothing else.
  private var isHandedOver: Bool {
    HostName.allCases.allSatisfy { host in
      all.flatMap(\.deliveries).filter { $0.host == host }.map(\.bytes)
        == arrived.filter { $0.host == host }.map { Array($0.bytes.dropFirst(EthernetHeader.length)) }
    }
  }

  private var arrived: [FrameRecord] { all.flatMap(\.frames).filter { !$0.isOutgoing } }

  private var all: [MessageRecord] { messages + [burst].compactMap { $0 } }
}
