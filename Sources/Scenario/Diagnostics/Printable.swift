// SPDX-License-Identifier: Apache-2.0

import Wire

/// Makes foreign text safe to print: nothing in it reaches a terminal or a log as a command, and nothing in
/// it hides or reorders what is read.
public enum Printable {
  /// The text with every character that is not to be printed as it is written out, as in `\u{202e}`.
  ///
  /// These are the controls, the line and paragraph separators and the format characters (bidirectional
  /// controls, byte order mark, zero width space) except the two joiners that scripts and emoji need. A tab,
  /// line feed and carriage return become `\t`, `\n` and `\r`, and a byte of a path that is no part of UTF-8 `\xff`.
  public static func escape(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) {
        escaped += escapeSequence(for: scalar)
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// How many columns of a terminal one character takes: 2 for East Asian wide characters and emoji, 0 for a
  /// combining mark alone, else 1.
  static func columns(of character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars {
      let isEmojiStyle = scalar == "\u{fe0f}"
      widest = max(widest, isEmojiStyle ? 2 : columns(of: scalar))
    }
    return widest
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    guard !(0x20...0x7e).contains(scalar.value) else { return false }
    if PathText.byte(of: scalar) != nil { return true }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    case .format: return scalar != "\u{200c}" && scalar != "\u{200d}"
    default: return false
    }
  }

  private static func escapeSequence(for scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\t": "\\t"
    case "\n": "\\n"
    case "\r": "\\r"
    default:
      PathText.byte(of: scalar).map { "\\x\(String($0, radix: 16))" }
        ?? "\\u{\(String(scalar.value, radix: 16))}"
    }
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    guard scalar.value >= 0x300 else { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let isWide =
      scalar.properties.isEmojiPresentation || wideRanges.contains { $0.contains(scalar.value) }
    return isWide ? 2 : 1
  }

  /// The blocks whose characters are wide or fullwidth in Unicode's EastAsianWidth.txt.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115f,  // Hangul Jamo, initial consonants
    0x2329...0x232a,  // angle brackets
    0x2e80...0x303e,  // CJK radicals, symbols and punctuation
    0x3041...0xa4cf,  // Kana, CJK ideographs, Yi
    0xa960...0xa97f,  // Hangul Jamo Extended-A
    0xac00...0xd7a3,  // Hangul syllables
    0xf900...0xfaff,  // CJK compatibility ideographs
    0xfe10...0xfe19,  // vertical forms
    0xfe30...0xfe6f,  // CJK compatibility and small forms
    0xff01...0xff60,  // fullwidth forms
    0xffe0...0xffe6,  // fullwidth signs
    0x16fe0...0x1b2ff,  // Tangut, Khitan, Kana supplements, Nushu
    0x1f200...0x1f265,  // enclosed ideographs
    0x20000...0x3fffd,  // CJK ideograph extensions
  ]
}
