// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// Where a case plays: the two hosts on their cable, those who watch it, and the sockets of the built-in roles.
struct Stage: ~Copyable {
  var hosts: HostPair
  var watch: Watch
  var sender: RoleSocket
  var receiver: RoleSocket
  /// What the sockets were handed, by the host, and nobody has asked for yet: they have room for so many packets.
  private var delivered: [HostName: [Delivery]] = [:]

  /// Takes hosts whose roles begin.
  init(
    _ scenario: Scenario, _ pair: consuming HostPair, _ watch: Watch
  ) throws(SystemError) {
    let receiverSockets = try pair.receiver.takeRoleSockets(.receiver, scenario)
    let senderSockets = try pair.sender.takeRoleSockets(.sender, scenario)
    let near = try RoleSocket(of: .sender, in: scenario, senderSockets)
    let far = try RoleSocket(of: .receiver, in: scenario, receiverSockets)
    sender = near
    receiver = far
    hosts = pair
    self.watch = watch
  }

  /// Ends the roles; their sockets stay open for the next case: they are empty, since its end was awaited.
  consuming func takeHosts() throws(SystemError) -> HostPair {
    var pair = hosts
    pair.sender.keep(try sender.takeSockets())
    pair.receiver.keep(try receiver.takeSockets())
    return pair
  }

  /// The numbers by which the kernel lists the sockets in a host that are no program's.
  func inodes(of host: HostName) throws(SystemError) -> Set<UInt64> {
    switch host {
    case .sender: try sender.inodes().union([hosts.sender.capture.inode()])
    case .receiver: try receiver.inodes().union([hosts.receiver.capture.inode()])
    }
  }

  // MARK: - What is seen

  /// Takes what is there already, without waiting: the frames at both ends of the cable, and what the sockets were
  /// handed.
  ///
  /// - Throws: `ENOBUFS` where a host has sent more than it may.
  mutating func collect() throws(SystemError) {
    try watch.collect(hosts)
    try receive()
  }

  /// Takes what the sockets were handed.
  mutating func receive() throws(SystemError) {
    delivered[.sender, default: []] += try sender.receive(into: hosts.buffer)
    delivered[.receiver, default: []] += try receiver.receive(into: hosts.buffer)
  }

  /// What the sockets in a host were handed since it was asked for last.
  ///
  /// What the other host was handed is kept where a program may have sent it before its turn. Else it is the kernel's
  /// doing, and must not be taken for the next message.
  mutating func takeDeliveries(at host: HostName, keepingOthers: Bool = false) throws(SystemError)
    -> [Delivery]
  {
    try receive()
    let taken = delivered.removeValue(forKey: host) ?? []
    if !keepingOthers { delivered = [:] }
    return taken
  }

  /// What was seen since it was asked for last, of messages that do not wait for each other.
  mutating func takeSeen() throws(SystemError) -> MessageRecord {
    try receive()
    defer { delivered = [:] }
    let deliveries = HostName.allCases.reversed().flatMap { delivered[$0] ?? [] }
    return MessageRecord(
      frames: watch.takeFrames(), deliveries: deliveries.sorted { $0.timestamp < $1.timestamp })
  }

  /// How many packets the sockets had no room for, by the host, where there were any; `rises` are those of the counters.
  func overflowed(_ rises: [HostName: [String: Int]]) throws(SystemError) -> [HostName: Int] {
    let counts = [
      HostName.sender: try sender.overflowed(rises[.sender] ?? [:]),
      .receiver: try receiver.overflowed(rises[.receiver] ?? [:]),
    ]
    return counts.filter { $0.value > 0 }
  }

  // MARK: - Waiting

  /// Awaits until both hosts are done with all that was sent so far (`Watch.settle`).
  mutating func settle(everywhere: Bool = true, until deadline: Deadline) throws(SystemError) {
    try watch.settle(hosts, everywhere: everywhere, until: deadline)
  }

  /// Waits for programs, or for a frame at either end of the cable (`HostPair.wait`), and takes what is there then.
  mutating func wait(
    toRead readable: [Int32], toWrite writable: [Int32], until deadline: Deadline
  ) throws(SystemError) {
    try hosts.wait(toRead: readable + hosts.captures, toWrite: writable, until: deadline)
    try collect()
  }
}
