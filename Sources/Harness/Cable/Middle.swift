// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// The cable where it does something: a namespace between the hosts, joined to each by a veth pair, through which
/// this process carries every frame by packet sockets.
///
/// Frames are carried by the thread that waits for them, so that there is no race to win: whoever waits carries.
final class Middle {
  private let space: NetworkNamespace
  private var near: PacketSocket
  private var far: PacketSocket
  private var netlink: NetlinkSocket
  private var forward: CableTreatment
  private var reverse: CableTreatment
  private let buffer = ReceiveBuffer(capacity: 1 << 16 + 64)
  private let start = SuspendingClock.now

  private static let nearLink: Int32 = 201
  private static let farLink: Int32 = 202

  /// So many at once, so that a host that sends without end does not keep the run from its deadline.
  private static let mostFrames = 4096

  /// Makes the namespace and joins it to the ends that the two netlink sockets' hosts have of their own.
  ///
  /// - Throws: what the kernel refuses, and `ETIMEDOUT` past the deadline.
  init(
    _ cable: Cable, sender: VethEnd, _ senderNetlink: inout NetlinkSocket, receiver: VethEnd,
    _ receiverNetlink: inout NetlinkSocket, closing: ClosingPool, until deadline: Deadline
  ) throws(SystemError) {
    let middle = try NetworkNamespace()
    let peer = { (index: Int32, name: String, end: VethEnd) in
      VethEnd(index: index, name: name, mac: nil, mtu: end.mtu)
    }
    let nearEnd = peer(Self.nearLink, "sender", sender)
    let farEnd = peer(Self.farLink, "receiver", receiver)
    try senderNetlink.perform(
      [.makeVethPair(sender, peer: nearEnd, in: middle.rawDescriptor)], until: deadline)
    try receiverNetlink.perform(
      [.makeVethPair(receiver, peer: farEnd, in: middle.rawDescriptor)], until: deadline)
    var netlink = try middle.enter { () throws(SystemError) in try NetlinkSocket() }
    for link in [Self.nearLink, Self.farLink] {
      try netlink.perform(
        [.disableIPv6AddressGeneration(link: link), .raise(link: link)], until: deadline)
    }
    near = try middle.enter { () throws(SystemError) in
      try PacketSocket(link: Self.nearLink, closedBy: closing)
    }
    far = try middle.enter { () throws(SystemError) in
      try PacketSocket(link: Self.farLink, closedBy: closing)
    }
    space = middle
    self.netlink = netlink
    forward = CableTreatment(cable, from: .sender)
    reverse = CableTreatment(cable, from: .receiver)
  }

  /// Returns when it passes packets, for which both hosts' ends must be up: one sent before can be lost.
  ///
  /// - Throws: `ETIMEDOUT` past the deadline.
  func awaitOperational(until deadline: Deadline) throws(SystemError) {
    for link in [Self.nearLink, Self.farLink] {
      _ = try netlink.awaitOperational(link: link, until: deadline)
    }
  }

  /// The descriptors that can be read when there is something to carry.
  var readable: [Int32] { [near.rawDescriptor, far.rawDescriptor] }

  /// How long it is until a frame that is held back is to come out; nil where none is.
  var untilNextRelease: Duration? {
    [forward.nextRelease, reverse.nextRelease].compactMap { $0 }.min().map { max(.zero, $0 - elapsed) }
  }

  private var elapsed: Duration { start.duration(to: .now) }

  /// Carries everything that is there, without waiting.
  ///
  /// - Throws: the errors of recvmsg(2) and sendto(2).
  func carry() throws(SystemError) {
    try carry(from: near, through: &forward, to: far)
    try carry(from: far, through: &reverse, to: near)
  }

  private func carry(
    from entry: borrowing PacketSocket, through treatment: inout CableTreatment,
    to exit: borrowing PacketSocket
  ) throws(SystemError) {
    for _ in 0..<Self.mostFrames {
      guard let frame = try entry.receive(into: buffer) else { break }
      guard !frame.isOutgoing else { continue }
      treatment.enter(frame.bytes, at: elapsed)
      for frame in treatment.leave(at: elapsed) { try exit.send(frame) }
    }
    for frame in treatment.leave(at: elapsed) { try exit.send(frame) }
  }

  /// What was done since it was asked for last; the packets themselves are forgotten.
  func takeDeeds() -> [CableDeed] { forward.takeDeeds() + reverse.takeDeeds() }

  /// What was done so far to the packets of each host, and how many of its frames found no room.
  ///
  /// - Throws: the errors of getsockopt(2).
  func record() throws(SystemError) -> [HostName: CableRecord] {
    var records = [HostName.sender: forward.record, .receiver: reverse.record]
    records[.sender]?.overflowed = try near.statistics().dropped
    records[.receiver]?.overflowed = try far.statistics().dropped
    return records
  }
}
