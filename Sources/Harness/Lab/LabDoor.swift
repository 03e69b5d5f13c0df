// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Scenario
import Verdict

/// By which other processes of the same user come into the hosts of a lab.
public struct LabDoor: ~Copyable {
  private let socket: LocalSocket
  private var guests: [Int32: Guest] = [:]
  private var greeting = ""

  private final class Guest: Sendable {
    let socket: LocalSocket

    init(_ socket: consuming LocalSocket) { self.socket = socket }
  }

  /// Labs are known by this and the number of their process.
  static let prefix = "twohost-lab-"
  /// So many may be in the hosts at once.
  private static let mostGuests = 64

  /// Makes one where this process lives now: to be made before it moves anywhere else.
  ///
  /// - Throws: the errors of socket(2).
  public init() throws(SystemError) { socket = try LocalSocket() }

  /// Opens it: from now on others find it, and are told by which descriptors of this process the namespaces are held.
  ///
  /// - Throws: the errors of bind(2) and listen(2).
  mutating func open(into spaces: [HostName: Int32]) throws(SystemError) {
    greeting = HostName.allCases.map { "\(spaces[$0] ?? -1)" }.joined(separator: " ")
    try socket.listen(as: Self.prefix + "\(getpid())")
  }

  /// The descriptors that can be read when somebody comes or goes.
  var readable: [Int32] { [socket.rawDescriptor] + guests.keys }

  /// Lets in who has come, where it is the same user, and forgets who has gone.
  ///
  /// - Throws: the errors of accept(2).
  mutating func serve() throws(SystemError) {
    for (number, guest) in guests where (try? guest.socket.receive()) != .some(nil) { guests[number] = nil }
    while let next = try socket.accept() {
      guard guests.count < Self.mostGuests, (try? next.ownPeer()) ?? nil != nil,
        (try? next.send(greeting)) != nil
      else { continue }
      let number = next.rawDescriptor
      guests[number] = Guest(next)
    }
  }
}
