// SPDX-License-Identifier: Apache-2.0

/// The Transmission Control Protocol (RFC 9293).
struct TCPProtocol: TransportProtocol {
  /// Its number in an IP header.
  static let number: UInt8 = 6

  let name = "Transmission Control Protocol"
  let filterName = "tcp"
  let headerName = "TCP header"
  let title = "TCP"
  let hasOptions = true
  let mirrored = PortNumbers.mirrored
  let messageFields = Self.beforeFlags + [Self.flagSet] + Self.behindFlags
  let carriers = [Carrier.ipProtocol(Self.number)]
  let fields = Self.table
  let otherFields = TCPOptions.rows

  private static let minimumLength = 20
  private static let table = beforeFlags + flags + behindFlags
  private static let beforeFlags = [
    LayerField(
      "sourcePort", "Source Port", "tcp.srcport", 0..<16, form: .named(PortNumbers.tcp),
      leftOut: PortNumbers.source),
    LayerField(
      "destinationPort", "Destination Port", "tcp.dstport", 16..<32, form: .named(PortNumbers.tcp),
      leftOut: .required),
    LayerField("sequenceNumber", "Sequence Number", "tcp.seq_raw", 32..<64),
    LayerField("acknowledgmentNumber", "Acknowledgment Number", "tcp.ack_raw", 64..<96),
    LayerField(
      "headerLength", "Header Length", "tcp.hdr_len", 96..<100, unit: "bytes", multiple: 4,
      leftOut: .headerLength),
    LayerField("reserved", "Reserved", "tcp.flags.res", 100..<103),
  ]
  private static let behindFlags = [
    LayerField("window", "Window", "tcp.window_size_value", 112..<128, leftOut: .value(65_535)),
    LayerField(
      "checksum", "Checksum", "tcp.checksum", 128..<144, form: .hexadecimal,
      leftOut: .checksum(withPseudoHeader: true)),
    LayerField("urgentPointer", "Urgent Pointer", "tcp.urgent_pointer", 144..<160),
  ]
  /// All flags as one field; every segment of a connection but the first has ACK (RFC 9293 §3.1).
  private static let flagSet = LayerField(
    "flags", "Flags", "tcp.flags", 103..<112, form: .flags(flags.map(\.key)), leftOut: .value(0x10))
  /// The flags from the first bit on (RFC 9293 §3.1, RFC 9768).
  static let flags = [
    ("ae", "Accurate ECN", "ae"), ("cwr", "Congestion Window Reduced", "cwr"), ("ece", "ECN-Echo", "ece"),
    ("urg", "Urgent", "urg"), ("ack", "Acknowledgment", "ack"), ("psh", "Push", "push"),
    ("rst", "Reset", "reset"),
    ("syn", "Syn", "syn"), ("fin", "Fin", "fin"),
  ].enumerated().map { index, flag in
    LayerField(flag.0, flag.1, "tcp.flags.\(flag.2)", 103 + index..<104 + index, form: .flag)
  }

  func read(_ layer: inout LayerReading) {
    let whole = layer
    let isAllThere = layer.read(Self.table) { row, number in
      switch row.key {
      case "headerLength": LayerReading.Note(Self.remark(onLength: Int(number), whole.extent))
      case "checksum":
        LayerReading.Note(whole.remark(onChecksum: number, of: Self.number, header: Self.minimumLength))
      default: LayerReading.Note()
      }
    }
    guard isAllThere else { return }
    let stated = Int(Self.table[4].number(in: layer.extent.bytes))
    let length = max(Self.minimumLength, stated)
    let options = layer.extent.bytes.prefix(length).dropFirst(Self.minimumLength)
    TCPOptions.read(options, isWhole: layer.extent.bytes.count >= length, &layer)
    if layer.requires(length) { layer.addData(layer.extent.part(from: length)) }
  }

  private static func remark(onLength length: Int, _ extent: Extent) -> Dissection.Remark {
    if length < minimumLength {
      return .wrong("is below \(minimumLength) bytes, the shortest header possible")
    }
    return length <= extent.length
      ? .right : .wrong("reaches beyond the packet: \(extent.length) bytes are there")
  }
}
