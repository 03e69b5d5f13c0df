// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What is asked of a packet, in words on one line.
enum AskedText {
  /// Each thing that is asked, from the IP header on: `TCP, flags syn, ack; payload 4 bytes within`.
  static func text(_ seen: Seen) -> String {
    let payload = seen.payload.map { ["payload \($0.value.text)"] } ?? []
    let parts = header(seen.header) + (seen.transport.map { [transport($0)] } ?? []) + payload
    return (parts + frame(seen.frame)).joined(separator: "; ")
  }

  private static func header(_ header: HeaderMatchers) -> [String] {
    let fields = IPField.numeric.compactMap { field in
      header.matchers[field].map { "\(field.title) \($0.value.text(for: field))" }
    }
    return fields + options(header.options) + extensions(header.extensions)
  }

  private static func transport(_ asked: TransportMatchers) -> String {
    let fields = asked.layer.messageFields.compactMap { field in
      asked.matchers[field.key].map { "\(field.title) \($0.value.text(for: field))" }
    }
    return ([asked.layer.title] + fields + options(asked.options)).joined(separator: ", ")
  }

  private static func options(_ options: Located<OptionsMatcher>?) -> [String] {
    guard let options else { return [] }
    return switch options.value {
    case .any: ["any options"]
    case .equals([]): ["no options"]
    case .equals(let bytes): ["options \(HexDump.hexString(bytes))"]
    }
  }

  private static func extensions(_ extensions: Located<ExtensionsMatcher>?) -> [String] {
    guard let extensions else { return [] }
    return switch extensions.value {
    case .any: ["any extension headers"]
    case .equals([]): ["no extension headers"]
    case .equals(let list): ["extension headers \(HexDump.hexString(list.flatMap(\.header.bytes)))"]
    }
  }

  private static func frame(_ frame: FrameMatchers) -> [String] {
    FrameField.allCases.compactMap { field in
      frame[field].map { "\(field.title) \($0.value.text(for: field))" }
    }
  }
}
