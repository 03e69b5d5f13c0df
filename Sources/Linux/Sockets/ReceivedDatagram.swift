// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// One packet or frame as a socket handed it over, with what the kernel knows of it.
public struct ReceivedDatagram: Sendable {
  /// Its bytes, as many as the buffer could hold.
  public let bytes: [UInt8]
  /// Its length before the buffer cut it, in bytes.
  public let originalLength: Int
  /// When the kernel saw it, in nanoseconds of the epoch (`SO_TIMESTAMPNS`, socket(7)); 0 where not asked.
  public let timestamp: UInt64
}

/// Room for one datagram at a time, kept from one to the next.
public final class ReceiveBuffer {
  /// Not an array, which would be filled with zeros first: more work than most datagrams.
  private let storage: UnsafeMutableRawBufferPointer
  private var control = [UInt8](repeating: 0, count: clinux_cmsg_space(MemoryLayout<timespec>.size))

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
    var timestamp: UInt64 = 0
    var length = 0
    do throws(SystemError) {
      length = try systemCall("recvmsg(\(name))") {
        fill(from: number, atMost: most, address: &address, &timestamp)
      }
    } catch {
      guard error.errno == .wouldBlock else { throw error }
      return nil
    }
    let bytes = Array(storage.prefix(min(length, most)))
    return ReceivedDatagram(bytes: bytes, originalLength: length, timestamp: timestamp)
  }

  private func fill<Address: BitwiseCopyable>(
    from descriptor: Int32, atMost most: Int, address: inout Address, _ timestamp: inout UInt64
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
          if length >= 0 { timestamp = Self.timestamp(in: &message) }
          return length
        }
      }
    }
  }

  private static func timestamp(in message: inout msghdr) -> UInt64 {
    var next = clinux_cmsg_first(&message)
    while let control = next {
      if control.pointee.cmsg_level == SOL_SOCKET, control.pointee.cmsg_type == clinux_SCM_TIMESTAMPNS {
        let time = clinux_cmsg_data(control).loadUnaligned(as: timespec.self)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
      }
      next = clinux_cmsg_next(&message, control)
    }
    return 0
  }
}
