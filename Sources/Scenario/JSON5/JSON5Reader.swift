// SPDX-License-Identifier: Apache-2.0

/// Reads JSON5 (https://spec.json5.org) with the place of every value, and says exactly where it is wrong.
public enum JSON5Reader {
  /// The largest file that is read, in bytes.
  public static let maximumBytes = 1_048_576
  /// How many arrays and objects may stand inside each other.
  public static let maximumDepth = 64

  /// The value of a file, or nil after an error that leaves none.
  ///
  /// Reading stops at the first syntax error. A key given twice is an error too, after which reading goes
  /// on: the first of the two is kept.
  public static func read(_ file: SourceFile, into diagnostics: inout Diagnostics) -> JSON5Node? {
    do throws(JSON5SyntaxError) {
      try checkSize(of: file)
      try checkEncoding(of: file)
      var parser = JSON5Parser(file)
      defer { diagnostics.report(contentsOf: parser.diagnostics) }
      return try parser.parseFile()
    } catch {
      diagnostics.report(
        error.message, at: SourceSpan(file: file, range: error.range), label: error.label)
      return nil
    }
  }

  private static func checkSize(of file: SourceFile) throws(JSON5SyntaxError) {
    let size = file.bytes.count
    guard size > 0 else { throw JSON5SyntaxError("this file is empty", at: 0..<0) }
    guard size > maximumBytes else { return }
    throw JSON5SyntaxError(
      "this file is larger than the limit of \(maximumBytes) bytes", at: 0..<0)
  }

  private static func checkEncoding(of file: SourceFile) throws(JSON5SyntaxError) {
    guard let range = invalidUTF8(in: file.bytes) else { return }
    let byte = String(file.bytes[range.lowerBound], radix: 16)
    throw JSON5SyntaxError(
      "invalid UTF-8: byte 0x\(byte) at offset \(range.lowerBound)", at: range,
      label: "save the file as UTF-8")
  }

  /// The first bytes that are not UTF-8; nil where all are.
  private static func invalidUTF8(in bytes: [UInt8]) -> Range<Int>? {
    do throws(UTF8.ValidationError) {
      let text = try UTF8Span(validating: bytes.span)
      _ = text.count  // A span that is not bound and used does not compile.
      return nil
    } catch {
      return error.byteOffsets
    }
  }
}

/// The one error that ends the reading of a file.
struct JSON5SyntaxError: Error {
  let message: String
  /// The bytes that are wrong.
  let range: Range<Int>
  let label: String?

  init(_ message: String, at range: Range<Int>, label: String? = nil) {
    self.message = message
    self.range = range
    self.label = label
  }
}
