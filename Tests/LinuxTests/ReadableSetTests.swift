// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Linux

@Suite("which of many descriptors can be read")
struct ReadableSetTests {
  @Test("those that have something are told of, by their places, and as long as they have it")
  func places() throws {
    let events = try (0..<100).map { _ in try EventDescriptor() }
    var set = try ReadableSet(events.map(\.rawDescriptor))
    #expect(try set.next().isEmpty)
    for place in [3, 97] { events[place].ring() }
    #expect(try set.next().sorted() == [3, 97])
    events[3].quiet()
    #expect(try set.next() == [97])
  }

  @Test("of more than are told of at once all come in turn")
  func many() throws {
    let events = try (0..<100).map { _ in try EventDescriptor() }
    var set = try ReadableSet(events.map(\.rawDescriptor))
    for event in events { event.ring() }
    var seen: Set<Int> = []
    while case let ready = try set.next(), !ready.isEmpty {
      for place in ready { events[place].quiet() }
      seen.formUnion(ready)
    }
    #expect(seen.count == 100)
  }

  @Test("what is no descriptor cannot be watched")
  func closed() throws {
    #expect(throws: SystemError.self) { _ = try ReadableSet([-1]) }
  }
}
