// SPDX-License-Identifier: Apache-2.0

import Linux
import Verdict
import Wire

/// An address as `send` and `receive` take it: a link-local one with its interface behind `%` (RFC 4007 §11).
struct HandAddress: CustomStringConvertible {
  /// The address.
  let address: IPAddress
  private let interface: String?

  /// Reads one; nil for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let address = IPAddress(parts[0]) else { return nil }
    self.address = address
    interface = parts.count == 2 ? parts[1] : nil
    guard interface?.isEmpty != true, interface == nil || address.version == .v6 else { return nil }
  }

  /// The address, and its interface where it has one.
  var description: String { interface.map { "\(address)%\($0)" } ?? "\(address)" }

  /// Has a socket use its interface, where it has one.
  ///
  /// - Throws: where a link-local address has none, and where this host has no such interface.
  func chooseInterface(of socket: borrowing RawSocket) throws {
    guard let interface else {
      guard address.ipv6?.isLinkLocal != true else {
        throw UsageError(
          "\(address) is link-local: say which interface leads to it, such as \(address)%eth0")
      }
      return
    }
    do throws(SystemError) {
      try socket.bind(toInterface: interface)
    } catch {
      throw Obstruction(.cannotRunHere, "\(error)", fix: "name an interface of this host: ip -br link")
    }
  }
}
