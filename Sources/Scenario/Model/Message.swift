// SPDX-License-Identifier: Apache-2.0

import Wire

/// One thing that crosses the cable.
public struct Message: Sendable {
  /// The whole message in its file.
  public let span: SourceSpan
  /// What the packet carries.
  public internal(set) var payload = Located<[UInt8]>([])
  /// The version of IP under which it goes, once the scenario is checked.
  public internal(set) var version = IPVersion.v4
  /// The header fields that the file sets, with their values.
  public internal(set) var header = HeaderFields()
  /// The transport headers that the file gives it; more than one is an error.
  var transports: [TransportFields] = []
  /// The transport header between IP header and payload, with what the scenario says for all; nil where there is none.
  public var transport: TransportFields? { transports.first }
  /// The flow that stands in the place of one packet; nil for a single one.
  public internal(set) var flow: Located<Flow>?
  /// The bytes that it puts on a TCP connection; nil where it is a packet of its own.
  public internal(set) var stream: Located<StreamContent>?
  /// The Ethernet header of a frame, as far as the file sets it.
  public internal(set) var frame = FrameFields()
  /// The host that sends it.
  public internal(set) var from = Located(HostName.sender)
  /// The way out that the file asks for, or nil to take the first that can carry the message.
  var via: Located<WayOut>?
  /// The way it leaves, once the scenario is checked.
  public internal(set) var wayOut = WayOut.socket
  /// Why it leaves that way, in sentences: what keeps it from each simpler one, where there are any.
  public internal(set) var reasons: [String] = []
  /// How many times it is sent.
  public internal(set) var repetitions = 1
  /// What must be seen of it.
  public internal(set) var expect = Expectation()

  init(span: SourceSpan) {
    self.span = span
  }

  /// The packet that the message asks for, before the sending kernel touches it.
  ///
  /// Lengths and checksum are right where the message does not set them; an identification that it does not
  /// set is 0. Of a flow it is the first packet, as it would be at the time 0.
  public func packet(in scenario: Scenario) -> IPPacket {
    if let format = flowFormat(in: scenario, number: 1) {
      return IPPacket(header: format.header(of: 1), payload: format.payload(of: 1, at: 0))
    }
    let (near, far) = (scenario.network[from.value], scenario.network[from.value.other])
    var header = self.header.filledIn(
      IPHeader(
        source: near.address(of: version), destination: far.address(of: version),
        protocol: transport?.layer.number ?? scenario.protocol.value))
    for field in [IPField.source, .destination] {
      if let said = self.header.values[field] { field.set(said.value, in: &header) }
    }
    let bytes = transport?.segment(carrying: payload.value, in: header).bytes ?? payload.value
    header = IPPacket.build(header: header, payload: bytes).header
    for (field, value) in self.header.values { field.set(value.value, in: &header) }
    if case .v4(var own) = header {
      own.checksum = self.header.checksum.value.number(right: own.rightChecksum())
      header = .v4(own)
    }
    return IPPacket(header: header, payload: bytes)
  }
}

/// Header fields that a file sets.
public struct HeaderFields: Sendable {
  /// The values by field: flags are 0 or 1, addresses numbers of 128 bits (`IPAddress.number`).
  public internal(set) var values: [IPField: Located<UInt128>] = [:]
  /// The versions of the addresses that it sets.
  var addressVersions: [IPField: IPVersion] = [:]
  /// The checksum; right where the file does not set it.
  public internal(set) var checksum = Located(SentChecksum.good)
  /// The options, or nil where the file sets none.
  public internal(set) var options: Located<[IPv4Option]>?

  /// The extension headers, or nil where the file sets none.
  public internal(set) var extensions: Located<[SentExtension]>?

  /// Where the file sets the first of them, or nil where it sets none.
  var firstSpan: SourceSpan? {
    let spans = values.values.map(\.span) + [checksum.span, options?.span, extensions?.span]
    return spans.compactMap { $0 }.min { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// A header with the options or the extension headers that the file sets.
  fileprivate func filledIn(_ header: IPHeader) -> IPHeader {
    switch header {
    case .v4(var filled):
      filled.options = IPv4Option.paddedBytes(of: options?.value ?? [])
      return .v4(filled)
    case .v6(var filled):
      let chain = (extensions?.value ?? []).linked(before: filled.nextHeader)
      (filled.nextHeader, filled.extensions) = (chain.first?.number ?? filled.nextHeader, chain)
      return .v6(filled)
    }
  }
}

/// An extension header of IPv6 as a file asks for it.
public struct SentExtension: Hashable, Sendable {
  /// The header; what follows it is not filled in yet.
  public var header: IPv6ExtensionHeader
  /// What it says that follows it, where the file says that.
  public var nextHeader: UInt8?
}

extension [SentExtension] {
  /// The headers on the wire, each of which announces the next where the file says nothing else, and the last a protocol.
  public func linked(before number: UInt8) -> [IPv6ExtensionHeader] {
    indices.map { index in
      var header = self[index].header
      header.nextHeader =
        self[index].nextHeader ?? (index + 1 < count ? self[index + 1].header.number : number)
      return header
    }
  }
}

/// A checksum as a file asks for it.
public enum SentChecksum: Hashable, Sendable {
  /// The right one.
  case good
  /// The right one with its lowest bit flipped, or where that would say that there is none, another.
  case bad
  /// 0, as a driver leaves it to its NIC.
  case zero
  /// A number of the file's own.
  case number(UInt16)

  /// The number, where another would be right; where 0 says that there is none, no bad one is 0.
  func number(right: @autoclosure () -> UInt16, isZeroNone: Bool = false) -> UInt16 {
    switch self {
    case .good: right()
    case .bad where isZeroNone && right() == 1: right() ^ 2
    case .bad: right() ^ 1
    case .zero: 0
    case .number(let number): number
    }
  }
}

/// The Ethernet header of a frame, as far as a file sets it.
public struct FrameFields: Sendable {
  /// The source address, else the sending host's.
  public internal(set) var source: Located<MACAddress>?
  /// The destination address, else the other host's.
  public internal(set) var destination: Located<MACAddress>?
  /// The EtherType, else that of the packet's version.
  public internal(set) var etherType: Located<UInt16>?
  /// The tags of virtual LANs before the EtherType, the outermost first; none where the file says none.
  public internal(set) var vlan: Located<[VLANTag]>?
  /// The length in bytes up to which zeros follow the packet; nil for none.
  public internal(set) var padTo: Located<Int>?

  /// Where the file sets the first of them, or nil where it sets none.
  var firstSpan: SourceSpan? {
    source?.span ?? destination?.span ?? etherType?.span ?? vlan?.span ?? padTo?.span
  }

  /// A packet as a whole frame between two hosts.
  public func frame(carrying packet: IPPacket, from near: MACAddress, to far: MACAddress) -> [UInt8] {
    let header = EthernetHeader(
      destination: destination?.value ?? far, source: source?.value ?? near,
      etherType: etherType.map { EtherType(rawValue: $0.value) } ?? packet.version.etherType)
    let tags = vlan?.value.flatMap(\.bytes) ?? []
    let addresses = EthernetHeader.length - 2
    let frame = header.bytes.prefix(addresses) + tags + header.bytes.dropFirst(addresses) + packet.bytes
    return Array(frame) + [UInt8](repeating: 0, count: max(0, (padTo?.value ?? 0) - frame.count))
  }
}

/// How a packet leaves its host; each can carry all that the one before can, and more.
public enum WayOut: String, CaseIterable, Sendable {
  /// A UDP socket (udp(7)).
  case datagram
  /// A raw socket under the kernel's header (raw(7)).
  case socket
  /// A raw socket with a header of one's own (`IP_HDRINCL`, `IPV6_HDRINCL`).
  case header
  /// A whole Ethernet frame (packet(7)).
  case frame

  /// Whether the kernel writes the IP header.
  public var isUnderKernelHeader: Bool { self == .datagram || self == .socket }
}
