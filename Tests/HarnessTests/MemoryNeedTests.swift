// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Harness

@Suite("the memory that a case takes")
struct MemoryNeedTests {
  private func need(_ text: String) throws -> MemoryNeed { MemoryNeed(try scenario(text)) }

  @Test("what is repeated counts each time, and a flow does not")
  func bytes() throws {
    let once = try need("{ exchange: ['abc'] }").bytes
    #expect(try need("{ exchange: [{ payload: 'abc', repeat: 7 }] }").bytes == 7 * once)
    #expect(try need("{ exchange: [{ flow: { packets: 1000 } }] }").bytes == 0)
  }

  /// The least limit of a control group in which a burst of them came to its end with its capture.
  @Test(
    "no case takes more than is reckoned",
    arguments: [(60_000, 400, 270), (3_000, 8_000, 288), (1_400, 17_000, 290), (10, 30_000, 95)])
  func measured(size: Int, messages: Int, mebibytes: Int) throws {
    let need = try need("{ exchange: [{ payload: { size: \(size) }, repeat: \(messages) }] }")
    #expect(need.bytes >> 20 >= mebibytes)
    #expect(need.bytes >> 20 < mebibytes * 5 / 4)
  }

  @Test("a large case is begun where there is room, or nobody knows, and a small one always")
  func obstruction() throws {
    let large = try need("{ exchange: [{ payload: { size: 60000 }, repeat: 100 }] }")
    #expect(large.obstruction(left: nil) == nil && large.obstruction(left: large.bytes) == nil)
    let reason = large.obstruction(left: 20 << 20)?.reason
    #expect(reason == "this case takes about 69 MiB of memory, and 20 MiB are left")
    let ofPoorMachines = try need("{ exchange: [{ payload: { size: 9000 }, repeat: 200 }] }")
    #expect(ofPoorMachines.obstruction(left: 12 << 20) != nil)
    #expect(try need("{ exchange: ['a'] }").obstruction(left: 0) == nil)
  }
}
