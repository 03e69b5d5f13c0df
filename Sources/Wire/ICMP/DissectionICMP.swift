// SPDX-License-Identifier: Apache-2.0

extension Dissection.Layer {
  /// The layers of an ICMP message that `bytes` are.
  ///
  /// An error quotes no error (RFC 1122 §3.2.2): what is quoted in a quoted message is not taken apart.
  static func icmp(_ bytes: ArraySlice<UInt8>, isQuoted: Bool) -> [Self] {
    let name = "Internet Control Message Protocol"
    let message: ICMPMessage
    do {
      message = try ICMPMessage(parsing: bytes)
    } catch {
      return [.truncated(name, bytes, error)]
    }
    let begin = bytes.startIndex
    let fields = [
      Dissection.Field("Type", "icmp.type", named(message.type, message.typeName), begin..<begin + 1),
      Dissection.Field("Code", "icmp.code", named(message.code, message.codeName), begin + 1..<begin + 2),
      Dissection.Field(
        "Checksum", "icmp.checksum", "0x\(message.checksum.hex)", begin + 2..<begin + 4,
        remark: remark(on: message)),
    ]
    let rest = bytes.dropFirst(ICMPMessage.headerLength)
    return [Self(name: name, fields: fields + restOfHeader(message, begin + 4))]
      + (message.isError && !isQuoted && !rest.isEmpty ? ipv4(rest, isQuoted: true) : data(rest))
  }

  /// Identifier and sequence number, where the type has them.
  private static func restOfHeader(_ message: ICMPMessage, _ begin: Int) -> [Dissection.Field] {
    guard message.hasIdentifier else { return [] }
    let identifier = message.restOfHeader >> 16
    let sequence = message.restOfHeader & 0xFFFF
    return [
      Dissection.Field("Identifier", "icmp.ident", String(identifier), begin..<begin + 2),
      Dissection.Field("Sequence Number", "icmp.seq", String(sequence), begin + 2..<begin + 4),
    ]
  }

  private static func remark(on message: ICMPMessage) -> Dissection.Remark {
    message.isChecksumRight ? .right : .wrong("should be 0x\(message.rightChecksum().hex)")
  }

  private static func named(_ number: UInt8, _ name: String?) -> String {
    guard let name else { return String(number) }
    return "\(number) (\(name))"
  }
}
