// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing

@testable import Verdict

@Suite("Faults")
struct FaultTests {
  private func fault(_ kind: Finding.Kind, _ places: [Place], _ text: String) -> Fault {
    let span = SourceSpan(file: SourceFile(path: "x.json5", bytes: []), range: 0..<0)
    return Fault(Finding(kind: kind, places: places, span: span, text: text))
  }

  @Test(
    "findings that differ in numbers alone are the same fault, those of another kind, place or cause are not")
  func likeness() {
    let frame = fault(.frame(.source), [.sent], "wanted 02:00:00:00:00:01, sent with ba:0c:9f:00:00:aa")
    #expect(frame == fault(.frame(.source), [.sent], "wanted 02:00:00:00:00:01, sent with 5e:dd:cc:ee:ff:b4"))
    let first = fault(.field(.ttl), [.arrived], "wanted 63, arrived with 0x40 of 1.1.1.100")
    #expect(first.name == "field ttl")
    #expect(first == fault(.field(.ttl), [.arrived], "wanted 9, arrived with 0xfeb1 of 10.0.0.7"))
    #expect(first != fault(.field(.dscp), [.arrived], "wanted 63, arrived with 0x40 of 1.1.1.100"))
    #expect(first != fault(.field(.ttl), [.sent], "wanted 63, arrived with 0x40 of 1.1.1.100"))
    #expect(
      fault(.returned(1), [], "came back with 2, wanted 3") != fault(.returned(1), [], "nothing came back"))
  }
}
