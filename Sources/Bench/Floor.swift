// SPDX-License-Identifier: Apache-2.0

import Linux
import Synchronization

/// What the kernel charges for one case: two namespaces, a cable, addresses, neighbours, both ends up, two sockets,
/// one packet across, and all closed. No harness, no capture.
enum Floor {
  private static let protocolNumber: UInt8 = 253
  private static let payload = Array("Hello World !".utf8)
  private static let patience = Duration.seconds(10)

  /// Plays this many cases, one after the other.
  static func play(_ count: Int) throws {
    let buffer = ReceiveBuffer(capacity: 2048)
    for _ in 0..<count { try playOne(buffer) }
  }

  /// Plays this many cases in each of two threads at once.
  static func playSideBySide(_ count: Int) throws {
    let failures = Mutex<[String]>([])
    let ends = [try EventDescriptor(), try EventDescriptor()]
    for end in ends {
      try Thread.start {
        do {
          try play(count)
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
        end.ring()
      }
    }
    for end in ends { _ = try Readiness.wait(toRead: [end.rawDescriptor]) }
    if let failure = failures.withLock({ $0.first }) { throw BenchError(failure) }
  }

  private static func playOne(_ buffer: ReceiveBuffer) throws {
    let hosts = try TwoHosts()
    let receiver = try hosts.receiver.enter { () throws(SystemError) in
      try RawSocket(protocol: protocolNumber)
    }
    let sender = try hosts.sender.enter { () throws(SystemError) in try RawSocket(protocol: protocolNumber) }
    try sender.send(payload, to: .v4(TwoHosts.receiverAddress))
    let isThere = try Readiness.wait(
      toRead: [receiver.rawDescriptor], until: Deadline(after: patience))
    guard isThere, try receiver.receive(into: buffer) != nil else {
      throw BenchError("the floor's packet did not arrive")
    }
  }
}
