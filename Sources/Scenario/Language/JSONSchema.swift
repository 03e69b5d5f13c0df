// SPDX-License-Identifier: Apache-2.0

import Wire

/// The language as JSON Schema 2020-12, for editors and for those who write files by program.
///
/// What depends on more than one place of a file, such as whether a message can leave the way it asks, no
/// schema can say; that is left to the checks. Nor can one refuse `1.0` where a whole number must stand: to JSON Schema it
/// is one, the same as `1` (JSON Schema Core 2020-12 §4.2.3), and a reader of JSON5 need not tell them apart. The checks
/// refuse it, since where a text may stand nobody could know whether it is "1.0" or "1".
public enum LanguageSchema {
  /// The schema of a scenario file, whose messages may have headers of these protocols.
  public static func scenario(_ protocols: Protocols = .all) -> String {
    let type = ObjectType<Scenario>.scenario(with: protocols.transports)
    return JSONSchema(of: type.shape, hasReferences: true).document.text
  }

  /// The schema of the file that has defaults of options.
  public static func configuration() -> String {
    JSONSchema(of: ObjectType<Configuration>.configuration.shape, hasReferences: false).document.text
  }

  /// The schema of a network file.
  public static func network() -> String {
    JSONSchema(of: ObjectType<Network>.network.shape, hasReferences: false).document.text
  }
}

/// The schema of one kind of file.
private struct JSONSchema {
  private typealias Schema = [String: JSONTree]

  private let file: ObjectShape
  private let index: ObjectIndex
  /// Whether values may be references to a matrix or a variable.
  ///
  /// A schema cannot refuse them deep in a file for want of a key at its top, so files without either may have them
  /// too.
  private let hasReferences: Bool

  init(of file: ObjectShape, hasReferences: Bool) {
    self.file = file
    index = ObjectIndex(below: file)
    self.hasReferences = hasReferences
  }

  /// The whole schema.
  var document: JSONTree {
    var schema = object(file)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = .string("urn:twohost:\(file.name.lowercased())")
    schema["title"] = .string(file.name)
    if !definitions.isEmpty { schema["$defs"] = .object(definitions) }
    return .object(schema)
  }

  private var definitions: Schema {
    let objects = index.objects.filter { $0 != file && isDefinition($0) }
    let schemas = objects.map { ($0.name, JSONTree.object(object($0))) }
    return Schema(schemas) { first, _ in first }.merging(hasReferences ? Reference.definitions : [:]) { $1 }
  }

  /// Whether an object is the same wherever its name stands, so that its schema can stand apart.
  private func isDefinition(_ object: ObjectShape) -> Bool {
    index.objects(named: object.name).count == 1
  }

  // MARK: - Objects

  private func object(_ object: ObjectShape) -> Schema {
    let required = object.keys.filter { $0.isRequired && $0.exemption == nil }.map {
      JSONTree.string($0.name)
    }
    let exempt = object.keys.compactMap { key in key.exemption.map { self.required(key.name, unless: $0) } }
    let properties = object.keys.map { ($0.name, property($0)) }
    var schema: Schema = [
      "type": "object", "description": .string(object.phrase), "additionalProperties": false,
      "properties": .object(Schema(properties) { first, _ in first }),
    ]
    if !required.isEmpty { schema["required"] = .array(required) }
    if !object.needs.isEmpty {
      schema["dependentRequired"] = .object(object.needs.mapValues { .array([.string($0)]) })
    }
    if object.needsKey { schema["minProperties"] = 1 }
    if !exempt.isEmpty { schema["allOf"] = .array(exempt) }
    if !object.alternatives.isEmpty { schema["oneOf"] = .array(object.alternatives.map(anyKey)) }
    return schema
  }

  private func property(_ key: KeyShape) -> JSONTree {
    .object(value(key.shape).merging(["description": .string(key.meaning)]) { $1 })
  }

  /// That an object has a key, or what lets it be without.
  private func required(_ key: String, unless exemption: Exemption) -> JSONTree {
    let member: JSONTree = .object(["required": [.string(exemption.member)]])
    let others: Schema = [
      "required": .array(exemption.keys.map(JSONTree.string)),
      "properties": .object(Schema(exemption.keys.map { ($0, member) }) { first, _ in first }),
    ]
    return .object(["anyOf": [.object(["required": [.string(key)]]), .object(others)]])
  }

  /// That an object has at least one of some keys.
  private func anyKey(of keys: [String]) -> JSONTree {
    let schemas = keys.map { JSONTree.object(["required": .array([.string($0)])]) }
    return schemas.count == 1 ? schemas[0] : .object(["anyOf": .array(schemas)])
  }

  // MARK: - Values

  private func value(_ shape: Shape) -> Schema {
    let choices = shape.choices
    let schemas = choices.map(choice) + (hasReferences ? Reference.schemas(beside: choices) : [])
    return schemas.count == 1 ? schemas[0] : ["anyOf": .array(schemas.map(JSONTree.object))]
  }

  private func choice(_ shape: Shape) -> Schema {
    switch shape {
    case .string(let pattern):
      return ["type": "string"].merging(pattern.map { ["pattern": whole($0)] } ?? [:]) { $1 }
    case .text(let pattern):
      return ["type": ["string", "integer"]].merging(pattern.map { ["pattern": whole($0)] } ?? [:]) { $1 }
    case .boolean: return ["type": "boolean"]
    case .onlyTrue: return ["const": true]
    case .integer(let range, let step): return integer(range, multipleOf: step)
    case .number(let range):
      return ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    case .words(let words): return ["enum": .array(words.map(JSONTree.string))]
    case .list(let element, let count):
      var schema: Schema = ["type": "array", "items": .object(value(element))]
      if count.lowerBound > 0 { schema["minItems"] = .integer(count.lowerBound) }
      if count.upperBound < .max { schema["maxItems"] = .integer(count.upperBound) }
      return schema
    case .object(let object):
      return isDefinition(object) ? Self.reference(to: object.name) : self.object(object)
    case .dictionary(let element, let keyPattern):
      return [
        "type": "object", "propertyNames": .object(["pattern": whole(keyPattern)]),
        "additionalProperties": .object(value(element)),
      ]
    case .either: return value(shape)
    case .matrix:
      let lists = named(.object(["type": "array", "minItems": 1]), atLeast: 1)
      let cases: Schema = ["type": "array", "minItems": 1, "items": .object(named(true, atLeast: 1))]
      return ["anyOf": [.object(lists), .object(cases)]]
    case .variables: return named(.object(["type": ["string", "number", "boolean"]]), atLeast: 0)
    }
  }

  /// Objects with names that can be referred to, and values of one kind.
  private func named(_ value: JSONTree, atLeast count: Int) -> Schema {
    [
      "type": "object", "minProperties": .integer(count),
      "propertyNames": .object(["pattern": whole(Reference.name)]), "additionalProperties": value,
    ]
  }

  private func integer(_ range: ClosedRange<Int>, multipleOf step: Int) -> Schema {
    var schema: Schema = [
      "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
    ]
    if step > 1 { schema["multipleOf"] = .integer(step) }
    return schema
  }

  fileprivate static func reference(to name: String) -> [String: JSONTree] {
    ["$ref": .string("#/$defs/\(name)")]
  }
}

/// A regular expression that holds for all of a string.
private func whole(_ pattern: String) -> JSONTree { .string("^(?:\(pattern))$") }

/// What may stand in place of a value for one of the matrix or of a variable.
private enum Reference {
  /// The pattern of a name.
  static let name = "[A-Za-z_][A-Za-z0-9_]*"
  private static let pattern = "[$][{]\(name)[}]"

  static let definitions: [String: JSONTree] = [
    "reference": .object([
      "type": "string", "pattern": whole(pattern), "description": "a value of the matrix or of a variable",
    ]),
    "textWithReference": .object([
      "type": "string", "pattern": .string(pattern), "description": "a text with such values in it",
    ]),
  ]

  /// The references that may stand in place of a value, where its own schemas do not allow them anyway.
  static func schemas(beside choices: [Shape]) -> [[String: JSONTree]] {
    let open: [Shape] = [.string(pattern: nil), .text(pattern: nil), .matrix, .variables]
    if choices.contains(where: open.contains) { return [] }
    let isText = choices.contains { choice in
      switch choice {
      case .string, .text, .words: true
      default: false
      }
    }
    return [JSONSchema.reference(to: isText ? "textWithReference" : "reference")]
  }
}
