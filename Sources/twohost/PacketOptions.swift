// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Wire

/// The options by which commands choose packets of captures, and the reading of those.
enum PacketOptions {
  static let packet = CommandOption(
    name: "--packet", value: "N-M", help: "only these of each file: N, N-M, N-, -M, or several with commas")
  static let filter = CommandOption(
    name: "--filter", value: "EXPRESSION", help: "only packets that match")

  /// The numbers of the packets that are asked for; nil for all.
  ///
  /// - Throws: where they are no numbers.
  static func numbers(_ arguments: Arguments) throws(UsageError) -> PacketNumbers? {
    guard let text = arguments.value(packet) else { return nil }
    guard let numbers = PacketNumbers(text) else {
      throw UsageError("--packet must be numbers from 1 up, such as 3, 2-5, 7- or 1,4-6, not \"\(text)\"")
    }
    return numbers
  }

  /// What packets must match; nil where all do.
  ///
  /// - Throws: with the place of what is wrong in the expression.
  static func filter(_ arguments: Arguments) throws(UsageError) -> PacketFilter? {
    guard let text = arguments.value(filter) else { return nil }
    do throws(PacketFilterError) {
      return try PacketFilter(text)
    } catch {
      var hint: String?
      if case .unknownField(let name) = error.reason {
        hint = ClosestMatch.suggestion(for: name, among: PacketFilter.names()).map {
          "did you mean \"\($0)\"?"
        }
      }
      let before = String(repeating: " ", count: error.range.lowerBound)
      let carets = String(repeating: "^", count: max(1, error.range.count))
      throw UsageError(
        "--filter: \(error.description)", hint: hint,
        marked: ["  \(Printable.escape(text))", "  \(before)\(carets)"])
    }
  }

  /// Takes the first packets of a file, of which `most` are wanted, as they come; why not all of it could be read, or nil.
  ///
  /// - Throws: what `take` throws.
  static func read(
    _ path: String, upTo most: Int, _ take: (CaptureFile.Packet) throws -> Void
  ) rethrows -> String? {
    let file: InputFile
    do throws(SystemError) {
      file = try InputFile(path)
    } catch {
      return error.errno.message
    }
    var stream = CaptureStream { file.read() }
    for _ in 0..<most {
      let packet: CaptureFile.Packet?
      do throws(CaptureFileError) {
        packet = try stream.next()
      } catch {
        return file.failure ?? explanation(error)
      }
      guard let packet else { break }
      try take(packet)
    }
    return file.failure
  }

  /// What somebody wrote about a capture as a whole; nil where nobody did, or it cannot be read.
  static func comment(of path: String) -> String? {
    guard let file = try? InputFile(path) else { return nil }
    var stream = CaptureStream { file.read() }
    // Even of a capture without packets all that is before them is read then.
    _ = try? stream.next()
    return stream.comment
  }

  private static func explanation(_ error: CaptureFileError) -> String {
    guard case .unknownFormat = error.reason else { return error.description }
    return "\(error.reason); pcap and pcapng are read, also compressed with gzip, bzip2, xz or zstd"
  }
}
