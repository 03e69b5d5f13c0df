// SPDX-License-Identifier: Apache-2.0

import Wire

/// Why a packet cannot leave a certain way, with the kernel's reason.
struct Obstacle: Sendable {
  let reason: String
  let span: SourceSpan
  /// The error with which the kernel refuses it; nil where it sends something else instead.
  var error: String?
}

extension WayOut {
  /// What keeps this way out from carrying a message as it asks to be sent; nothing where it can.
  ///
  /// The kernel's reasons were measured: what it overwrites, replaces or refuses (raw(7), ip(7), packet(7)). A
  /// refusal is no obstacle to a message that expects just that error.
  func obstacles(to message: Message, in network: Network) -> [Obstacle] {
    let packet = MeasuredPacket(message, in: network)
    let all =
      switch self {
      case .socket: packet.socketObstacles
      case .header: packet.headerObstacles
      case .frame: packet.frameObstacles
      }
    return all.filter { $0.error == nil || $0.error != message.expect.error?.value }
  }
}

/// A message with what is needed to say whether a way out can carry it.
private struct MeasuredPacket {
  private let message: Message
  private let host: Host
  private let mtu: Int
  private let headerLength: Int
  private var length: Int { headerLength + message.payload.value.count }
  private var payloadSpan: SourceSpan { message.payload.span ?? message.span }

  init(_ message: Message, in network: Network) {
    self.message = message
    host = network[message.from.value]
    mtu = network.mtu
    let options = message.header.options.map { IPv4Option.paddedBytes(of: $0.value) }
    headerLength = IPv4Header.minimumLength + (options?.count ?? 0)
  }

  var socketObstacles: [Obstacle] {
    let byKernel = "the kernel writes this field of a plain socket's packets"
    return [
      frameObstacle, kernelsOwn(.version, 4, byKernel),
      kernelsOwn(.headerLength, UInt32(headerLength), byKernel),
      kernelsOwn(.totalLength, UInt32(length), byKernel), kernelsOwn(.reserved, 0, byKernel),
      kernelsOwn(.moreFragments, 0, byKernel), kernelsOwn(.fragmentOffset, 0, byKernel),
      obstacle(.identification, "the kernel chooses the identification of a plain socket's packets") { _ in
        true
      },
      obstacle(.source, "a plain socket sends only from an address of its own host") {
        $0 != host.address.rawValue
      },
      obstacle(.ttl, "the kernel takes 1 to 255 as a plain socket's time to live") { $0 == 0 },
      obstacle(.protocol, "the kernel opens no plain socket for protocol 0 or 255") { $0 == 0 || $0 == 255 },
      obstacle(.dontFragment, tooLongForMTU, error: "EMSGSIZE") { $0 == 1 && length > mtu },
      checksumObstacle("the kernel writes the checksum of a plain socket's packets"), rewrittenOption,
      unreachable,
      length > 65_535 ? Obstacle(reason: tooLongForIPv4, span: payloadSpan, error: "EMSGSIZE") : nil,
    ].compactMap { $0 }
  }

  var headerObstacles: [Obstacle] {
    [
      frameObstacle,
      kernelsOwn(
        .headerLength, UInt32(headerLength),
        "the kernel takes the header length in one's own header at its word"),
      kernelsOwn(.totalLength, UInt32(length), "the kernel writes the total length into one's own header"),
      checksumObstacle("the kernel writes the checksum into one's own header"),
      // A packet that no router may cut needs none (RFC 6864 §4.1): with DF the kernel leaves it 0.
      obstacle(.identification, "the kernel replaces an identification of 0 in one's own header without DF") {
        $0 == 0 && message.header.values[.dontFragment]?.value != 1
      },
      obstacle(.source, "the kernel replaces a source of 0.0.0.0 in one's own header") { $0 == 0 },
      unreachable, tooLongForLink,
    ].compactMap { $0 }
  }

  var frameObstacles: [Obstacle] { [tooLongForLink].compactMap { $0 } }

  private var tooLongForLink: Obstacle? {
    length > mtu
      ? Obstacle(reason: tooLongForMTU, span: payloadSpan, error: "EMSGSIZE") : nil
  }

  private var frameObstacle: Obstacle? {
    message.frame.firstSpan.map {
      Obstacle(reason: "only a frame has an Ethernet header of one's own", span: $0)
    }
  }

  private func checksumObstacle(_ reason: String) -> Obstacle? {
    let checksum = message.header.checksum
    return checksum.value == .good ? nil : Obstacle(reason: reason, span: checksum.span ?? message.span)
  }

  /// An option that the sending kernel fills in or follows when it writes the header.
  private var rewrittenOption: Obstacle? {
    guard let options = message.header.options else { return nil }
    let isRewritten = options.value.contains { option in
      switch option {
      case .recordRoute, .timestamp, .looseSourceRoute, .strictSourceRoute: true
      default: false
      }
    }
    let reason = "the kernel writes into routes and timestamps of a plain socket's options"
    return isRewritten ? Obstacle(reason: reason, span: options.span ?? message.span) : nil
  }

  /// A field that the kernel writes itself: no obstacle where the file asks for what the kernel writes.
  private func kernelsOwn(_ field: IPv4Field, _ value: UInt32, _ reason: String) -> Obstacle? {
    obstacle(field, reason) { $0 != value }
  }

  private var tooLongForMTU: String {
    "the packet is \(length) bytes long, and the kernel does not fragment it to the MTU of"
      + " \(mtu) (EMSGSIZE)"
  }

  private var tooLongForIPv4: String {
    "the packet is \(length) bytes long, and IPv4 carries at most 65535 (EMSGSIZE)"
  }

  /// A destination that the kernel has no way to over the cable.
  private var unreachable: Obstacle? {
    let host = host.interface.value
    return obstacle(.destination, "a packet to the host's own address never reaches the cable") {
      $0 == host.address.rawValue
    }
      ?? obstacle(
        .destination,
        "the kernel has no route to an address outside the host's network \(host.network)/\(host.prefixLength)"
      ) {
        !host.contains(IPv4Address(rawValue: $0))
      }
  }

  private func obstacle(
    _ field: IPv4Field, _ reason: @autoclosure () -> String, error: String? = nil,
    when isWrong: (UInt32) -> Bool
  ) -> Obstacle? {
    guard let value = message.header.values[field], isWrong(value.value) else { return nil }
    return Obstacle(reason: reason(), span: value.span ?? message.span, error: error)
  }
}

extension Message {
  /// Chooses the way out: the one that the file asks for, else the first that can carry the message; a program
  /// under test chooses for itself.
  mutating func chooseWayOut(in scenario: Scenario, _ diagnostics: inout Diagnostics) {
    guard scenario.program(in: from.value) == nil else { return }
    guard flow == nil else {
      wayOut = via?.value ?? .socket
      return
    }
    var obstacles: [(WayOut, [Obstacle])] = []
    var possible: WayOut?
    for way in WayOut.allCases where possible == nil {
      obstacles.append((way, way.obstacles(to: self, in: scenario.network)))
      if obstacles.last?.1.isEmpty == true { possible = way }
    }
    if let via {
      wayOut = via.value
      let refusals = via.value.obstacles(to: self, in: scenario.network)
      refuse(
        "this message cannot leave via \"\(via.value.rawValue)\"", refusals, instead: possible, &diagnostics)
    } else if let possible {
      wayOut = possible
      let simpler = obstacles.prefix { $0.0 != possible }
      reasons = simpler.flatMap { way, refusals in refusals.map { "not by \(way.rawValue): \($0.reason)" } }
    } else {
      refuseAll(obstacles, &diagnostics)
    }
  }

  private func refuse(
    _ subject: String, _ obstacles: [Obstacle], instead other: WayOut?, _ diagnostics: inout Diagnostics
  ) {
    let notes = other.map { ["via: \"\($0.rawValue)\" can carry it"] } ?? []
    for obstacle in obstacles {
      diagnostics.report("\(subject): \(obstacle.reason)", at: obstacle.span, notes: notes)
    }
  }

  /// No way out can carry the message: what stands in every way is the error, else each way's own reason.
  private func refuseAll(_ ways: [(WayOut, [Obstacle])], _ diagnostics: inout Diagnostics) {
    let shared = ways[0].1.filter { first in
      ways.allSatisfy { $0.1.contains { $0.reason == first.reason } }
    }
    guard shared.isEmpty else {
      refuse("this message cannot be sent", shared, instead: nil, &diagnostics)
      return
    }
    let notes = ways.flatMap { way, obstacles in
      obstacles.map { "via: \"\(way.rawValue)\" cannot: \($0.reason)" }
    }
    diagnostics.report("this message cannot be sent as it asks to be", at: span, notes: notes)
  }
}
