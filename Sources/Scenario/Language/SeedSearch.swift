// SPDX-License-Identifier: Apache-2.0

extension JSON5Node {
  /// The member of an object; nil where there is none, or this is no object.
  private subscript(key: String) -> JSON5Node? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The seeds of what a scenario file leaves to chance, by what they are for: `message 2`.
  ///
  /// Payloads keep their bytes alone: what they were made from is in the file.
  var seeds: [String: Int] {
    guard case .array(let messages)? = self["exchange"]?.value else { return [:] }
    var seeds: [String: Int] = [:]
    for (index, message) in messages.enumerated() {
      guard case .number(.integer(let seed))? = message["payload"]?["fill"]?["seed"]?.value else { continue }
      seeds["message \(index + 1)"] = Int(seed)
    }
    return seeds
  }
}
