// SPDX-License-Identifier: Apache-2.0

/// How objects of one kind are written in a file: the table of their keys.
struct ObjectType<Object: Sendable>: Sendable {
  /// What the object is, as a phrase: "a message".
  let phrase: String
  /// What the objects may look like.
  let shape: ObjectShape
  /// The keys that it may have.
  let keys: [Key<Object>]
  /// The names of the keys, in the same order: a key is large, and is looked for once for each member of an object.
  private let names: [String]
  /// What keys that it does not have were meant to be.
  private let suggestions: KeySuggestions
  /// The keys that it must have.
  private let requiredKeys: [KeyShape]
  /// What to write instead of keys that objects like it have and it cannot have, by these keys.
  private let remedies: [String: String]
  /// Makes the object that says nothing.
  private let make: @Sendable (SourceSpan) -> Object

  /// Describes a kind of object; its name is that of its type where none is given, and of keys that it cannot have
  /// `remedies` say what to write instead.
  init(
    _ phrase: String, named name: String = Self.name, _ make: @escaping @Sendable (SourceSpan) -> Object,
    keys: [Key<Object>], remedies: [String: String] = [:]
  ) {
    self.phrase = phrase
    self.make = make
    self.remedies = remedies
    self.keys = keys
    names = keys.map(\.name)
    shape = ObjectShape(name: name, phrase: phrase, keys: keys.map(\.shape))
    suggestions = KeySuggestions(shape.keys)
    requiredKeys = shape.keys.filter(\.isRequired)
  }

  /// The name of the objects' type, less the `Form` of those that are but how a file writes something.
  private static var name: String {
    let name = "\(Object.self)"
    return name.hasSuffix("Form") ? String(name.dropLast("Form".count)) : name
  }

  /// The objects as values of a key.
  var value: ValueType<Object> {
    ValueType(phrase: phrase, shape: .object(shape)) { node, decoding in
      let errorsBefore = decoding.diagnostics.reported.count
      let object = decodeWhatIsRight(in: node, &decoding)
      return decoding.diagnostics.reported.count == errorsBefore ? object : nil
    }
  }

  /// Reads an object; of one with errors, which are reported, what is right.
  func decodeWhatIsRight(in node: JSON5Node, _ decoding: inout Decoding) -> Object? {
    guard case .object(let members) = node.value else {
      decoding.reject(node, wanted: phrase)
      return nil
    }
    let outerSubject = decoding.subject
    defer { decoding.subject = outerSubject }
    var object = make(node.span)
    for member in members {
      guard let index = names.firstIndex(of: member.key) else {
        reportUnknown(member, &decoding)
        continue
      }
      decoding.subject = .key(member.key)
      keys[index].decode(member.value, &object, &decoding)
    }
    reportMissing(from: members, at: node.span, &decoding)
    return object
  }

  private func reportUnknown(_ member: JSON5Member, _ decoding: inout Decoding) {
    if let remedy = remedies[member.key] {
      decoding.diagnostics.report("unknown key \"\(member.key)\"", at: member.keySpan, notes: [remedy])
      return
    }
    let suggestion = suggestions.suggestion(for: member.key)
    decoding.diagnostics.report(
      "unknown key \"\(member.key)\"", at: member.keySpan,
      label: suggestion.map { "did you mean \($0)?" },
      notes: suggestion == nil ? ["\(phrase) may have: \(names.joined(separator: ", "))"] : [])
  }

  private func reportMissing(
    from members: [JSON5Member], at span: SourceSpan, _ decoding: inout Decoding
  ) {
    for key in requiredKeys where !members.contains(where: { $0.key == key.name }) {
      if key.exemption?.applies(to: members) == true { continue }
      let start = SourceSpan(file: span.file, range: span.range.lowerBound..<(span.range.lowerBound + 1))
      decoding.diagnostics.report(
        "\(phrase) needs the key \"\(key.name)\"", at: start, notes: ["\(key.name): \(key.meaning)"])
    }
  }
}

/// One key of an object: what it is called, what it means, and where its value goes.
struct Key<Object: Sendable>: Sendable {
  /// What the key means and what its value may look like.
  let shape: KeyShape
  /// Reads the value into the object.
  let decode: @Sendable (JSON5Node, inout Object, inout Decoding) -> Void

  /// The key as files write it.
  var name: String { shape.name }

  /// A key whose value is stored in a property.
  init<Value>(
    _ name: String, _ type: ValueType<Value>, _ property: WritableKeyPath<Object, Value> & Sendable,
    isRequired: Bool = false, _ meaning: String
  ) {
    self.init(name, type, isRequired: isRequired, meaning) { object, value in
      object[keyPath: property] = value
    }
  }

  /// A key whose value is stored in a property that may be empty.
  init<Value>(
    _ name: String, _ type: ValueType<Value>, _ property: WritableKeyPath<Object, Value?> & Sendable,
    _ meaning: String
  ) {
    self.init(name, type, isRequired: false, meaning) { object, value in
      object[keyPath: property] = value
    }
  }

  /// A key whose value is stored by a function.
  init<Value>(
    _ name: String, _ type: ValueType<Value>, isRequired: Bool = false, _ meaning: String,
    store: @escaping @Sendable (inout Object, Value) -> Void
  ) {
    shape = KeyShape(
      name: name, meaning: meaning, isRequired: isRequired, phrase: type.phrase, shape: type.shape)
    decode = { node, object, decoding in
      if let value = type.decode(node, &decoding) { store(&object, value) }
    }
  }

  private init(
    _ shape: KeyShape, _ decode: @escaping @Sendable (JSON5Node, inout Object, inout Decoding) -> Void
  ) {
    self.shape = shape
    self.decode = decode
  }

  /// The same key, which may be left out where all of some others have an object with a certain key.
  func unless(_ keys: [String], have member: String) -> Key {
    var shape = shape
    shape.exemption = Exemption(keys: keys, member: member)
    return Key(shape, decode)
  }

  /// The same key of an object that has this one in a property.
  func within<Outer>(_ property: WritableKeyPath<Outer, Object> & Sendable) -> Key<Outer> {
    Key<Outer>(shape) { node, outer, decoding in decode(node, &outer[keyPath: property], &decoding) }
  }
}

extension Key {
  /// Where editors find the schema of the file.
  static var schema: Key {
    Key("$schema", ValueType<String>.string, "the schema for editors; ignored") { _, _ in }
  }
}
