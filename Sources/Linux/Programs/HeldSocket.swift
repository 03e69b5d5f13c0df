// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A copy of a program's socket (pidfd_getfd(2)): what the program leaves unread in it can still be read when the
/// program has closed its own.
///
/// Where the user may not have a copy, as in some containers, there is none.
public final class HeldSocket: Sendable {
  /// The number that tells the socket from all others of the machine.
  public let inode: UInt64
  private let place: Place
  private let descriptor: Descriptor

  /// Where the program has it.
  private struct Place: Sendable {
    let process: Int32
    let number: Int32

    var path: String { "/proc/\(process)/fd/\(number)" }
  }

  /// Copies a socket that a process of a program has, all of which are below its init; nil where none has it, or it may
  /// not be copied.
  init?(_ inode: UInt64, below ancestor: Int32) {
    let found = ProcessDescription.first(below: ancestor) { Self.place(of: inode, in: $0) }
    guard let found, let copy = Self.copy(found) else { return nil }
    self.inode = inode
    place = found
    descriptor = copy
  }

  /// Where a process has a socket; nil where it has not.
  private static func place(of inode: UInt64, in process: Int32) -> Place? {
    let name = "socket:[\(inode)]"
    let places = descriptors(of: process).lazy.map { Place(process: process, number: $0) }
    return places.first { target(of: $0.path) == name }
  }

  private static func copy(_ place: Place) -> Descriptor? {
    guard let process = try? systemCall("pidfd_open", { clinux_pidfd_open(place.process) }) else {
      return nil
    }
    let owned = Descriptor(owning: process)
    let call = { clinux_pidfd_getfd(owned.rawValue, place.number) }
    return (try? systemCall("pidfd_getfd", call)).map { Descriptor(owning: $0) }
  }

  /// Whether the program has it still, at the place where it was found.
  public var isOpen: Bool { Self.target(of: place.path) == "socket:[\(inode)]" }

  /// What its memory is like now.
  ///
  /// - Throws: the error of getsockopt(2).
  public func memory() throws(SystemError) -> SocketMemory { try SocketMemory(of: descriptor) }

  /// What its options keep from it now.
  ///
  /// - Throws: the errors of getsockopt(2).
  public func limits() throws(SystemError) -> SocketLimits { try SocketLimits(of: descriptor) }

  /// What the program has left in it.
  public struct Unread {
    /// The bytes, as the program would have read them.
    public let datagram: ReceivedDatagram
    /// Of a packet socket the EtherType (packet(7), `sll_protocol`); nil of another.
    public let etherType: UInt16?
    /// Whether a packet socket was shown what its own host sent (`PACKET_OUTGOING`).
    public let isOutgoing: Bool
  }

  /// Takes the next packet that the program has left in it; nil where there is none.
  ///
  /// - Throws: the errors of recvmsg(2).
  public func takeUnread(into buffer: ReceiveBuffer) throws(SystemError) -> Unread? {
    var sender = sockaddr_storage()
    guard let datagram = try buffer.receive("a program's socket", from: descriptor, address: &sender)
    else { return nil }
    guard Int32(sender.ss_family) == AF_PACKET else {
      return Unread(datagram: datagram, etherType: nil, isOutgoing: false)
    }
    let link = withUnsafeBytes(of: sender) { $0.loadUnaligned(as: sockaddr_ll.self) }
    return Unread(
      datagram: datagram, etherType: UInt16(bigEndian: link.sll_protocol),
      isOutgoing: Int32(link.sll_pkttype) == PACKET_OUTGOING)
  }

  /// The bytes of the next packet that the program has not read, as many as `most`; it stays where it is. Nil where there
  /// is none.
  ///
  /// - Throws: the errors of recv(2).
  public func head(_ most: Int) throws(SystemError) -> [UInt8]? {
    do throws(SystemError) {
      return try [UInt8](unsafeUninitializedCapacity: most) { buffer, count throws(SystemError) in
        count = try systemCall("recv(a program's socket)") {
          recv(descriptor.rawValue, buffer.baseAddress, buffer.count, Int32(MSG_PEEK | MSG_DONTWAIT))
        }
      }
    } catch  where error.errno == .wouldBlock {
      return nil
    }
  }

  /// The numbers of a process's descriptors.
  private static func descriptors(of process: Int32) -> [Int32] {
    ProcFile.names(in: "/proc/\(process)/fd").compactMap { Int32($0) }
  }

  /// What a link of /proc leads to; nil where it may not be read.
  private static func target(of path: String) -> String? {
    var name = [CChar](repeating: 0, count: 64)
    let count = readlink(path, &name, name.count)
    return count > 0 ? String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }
}
