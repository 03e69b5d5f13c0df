// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Wire

/// One packet or frame as a socket handed it over, with what the kernel knows of it.
public struct ReceivedDatagram: Sendable {
  /// Its bytes, as many as the buffer could hold.
  public let bytes: [UInt8]
  /// Its length before the buffer cut it, in bytes.
  public let originalLength: Int
  /// What the kernel tells beside it, as far as the socket asked.
  let ancillary: AncillaryData

  /// When the kernel saw it, in nanoseconds of the epoch (`SO_TIMESTAMPNS`, socket(7)); 0 where not asked.
  public var timestamp: UInt64 { ancillary.timestamp }
}

/// Room for one datagram at a time, kept from one to the next.
public final class ReceiveBuffer {
  /// Not an array, which would be filled with zeros first: more work than most datagrams.
  private let storage: UnsafeMutableRawBufferPointer
  private var control = [UInt8](repeating: 0, count: AncillaryData.mostBytes)

  /// Makes room for datagrams of up to this many bytes.
  public init(capacity: Int) {
    storage = .allocate(byteCount: capacity, alignment: MemoryLayout<UInt64>.alignment)
  }

  deinit {
    storage.deallocate()
  }

  /// Takes the next datagram that is there already, without waiting (recvmsg(2)); of a longer one this many bytes.
  ///
  /// - Returns: the datagram and its sender's address structure, or nil when there is none.
  /// - Throws: the other errors of recvmsg(2).
  func receive<Address: BitwiseCopyable>(
    _ name: String, from descriptor: borrowing Descriptor, address: inout Address, atMost most: Int = .max
  ) throws(SystemError) -> ReceivedDatagram? {
    let number = descriptor.rawValue
    var ancillary = AncillaryData()
    var length = 0
    do throws(SystemError) {
      length = try systemCall("recvmsg(\(name))") {
        fill(from: number, atMost: most, address: &address, &ancillary)
      }
    } catch {
      guard error.errno == .wouldBlock else { throw error }
      return nil
    }
    let bytes = Array(storage.prefix(min(length, most)))
    return ReceivedDatagram(bytes: bytes, originalLength: length, ancillary: ancillary)
  }

  /// Takes the next datagram of a socket of either version, with its sender's address and port.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: the other errors of recvmsg(2).
  func receive(
    from descriptor: borrowing Descriptor, over version: IPVersion, atMost most: Int = .max
  ) throws(SystemError) -> (datagram: ReceivedDatagram, sender: (address: IPAddress, port: UInt16))? {
    let name = IPAddress.family(version).name
    switch version {
    case .v4:
      var sender = sockaddr_in()
      guard let taken = try receive(name, from: descriptor, address: &sender, atMost: most) else {
        return nil
      }
      let address = IPv4Address(rawValue: UInt32(bigEndian: sender.sin_addr.s_addr))
      return (taken, (.v4(address), UInt16(bigEndian: sender.sin_port)))
    case .v6:
      var sender = clinux_sockaddr_in6()
      guard let taken = try receive(name, from: descriptor, address: &sender, atMost: most) else {
        return nil
      }
      return (taken, (.v6(IPv6Address(halves: sender.address)), UInt16(bigEndian: sender.port)))
    }
  }

  private func fill<Address: BitwiseCopyable>(
    from descriptor: Int32, atMost most: Int, address: inout Address, _ ancillary: inout AncillaryData
  ) -> Int {
    control.withUnsafeMutableBytes { control in
      withUnsafeMutablePointer(to: &address) { address in
        var vector = iovec(iov_base: storage.baseAddress, iov_len: min(storage.count, most))
        return withUnsafeMutablePointer(to: &vector) { vector in
          var message = msghdr()
          message.msg_name = UnsafeMutableRawPointer(address)
          message.msg_namelen = socklen_t(MemoryLayout<Address>.size)
          message.msg_iov = vector
          message.msg_iovlen = 1
          message.msg_control = control.baseAddress
          message.msg_controllen = control.count
          let flags = Int32(MSG_DONTWAIT | MSG_TRUNC)
          let length = recvmsg(descriptor, &message, flags)
          if length >= 0 { ancillary = AncillaryData(of: &message) }
          return length
        }
      }
    }
  }
}
