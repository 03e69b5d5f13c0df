// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The processors on which a thread may run (sched_setaffinity(2)).
///
/// A veth pair queues a frame on the processor that sends it, so order, and with it the proof of silence, is
/// kept only among frames that leave from one processor.
public struct CPUAffinity: Sendable {
  /// A bit for each processor, as the kernel has them.
  let mask: [UInt8]

  /// On how many processors the calling thread may run; 1 where nobody knows.
  public static var processorCount: Int {
    (try? ofThisThread()).map { $0.mask.reduce(0) { $0 + $1.nonzeroBitCount } } ?? 1
  }

  /// The processors on which the calling thread may run.
  ///
  /// - Throws: the error of sched_getaffinity(2).
  public static func ofThisThread() throws(SystemError) -> CPUAffinity {
    // EINVAL says that the machine has more processors than the mask has bits.
    var size = 128
    while true {
      var mask = [UInt8](repeating: 0, count: size)
      let written = clinux_getaffinity(&mask, mask.count)
      if written > 0 { return CPUAffinity(mask: mask) }
      guard errno == EINVAL, size < 1 << 20 else {
        throw SystemError("sched_getaffinity", Errno(rawValue: errno))
      }
      size *= 2
    }
  }

  /// The processors by their numbers, in order.
  public var processors: [Int] {
    (0..<(mask.count * 8)).filter { mask[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
  }

  /// Keeps the calling thread on the processor it is on now.
  ///
  /// - Returns: the processor's number.
  /// - Throws: the error of sched_setaffinity(2).
  @discardableResult
  public func keepCurrent() throws(SystemError) -> Int {
    let processor = Int(try systemCall("sched_getcpu") { clinux_getcpu() })
    try Self.keep(processor)
    return processor
  }

  /// Keeps the calling thread on a processor; it is there when this returns.
  ///
  /// - Throws: `EINVAL` where the thread may not run there, as on a processor that was taken away.
  public static func keep(_ processor: Int) throws(SystemError) {
    // The kernel takes masks of any length that is a multiple of a word.
    var single = [UInt8](repeating: 0, count: (processor / 64 + 1) * 8)
    single[processor / 8] = 1 << UInt8(processor % 8)
    try systemCall("sched_setaffinity") { clinux_setaffinity(single, single.count) }
  }

  /// Lets the calling thread run on these processors but one, where there are others.
  public func leave(_ processor: Int) {
    var others = mask
    if processor / 8 < others.count { others[processor / 8] &= ~(1 << UInt8(processor % 8)) }
    CPUAffinity(mask: others.allSatisfy { $0 == 0 } ? mask : others).restore()
  }

  /// Lets the calling thread run on these processors again.
  public func restore() {
    // They were in force a moment ago; where the machine has lost them since, the kernel has set new ones.
    _ = clinux_setaffinity(mask, mask.count)
  }
}
