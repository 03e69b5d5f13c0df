// SPDX-License-Identifier: Apache-2.0

import Testing
import Wire

@Suite struct ByteSearchTests {
  @Test("bytes are found where they stand first, as the standard library finds them")
  func first() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let all = (0..<Int.random(in: 0...12, using: &generator)).map { _ in UInt8.random(in: 0...1) }
      let wanted = (0..<Int.random(in: 1...5, using: &generator)).map { _ in UInt8.random(in: 0...1) }
      #expect(all.firstPlace(of: wanted) == all.firstRange(of: wanted), "\(wanted) in \(all)")
      let rest = all.dropFirst(2)
      #expect(rest.firstPlace(of: wanted) == rest.firstRange(of: wanted), "\(wanted) in \(rest)")
    }
    #expect(([1, 2] as [UInt8]).firstPlace(of: []) == 0..<0)
  }

  @Test("bytes that come piece by piece are found where they end, and then again")
  func pieces() {
    var search = ByteSearch(for: Array("abab".utf8))
    #expect(search.end(in: Array("xaba".utf8)) == nil)
    #expect(search.end(in: Array("abab".utf8)) == 4)
    #expect(search.end(in: Array("b".utf8)) == nil)
    #expect(search.end(in: Array("ab".utf8)) == nil)
    #expect(search.end(in: Array("abx".utf8)) == 2)
    #expect(search.end(in: Array("ab".utf8)) == nil)
  }

  @Test("bytes that fit almost everywhere are sought in time that grows as they do", .timeLimit(.minutes(1)))
  func many() {
    let all = [UInt8](repeating: 1, count: 1_000_000)
    #expect(all.firstPlace(of: [UInt8](repeating: 1, count: 500_000) + [2]) == nil)
  }
}
