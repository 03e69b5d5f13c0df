// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing
import Verdict
import Wire

@testable import Harness
@testable import Scenario

/// Two hosts on a cable that send single messages by whichever way a test says, whether or not it can carry them.
struct SendingHosts: ~Copyable {
  /// What really became of a message.
  enum Outcome: Equatable {
    /// The send call, or one before it, failed with this error.
    case refused(String)
    /// Exactly what was asked for left the host.
    case asAsked
    /// Something else left it, or nothing.
    case otherwise
  }

  private let network: String
  private let closing: ClosingPool
  private let deadline: Deadline
  private var hosts: HostPair
  private var fromSender: MessageSender
  private var fromReceiver: MessageSender
  private var isResolved = false

  /// Builds a network, as a scenario says it.
  init(network: String) throws {
    let scenario = try Self.scenario(in: network, #"{ payload: "x" }"#)
    let (resources, end) = (try testResources(), Deadline(after: .seconds(120)))
    let pair = try HostPair(scenario, with: resources, until: end)
    self.network = network
    closing = resources.closing
    deadline = end
    hosts = pair
    fromSender = MessageSender(scenario)
    fromReceiver = MessageSender(scenario)
  }

  /// The scenario of one message, decoded and not checked.
  func scenario(_ message: String) throws -> Scenario { try Self.scenario(in: network, message) }

  private static func scenario(in network: String, _ message: String) throws -> Scenario {
    let text = "{ network: \(network), exchange: [\(message)] }"
    let file = SourceFile(path: "case", bytes: Array(text.utf8))
    var decoding = Decoding()
    let node = try #require(JSON5Reader.read(file, into: &decoding.diagnostics))
    let decoded = ObjectType<Scenario>.scenario.decodeWhatIsRight(in: node, &decoding)
    try #require(decoding.diagnostics.isEmpty, "\(DiagnosticText.render(decoding.diagnostics)) \(text)")
    var scenario = try #require(decoded)
    scenario.decideVersions()
    return scenario
  }

  /// Sends the message of a scenario by one way out, and says what became of it.
  mutating func send(_ scenario: Scenario, by way: WayOut) throws -> Outcome {
    try resolve()
    var message = scenario.exchange[0]
    message.wayOut = way
    try drain()
    let failure: SendFailure?
    do throws(SystemError) {
      failure = try transmit(message)
    } catch {
      return .refused(error.errno.name)
    }
    if let failure { return .refused(failure.errno) }
    let frames = try sent(by: message.from.value)
    let mac = (hosts.mac(of: message.from.value), hosts.mac(of: message.from.value.other))
    return message.isWhatLeft(frames, in: scenario, from: mac.0, to: mac.1) ? .asAsked : .otherwise
  }

  private mutating func transmit(_ message: Message) throws(SystemError) -> SendFailure? {
    // A role with a socket of its own sends by the same calls.
    let role = { (host: HostName) throws(SystemError) in
      try RoleSocket(of: host, in: Scenario(file: message.span.file), [])
    }
    switch message.from.value {
    case .sender:
      let sender = try role(.sender)
      return try fromSender.send(
        message, from: hosts.sender, to: hosts.receiver.mac, by: sender, closing: closing)
    case .receiver:
      let receiver = try role(.receiver)
      return try fromReceiver.send(
        message, from: hosts.receiver, to: hosts.sender.mac, by: receiver, closing: closing)
    }
  }

  /// What a call puts on the cable is in the capture at its end when the call returns.
  private mutating func sent(by host: HostName) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while let frame = try hosts.receive(at: host) {
      let bytes = frame.bytes
      if frame.isOutgoing, !bytes.isOfKernel { frames.append(bytes) }
    }
    return frames
  }

  private mutating func drain() throws {
    for host in HostName.allCases { while try hosts.receive(at: host) != nil {} }
  }

  /// Where hosts ask by ARP, has each learn the other's address first, as far as it has a way there.
  private mutating func resolve() throws {
    guard !isResolved else { return }
    isResolved = true
    for host in HostName.allCases { try resolve(scenario("{ from: '\(host.rawValue)' }")) }
  }

  private mutating func resolve(_ scenario: Scenario) throws {
    let message = scenario.exchange[0]
    guard scenario.network.arp == .dynamic, WayOutObstacles(message, in: scenario)[.socket].isEmpty else {
      return
    }
    #expect(try transmit(message) == nil)
    var hasLeft = false
    while !hasLeft, !deadline.hasPassed {
      try hosts.wait(toRead: [hosts.capture(of: message.from.value)], until: deadline)
      let etherType = message.version.etherType
      hasLeft = try sent(by: message.from.value).contains {
        try EthernetHeader(parsing: $0[...]).etherType == etherType
      }
    }
    #expect(hasLeft)
  }
}

extension Message {
  /// Whether the frames that a host sent are this message as it asks to be sent: bit for bit, but for what it leaves to
  /// the kernel.
  fileprivate func isWhatLeft(
    _ frames: [[UInt8]], in scenario: Scenario, from near: MACAddress, to far: MACAddress
  ) -> Bool {
    let packet = packet(in: scenario)
    if wayOut == .frame { return frames == [frame.frame(carrying: packet, from: near, to: far)] }
    let packets = frames.compactMap { $0.packet(of: packet.version) }
    switch packet {
    case .v4(let asked):
      let own = packets.compactMap { if case .v4(let packet) = $0 { packet } else { nil } }
      guard own.count > 1 else { return own.first.map { isWhole($0, asked) } ?? false }
      return areFragments(own, of: asked)
    case .v6(let asked): return isWhole(packets, asked)
    }
  }

  /// The same for IPv6, where pieces have a header of their own that says so, and the rest of the header is in each.
  private func isWhole(_ seen: [IPPacket], _ asked: IPv6Packet) -> Bool {
    guard let first = seen.min(by: { $0.header.fragmentOffset < $1.header.fragmentOffset }),
      let label = first.header.ipv6?.flowLabel
    else { return false }
    var packet = asked
    if header.values[.flowLabel] == nil, wayOut == .socket { packet.header.flowLabel = label }
    guard seen.count > 1 else { return first.bytes == packet.bytes }
    guard let payload = try? IPFragments.reassemble(seen) else { return false }
    let unfragmented = seen.map { piece in
      var header = piece.header.ipv6?.withoutFragment
      header?.payloadLength = packet.header.payloadLength
      return header
    }
    return unfragmented.allSatisfy { $0 == packet.header }
      && IPPacket.reassembled(first.header, payload).bytes == packet.bytes
  }

  private func isWhole(_ seen: IPv4Packet, _ asked: IPv4Packet) -> Bool {
    var packet = asked
    leaveToKernel(&packet.header, seen.header)
    return packet.bytes == seen.bytes
  }

  private func areFragments(_ seen: [IPv4Packet], of asked: IPv4Packet) -> Bool {
    let pieces = seen.sorted { $0.header.fragmentOffset < $1.header.fragmentOffset }
    var end = 0
    for piece in pieces {
      var header = asked.header
      header.totalLength = UInt16(clamping: Int(header.headerLength) + piece.payload.count)
      header.fragmentOffset = UInt16(clamping: end)
      header.moreFragments = end + piece.payload.count < asked.payload.count
      // Only what is to be copied must stand in a piece that is not the first (RFC 791 §3.1).
      if end > 0 { header.options = piece.header.options }
      var ip = IPHeader.v4(header)
      for (field, value) in self.header.values { field.set(value.value, in: &ip) }
      header = ip.ipv4 ?? header
      leaveToKernel(&header, piece.header)
      guard piece.header == header, piece.padding.isEmpty else { return false }
      end += piece.payload.count
    }
    return pieces.flatMap(\.payload) == asked.payload
  }

  /// Takes what the message does not say from what was seen.
  private func leaveToKernel(_ header: inout IPv4Header, _ seen: IPv4Header) {
    if self.header.values[.identification] == nil { header.identification = seen.identification }
    if self.header.values[.dontFragment] == nil, wayOut == .socket { header.dontFragment = seen.dontFragment }
    if self.header.checksum.value == .good { header.checksum = header.rightChecksum() }
  }
}

extension [UInt8] {
  /// Whether it is what a kernel sends at a time of its own: discovery over IPv6 (RFC 4861, RFC 3810), a question by ARP
  /// for Ethernet and IPv4 (RFC 826), or word that fragments of a packet never came (RFC 792, time exceeded, code 1).
  fileprivate var isOfKernel: Bool {
    (starts(with: [0x86, 0xDD], at: 12) && FrameSummary(frame: self).isHousekeeping)
      || starts(with: [0x08, 0x06, 0, 1, 8, 0, 6, 4], at: 12)
      || (starts(with: [0x08, 0x00, 0x45], at: 12) && starts(with: [11, 1], at: 34))
  }

  private func starts(with bytes: [UInt8], at position: Int) -> Bool {
    dropFirst(position).starts(with: bytes)
  }

  /// The packet in a frame; nil in one of another type.
  fileprivate func packet(of version: IPVersion) -> IPPacket? {
    guard (try? EthernetHeader(parsing: self[...]))?.etherType == version.etherType else { return nil }
    return try? IPPacket(parsing: self[EthernetHeader.length...], as: version)
  }
}
