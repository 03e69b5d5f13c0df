// SPDX-License-Identifier: Apache-2.0

/// A protocol whose headers can be taken apart: one room, and one line in `Protocols.all`.
public protocol LayerProtocol: Sendable {
  /// The name as Wireshark writes it, "User Datagram Protocol".
  var name: String { get }
  /// The name in Wireshark's display filter, "udp".
  var filterName: String { get }
  /// What a header or packet is called where it is not all there, "UDP header".
  var headerName: String { get }
  /// What it is carried by.
  var carriers: [Carrier] { get }
  /// The fields that each header begins with.
  var fields: [LayerField] { get }
  /// The fields that only some headers have.
  var otherFields: [LayerField] { get }
  /// Takes a layer apart; never fails, since what is missing is said.
  func read(_ layer: inout LayerReading)
}

extension LayerProtocol {
  /// None.
  public var otherFields: [LayerField] { [] }

  /// Takes apart the fields that each header begins with; what follows is data.
  public func read(_ layer: inout LayerReading) {
    if layer.read(fields) { layer.addData(layer.extent.part(from: layer.length(of: fields))) }
  }
}

/// The number by which one layer says what the next one is.
public enum Carrier: Hashable, Sendable {
  /// The link type of a capture (IANA, PCAP LINKTYPE).
  case linkType(UInt16)
  /// An EtherType.
  case etherType(UInt16)
  /// What the LLC header of an 802.3 frame is to be found by.
  case lengthField
  /// A number in the protocol field of an IP header.
  case ipProtocol(UInt8)
}

/// Which protocols are taken apart.
public struct Protocols: Sendable {
  private let byCarrier: [Carrier: any LayerProtocol]
  /// All of them.
  public let list: [any LayerProtocol]

  /// Makes a registry; of two that have the same carrier, the first has it.
  public init(_ list: [any LayerProtocol]) {
    self.list = list
    let carried = list.flatMap { layer in layer.carriers.map { ($0, layer) } }
    byCarrier = Dictionary(carried) { first, _ in first }
  }

  /// The protocol that has a number.
  subscript(_ carrier: Carrier) -> (any LayerProtocol)? { byCarrier[carrier] }

  /// Every protocol that there is.
  public static let all = Protocols([
    EthernetProtocol(), ISLProtocol(), VLANProtocol(), ServiceVLANProtocol(), LLCProtocol(), ARPProtocol(),
    LinuxCookedProtocol(), LinuxCooked2Protocol(), LoopbackProtocol(), PPPProtocol(), CiscoHDLCProtocol(),
    IPv4Protocol(), IPv6Protocol(), HopByHopProtocol(), DestinationOptionsProtocol(), RoutingProtocol(),
    FragmentProtocol(), AuthenticationProtocol(), ICMPProtocol(), ICMPv6Protocol(), UDPProtocol(),
    TCPProtocol(),
  ])

  /// The filter names of all layers and fields.
  public var filterNames: [String] {
    let layers = list.flatMap { layer in
      [layer.filterName] + (layer.fields + layer.otherFields).map(\.filterName)
    }
    var seen: Set<String> = []
    return (layers + Dissection.filterNames).filter { seen.insert($0).inserted }
  }
}
