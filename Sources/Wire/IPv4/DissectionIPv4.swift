// SPDX-License-Identifier: Apache-2.0

extension Dissection.Layer {
  /// The layers of an IPv4 packet, which `bytes` begin with; where it is quoted, much of it may be missing.
  static func ipv4(_ bytes: ArraySlice<UInt8>, isQuoted: Bool = false) -> [Self] {
    let name = "Internet Protocol Version 4"
    let packet: IPv4Packet
    do {
      packet = try IPv4Packet(parsing: bytes)
    } catch {
      let malformed = truncated(name, bytes, error)
      return [Self(name: name, fields: fields(there: bytes, isQuoted: isQuoted) + malformed.fields)]
    }
    let header = packet.header
    let numbers = fields(there: bytes, isQuoted: isQuoted)
    let afterHeader = bytes.dropFirst(IPv4Header.minimumLength + header.options.count)
    let payload = afterHeader.prefix(packet.payload.count)
    let layer = Self(name: name, fields: numbers + options(of: header, at: bytes.startIndex))
    return [layer] + self.payload(payload, of: header, isQuoted: isQuoted)
      + padding(afterHeader.dropFirst(payload.count))
  }

  /// The fields of a header that are there as a whole; a checksum says nothing where the header is not all there.
  private static func fields(there bytes: ArraySlice<UInt8>, isQuoted: Bool) -> [Dissection.Field] {
    let missing = max(0, IPv4Header.minimumLength - bytes.count)
    let filled = Array(bytes) + [UInt8](repeating: 0, count: missing)
    guard let header = try? IPv4Header(parsing: filled[...]) else { return [] }
    let there = IPv4Field.numeric.filter { $0.bits.upperBound <= bytes.count * 8 }
    return there.map { field in
      number(
        field, of: header, at: bytes.startIndex, available: isQuoted ? Int(UInt16.max) : bytes.count,
        isWhole: missing == 0)
    }
  }

  /// A fragment holds only a part of a message, so it is data, as Wireshark has it.
  private static func payload(
    _ bytes: ArraySlice<UInt8>, of header: IPv4Header, isQuoted: Bool
  ) -> [Self] {
    let isFragment = header.moreFragments || header.fragmentOffset != 0
    return header.protocol == ICMPMessage.protocolNumber && !isFragment
      ? icmp(bytes, isQuoted: isQuoted) : data(bytes)
  }

  private static func number(
    _ field: IPv4Field, of header: IPv4Header, at begin: Int, available: Int, isWhole: Bool
  ) -> Dissection.Field {
    let bits = field.bits
    let range = (bits.lowerBound / 8..<(bits.upperBound + 7) / 8).shifted(by: begin)
    let isWholeBytes = bits.count == range.count * 8
    var value = field.format(field.value(in: header))
    if let unit = field.unit { value += " \(unit)" }
    if field == .protocol, let name = protocolName(header.protocol) { value += " (\(name))" }
    return Dissection.Field(
      field.wiresharkName, field.filterName, value, range,
      bits: isWholeBytes ? nil : bits.shifted(by: begin * 8),
      remark: field == .checksum && !isWhole ? .none : remark(on: field, of: header, available: available))
  }

  private static func options(of header: IPv4Header, at begin: Int) -> [Dissection.Field] {
    var offset = begin + IPv4Header.minimumLength
    return IPv4Option.parse(header.options).map { option in
      let range = offset..<offset + option.bytes.count
      offset = range.upperBound
      return Dissection.Field(
        "Option", IPv4Field.options.filterName, option.description, range, remark: remark(on: option))
    }
  }

  private static func remark(on option: IPv4Option) -> Dissection.Remark {
    guard case .malformed = option else { return .none }
    return .wrong("cannot be read")
  }

  private static func remark(
    on field: IPv4Field, of header: IPv4Header, available: Int
  ) -> Dissection.Remark {
    switch field {
    case .version: header.version == 4 ? .right : .wrong("should be 4")
    case .headerLength: remark(onHeaderLength: Int(header.headerLength), available: available)
    case .totalLength:
      remark(onTotalLength: Int(header.totalLength), of: Int(header.headerLength), available: available)
    case .checksum:
      header.isChecksumRight ? .right : .wrong("should be 0x\(header.rightChecksum().hex)")
    default: .none
    }
  }

  private static func remark(onHeaderLength length: Int, available: Int) -> Dissection.Remark {
    if length < IPv4Header.minimumLength {
      return .wrong("is below \(IPv4Header.minimumLength) bytes, the shortest header there is")
    }
    return length <= available ? .right : .wrong("reaches beyond the packet: \(available) bytes are there")
  }

  private static func remark(
    onTotalLength length: Int, of headerLength: Int, available: Int
  ) -> Dissection.Remark {
    if length < headerLength { return .wrong("is below the header length of \(headerLength) bytes") }
    return length <= available ? .right : .wrong("reaches beyond the packet: \(available) bytes are there")
  }

  private static func protocolName(_ number: UInt8) -> String? {
    switch number {
    case 1: "ICMP"
    case 2: "IGMP"
    case 6: "TCP"
    case 17: "UDP"
    case 253, 254: "experimentation and testing"
    default: nil
    }
  }
}
