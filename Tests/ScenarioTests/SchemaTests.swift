// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Scenario
import Testing

@Suite("The schema and the reference page")
struct SchemaTests {
  private static let checkout = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test(
    "what is committed is what the language says now",
    arguments: [
      ("scenarios/scenario.schema.json", LanguageSchema.scenario(), "twohost schema"),
      ("netns/network.schema.json", LanguageSchema.network(), "twohost schema --network"),
      ("scenarios/REFERENCE.md", LanguageReference.markdown(), "twohost schema --reference"),
    ])
  func committed(path: String, text: String, command: String) throws {
    let committed = try Data(contentsOf: Self.checkout.appending(path: path))
    #expect(committed == Data(text.utf8), "mended by: \(command) > \(path)")
  }

  @Test("a network's schema is made of the host's and of each key's type, range and meaning")
  func network() throws {
    let schema = try Schema(LanguageSchema.network())
    #expect(schema.dialect == "https://json-schema.org/draft/2020-12/schema")
    #expect(schema.additionalProperties == false)
    #expect(schema.properties?.keys.sorted() == ["$schema", "arp", "cable", "mtu", "receiver", "sender"])
    let mtu = try #require(schema.properties?["mtu"])
    #expect([mtu.minimum, mtu.maximum] == [68, 65_535])
    #expect(mtu.description?.contains("1500") == true)
    #expect(schema.properties?["arp"]?.words == ["static", "dynamic"])
    #expect(schema.properties?["sender"]?.reference == "#/$defs/Host")
    let definitions = [
      "Cable", "Corruption", "Delay", "EveryNth", "Extension", "FragmentHeader", "FrameMatchers",
      "HeaderMatchers",
      "Host", "ICMPMatchers", "ICMPv6Matchers", "IPv6Option", "Impairments", "ListMatcher", "Loss", "Option",
      "OptionsHeader", "PacketMatch", "Payload", "PayloadMatcher", "PayloadPattern", "RawHeader",
      "RoutingHeader",
      "Seed", "TCPMatchers", "TCPOption", "TCPTimestamps", "Timestamp", "Truncation",
      "UDPMatchers", "VLANMatcher",
    ]
    #expect(schema.definitions?.keys.sorted() == definitions, "a network has no matrix to refer to")
  }

  @Test("required keys, multiples and keys that exclude each other are in a scenario's schema")
  func scenario() throws {
    let schema = try Schema(LanguageSchema.scenario())
    #expect(schema.required == nil)
    let exchange = try #require(schema.all?.first?.choices)
    #expect(exchange.map(\.required) == [["exchange"], ["sender", "receiver"]])
    #expect(exchange.last?.properties?.mapValues(\.required) == ["sender": ["run"], "receiver": ["run"]])
    let definitions = try #require(schema.definitions)
    let headerLength = definitions["HeaderFields"]?.properties?["headerLength"]?.choices?.first
    #expect(headerLength?.multipleOf == 4)
    let payload = try #require(definitions["Payload"])
    #expect(payload.alternatives?.map(\.required) == [["text"], ["hex"], ["base64"], ["file"], ["size"]])
    #expect(payload.dependentRequired == ["fill": ["size"]])
    let matcher = try #require(definitions["ListMatcher"] ?? definitions["PayloadPattern"])
    #expect(matcher.dependentRequired == nil)
  }

  @Test("a value may be a reference to the matrix, and the matrix itself may not")
  func references() throws {
    let schema = try Schema(LanguageSchema.scenario())
    let number = try #require(schema.properties?["protocol"]?.choices)
    #expect(number.map(\.reference) == [nil, "#/$defs/reference"])
    let text = try #require(schema.properties?["timeout"]?.choices)
    #expect(text.map(\.reference) == [nil, "#/$defs/textWithReference"])
    #expect(schema.properties?["matrix"]?.choices?.map(\.reference) == [nil, nil])
    #expect(schema.properties?["variables"]?.choices == nil)
  }

  @Test("each name that the page links to is a section of it, and every key has its row")
  func page() {
    let lines = LanguageReference.markdown().split(separator: "\n").map(String.init)
    let sections = Set(lines.filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3).lowercased() })
    let links = lines.flatMap { $0.matches(of: /\]\(#([a-z]+)\)/).map { String($0.1) } }
    #expect(links.count > 20)
    for link in links { #expect(sections.contains(link), "\(link)") }
    #expect(sections.count == lines.filter { $0.hasPrefix("## ") }.count)
    for key in [
      "`exchange` (required unless `sender` and `receiver` have `run`)", "`fragmentOffset`", "`bufferSize`",
      "`oneOf`", "`mac`",
    ] {
      #expect(lines.contains { $0.hasPrefix("| \(key) |") }, "\(key)")
    }
  }
}

/// As much of a JSON Schema as the tests look at.
private struct Schema: Decodable {
  let dialect: String?
  let description: String?
  let reference: String?
  let definitions: [String: Schema]?
  let properties: [String: Schema]?
  let required: [String]?
  let dependentRequired: [String: [String]]?
  let choices: [Schema]?
  let alternatives: [Schema]?
  let all: [Schema]?
  let words: [String]?
  let minimum: Int?
  let maximum: Int?
  let multipleOf: Int?
  private let otherProperties: Flag?

  /// Whether there may be keys beside the known ones, where the schema says so in a word.
  var additionalProperties: Bool? { otherProperties?.value }

  init(_ text: String) throws {
    self = try JSONDecoder().decode(Schema.self, from: Data(text.utf8))
  }

  private enum CodingKeys: String, CodingKey {
    case dialect = "$schema"
    case reference = "$ref"
    case definitions = "$defs"
    case choices = "anyOf"
    case alternatives = "oneOf"
    case all = "allOf"
    case words = "enum"
    case otherProperties = "additionalProperties"
    case description, properties, required, dependentRequired, minimum, maximum, multipleOf
  }

  /// `true` or `false` where a schema may stand too.
  private struct Flag: Decodable {
    let value: Bool?

    init(from decoder: any Decoder) throws {
      value = try? decoder.singleValueContainer().decode(Bool.self)
    }
  }
}
