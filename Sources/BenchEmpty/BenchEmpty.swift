// SPDX-License-Identifier: Apache-2.0

/// A program that does nothing: what the start and the end of a process cost.
@main
enum BenchEmpty {
  static func main() {}
}
