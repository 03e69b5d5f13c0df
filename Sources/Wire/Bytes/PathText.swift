// SPDX-License-Identifier: Apache-2.0

/// Paths as text, whatever their bytes: to Linux a name is bytes, of which only `/` and zero mean something.
///
/// A byte that is no part of UTF-8 stands as a character for private use, U+10FE00 and the byte, so that the text gives
/// the path back; so does each byte of such a character in a name.
public enum PathText {
  private static let first: UInt32 = 0x10fe80
  private static let last: UInt32 = 0x10feff
  /// With which all of them begin in UTF-8.
  private static let leadingByte: UInt8 = 0xf4

  /// The text of a path.
  public static func text(_ bytes: some Collection<UInt8>) -> String {
    if !bytes.contains(leadingByte), let text = String(validating: bytes, as: UTF8.self) { return text }
    var text = String.UnicodeScalarView()
    var rest = bytes[...]
    while let byte = rest.first {
      let length = length(ofSequence: byte)
      if let scalar = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars.first,
        self.byte(of: scalar) == nil
      {
        text.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        text.append(Unicode.Scalar(first - 0x80 + UInt32(byte)) ?? "?")
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }

  /// The bytes of the path that a text stands for.
  public static func bytes(_ text: String) -> [UInt8] {
    guard text.utf8.contains(leadingByte) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in byte(of: scalar).map { [$0] } ?? Array(scalar.utf8) }
  }

  /// The byte that a character stands for; nil where it is itself.
  public static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    (first...last).contains(scalar.value) ? UInt8(scalar.value & 0xff) : nil
  }

  /// Does something with the path that a text stands for, as the C library takes it.
  public static func withPath<Value>(_ text: String, _ body: (UnsafePointer<CChar>) -> Value) -> Value {
    guard text.utf8.contains(leadingByte) else { return text.withCString(body) }
    return (bytes(text) + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map(body) ?? "".withCString(body)
    }
  }

  /// How many bytes a character takes that begins so.
  private static func length(ofSequence byte: UInt8) -> Int {
    switch byte {
    case 0xf0...: 4
    case 0xe0...: 3
    case 0xc0...: 2
    default: 1
    }
  }
}
