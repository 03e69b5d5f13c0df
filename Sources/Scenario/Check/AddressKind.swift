// SPDX-License-Identifier: Apache-2.0

import Wire

/// What the kernel of a host takes an address for, which decides where packets to it go.
enum AddressKind: Equatable {
  /// The host's own, as are 127.0.0.0/8 and 0.0.0.0, ::1, :: and groups within an interface: packets to it never leave
  /// the host.
  case local
  /// A group's (RFC 5771, RFC 4291 §2.7).
  case group
  /// The limited broadcast address or that of the host's network (RFC 919).
  case broadcast
  /// Another host's.
  case another
}

extension Host {
  /// What the host's kernel takes an address for.
  ///
  /// It has no broadcast address of its own for a network of two addresses (RFC 3021), and none for one whose lowest
  /// address begins with 0, which it takes for none (measured).
  func kind(of address: IPAddress) -> AddressKind {
    if has(address) || address.isAny || address.isLoopback { return .local }
    if address.isMulticast { return address.ipv6?.isInterfaceLocal == true ? .local : .group }
    guard case .v4(let own) = address, let interface = ipv4?.value else { return .another }
    if own == .broadcast { return .broadcast }
    let hasBroadcast = interface.prefixLength < 31 && interface.network.rawValue >> 24 != 0
    return hasBroadcast && own == interface.broadcast ? .broadcast : .another
  }
}
