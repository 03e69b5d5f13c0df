// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// A built-in role's end of a connection: it sends what it may send by now, and checks each byte that comes.
final class StreamEnd {
  private let socket: StreamSocket
  private let own: StreamContents
  private let other: StreamContents
  private let buffer = StreamBuffer()
  private var transmission: StreamTransmission?
  private var sent = 0
  private var released = 0
  private var expected = 0
  private var waking = 1
  private var ending = Ending.none
  private var hasEnded = false

  /// When the end says that it sends no more.
  private enum Ending {
    case none
    case atOnce
    case afterTheOther
  }

  /// What was seen so far.
  private(set) var record = StreamEndRecord()
  /// Whether there was more to do than was done at once.
  private(set) var isBusy = false

  /// A longer stretch is sent by a thread of its own.
  private static let longStretch = 1 << 20
  /// So many pieces are taken before others have their turn.
  private static let mostPieces = 8

  /// Takes a connection whose host sends the one and is sent the other.
  init(_ socket: StreamSocket, sending own: StreamContents, receiving other: StreamContents) {
    self.socket = socket
    self.own = own
    self.other = other
  }

  deinit { transmission?.cancel() }

  /// The descriptors that can be read when there is something to do.
  var readable: [Int32] {
    let isOver = record.isEnded || record.failure != nil
    return (isOver ? [] : [socket.socket.rawDescriptor]) + [transmission?.rawDescriptor].compactMap { $0 }
  }

  /// The descriptors that can be written to when there is something to do.
  var writable: [Int32] {
    transmission == nil && sent < released && record.failure == nil ? [socket.socket.rawDescriptor] : []
  }

  /// Lets the bytes up to a place be sent.
  func release(upTo place: Int) { released = max(released, place) }

  /// Has the end wait for a long stretch of what the other host may send up to a place in long pieces.
  func expect(upTo place: Int) { expected = max(expected, place) }

  /// Lets the end say that it sends no more: at once, or when the other host has.
  func end(atOnce: Bool) { ending = atOnce ? .atOnce : .afterTheOther }

  private func endSending() {
    guard ending == .atOnce || ending == .afterTheOther && record.isEnded else { return }
    guard !hasEnded, transmission == nil, sent == released, record.failure == nil else { return }
    hasEnded = true
    do throws(SystemError) { try socket.socket.endSending() } catch { note(error) }
  }

  /// Sends and takes what can be, without waiting; what is long by a thread on other processors, where there are such.
  ///
  /// - Throws: `EAGAIN` where no thread can be had for what is long.
  func advance(threadsOn processors: CPUAffinity?) throws(SystemError) {
    isBusy = false
    try send(threadsOn: processors)
    receive()
    endSending()
  }

  private func note(_ error: SystemError) {
    record.failure = record.failure ?? error.description
  }

  private func send(threadsOn processors: CPUAffinity?) throws(SystemError) {
    if let running = transmission {
      sent = running.sent
      guard running.isOver else { return }
      if let failure = running.failure { note(failure) }
      transmission = nil
    }
    if let processors, released - sent > Self.longStretch, record.failure == nil {
      transmission = try StreamTransmission(socket, own, sent..<released, on: processors)
      return
    }
    for _ in 0..<Self.mostPieces where sent < released && record.failure == nil {
      let length = min(StreamBuffer.length, released - sent)
      let bytes = own.bytes(from: sent, in: .init(rebasing: buffer.bytes[..<length]))
      do throws(SystemError) {
        let count = try socket.socket.send(bytes)
        sent += count
        if count < bytes.count { return }
      } catch {
        note(error)
      }
    }
    isBusy = sent < released && record.failure == nil
  }

  private func receive() {
    guard !record.isEnded, record.failure == nil else { return }
    do throws(SystemError) {
      for _ in 0..<Self.mostPieces {
        guard let count = try socket.socket.receive(buffer.bytes) else { return try wakeForNext() }
        guard count > 0 else {
          record.isEnded = true
          return
        }
        take(.init(rebasing: UnsafeRawBufferPointer(buffer.bytes)[..<count]))
      }
      isBusy = true
    } catch {
      note(error)
    }
  }

  /// Where much is still to come, a wait ends when a long piece has: to be woken for every segment would take longer than to
  /// look at its bytes.
  private func wakeForNext() throws(SystemError) {
    let next = expected - record.received < StreamBuffer.length ? 1 : StreamBuffer.length
    guard next != waking else { return }
    try socket.socket.wakeUp(atBytes: next)
    waking = next
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    if record.difference == nil {
      record.difference = other.firstDifference(from: record.received, bytes)
    }
    let room = StreamEndRecord.mostKept - record.head.count
    if room > 0 { record.head += bytes.prefix(room) }
    record.received += bytes.count
  }

  /// What was seen, with what the kernel knows of the connection.
  func finalRecord() -> StreamEndRecord {
    var record = self.record
    do throws(SystemError) {
      let information = try socket.socket.information()
      record.segments = information.segments
      record.outOfOrder = information.outOfOrder
      record.retransmissions = information.retransmissions
      record.roundTrip = information.roundTrip
      record.congestionWindow = information.congestionWindow
    } catch {
      // A connection that is gone has no figures.
    }
    return record
  }
}
