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
    let all = all
    return HostName.allCases.allSatisfy { host in
      let handed = all.lazy.flatMap(\.deliveries).filter { $0.host == host }
      let came = all.lazy.flatMap(\.frames).filter { !$0.isOutgoing && $0.host == host }
      return handed.elementsEqual(came) { $0.isOf($1) }
    }
  }

  private var arrived: [FrameRecord] { all.flatMap(\.frames).filter { !$0.isOutgoing } }

  private var all: [MessageRecord] { messages + [burst].compactMap { $0 } }
}

extension Delivery {
  /// Whether it is what came in a frame, as it was: over IPv6 as far as its socket is told.
  func isOf(_ frame: FrameRecord) -> Bool {
    let arrived = frame.bytes.dropFirst(EthernetHeader.length)
    guard isMadeUp else { return bytes[...] == arrived }
    guard let own = try? IPPacket(parsing: bytes[...], as: version),
      (try? EthernetHeader(parsing: frame.bytes[...]))?.etherType == version.etherType,
      let other = try? IPPacket(parsing: arrived, as: version)
    else { return false }
    return !isOfUDPSocket && own.payload == other.payload && own.header.source == other.header.source
      && own.header.destination == other.header.destination && own.header.protocol == other.header.protocol
  }
}
