// SPDX-License-Identifier: Apache-2.0

/// What BSDs put before packets of the loopback interface: the address family, in the byte order of the host that
/// captured it (LINKTYPE_NULL) or of the network (LINKTYPE_LOOP).
struct LoopbackProtocol: LayerProtocol {
  let name = "Null/Loopback"
  let filterName = "null"
  let headerName = "loopback header"
  let carriers: [Carrier] = [.linkType(0), .linkType(108)]
  let fields = [LayerField("family", "Family", "null.family", 0..<32)]

  func read(_ layer: inout LayerReading) {
    let bytes = layer.extent.bytes.prefix(4)
    guard layer.requires(4) else { return }
    var reader = ByteReader(bytes, order: .big)
    let big = reader.uint32()
    // A family is a small number, so that one of the two orders has its upper half empty.
    let family = big >> 16 == 0 ? big : big.byteSwapped
    let row = fields[0]
    layer.add(
      Dissection.Field(
        row.name, row.filterName, Self.names.text(UInt64(family), String(family)), bytes.indices,
        number: UInt64(family)))
    let rest = layer.extent.part(from: 4)
    switch Self.names[UInt64(family)] {
    case "IPv4": layer.addNext(.etherType(EtherType.ipv4.rawValue), rest)
    case "IPv6": layer.addNext(.etherType(EtherType.ipv6.rawValue), rest)
    default: layer.addData(rest)
    }
  }

  /// The systems have one number for IPv4, and several for IPv6: NetBSD, OpenBSD and Linux as it captures, FreeBSD, macOS
  /// (LINKTYPE_NULL).
  private static let names: NumberNames = [
    2: "IPv4", 10: "IPv6", 23: "IPX", 24: "IPv6", 28: "IPv6", 30: "IPv6",
  ]
}
