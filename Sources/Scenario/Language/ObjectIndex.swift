// SPDX-License-Identifier: Apache-2.0

/// The objects that a file may be made of, each once, in the order in which a reader meets them.
struct ObjectIndex {
  /// The file itself, then what it is made of.
  let objects: [ObjectShape]

  /// Finds the objects below the one that is the whole file.
  init(below file: ObjectShape) {
    var objects = [file]
    var next = 0
    while next < objects.count {
      for object in objects[next].keys.flatMap(\.shape.objects) where !objects.contains(object) {
        objects.append(object)
      }
      next += 1
    }
    self.objects = objects
  }

  /// The names of the objects, each once, in the same order.
  var names: [String] {
    var seen: Set<String> = []
    return objects.map(\.name).filter { seen.insert($0).inserted }
  }

  /// The objects of a name: several where what they hold depends on where they stand.
  func objects(named name: String) -> [ObjectShape] { objects.filter { $0.name == name } }
}

extension Shape {
  /// The ways to write a value, where there are several.
  var choices: [Shape] {
    if case .either(let shapes) = self { shapes.flatMap(\.choices) } else { [self] }
  }

  /// The objects that a value may be, or be a list of.
  var objects: [ObjectShape] {
    switch self {
    case .object(let object): [object]
    case .list(let element, _): element.objects
    case .either(let shapes): shapes.flatMap(\.objects)
    case .dictionary(let value, _): value.objects
    case .string, .text, .boolean, .onlyTrue, .integer, .number, .words, .matrix, .variables: []
    }
  }
}
