// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import twohost_bench

/// The statistics of what was measured.
@Suite struct SamplesTests {
  @Test("the median of an odd number of values is the middle one")
  func odd() {
    #expect(Samples(values: [9, 1, 2]).median == 2)
  }

  @Test("the median of an even number of values lies between the two in the middle")
  func even() {
    #expect(Samples(values: [4, 1, 100, 2]).median == 3)
  }

  @Test("a ratio is the median of the rounds' ratios, so that a slow round counts for neither")
  func ratio() {
    let reference = Samples(values: [1, 1, 50])
    #expect(Samples(values: [2, 2, 100]).ratio(to: reference) == 2)
    // The ratio of the medians would be 2 / 10.
    #expect(Samples(values: [1, 2, 30]).ratio(to: Samples(values: [10, 1, 30])) == 1)
  }

  @Test("differences are those of the same round")
  func differences() {
    #expect(Samples(values: [5, 50]).less(Samples(values: [1, 40])).values == [4, 10])
  }

  @Test("rates are amounts divided by times")
  func rates() {
    #expect(Samples(values: [2, 4]).rates(of: 8).values == [4, 2])
  }

  @Test("nothing measured is no number")
  func nothing() {
    #expect(Samples(values: []).median.isNaN)
  }

  @Test(
    "three digits are printed",
    arguments: [(0.126, "0.13"), (1, "1.00"), (12.34, "12.3"), (1234.5, "1235"), (-2.05, "-2.05")])
  func digits(_ number: Double, _ text: String) {
    #expect(number.short == text)
  }
}
