// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization
import Wire

/// The receiving end of a flow: a raw socket, and a thread that takes packets in batches and checks every one.
public final class FlowReceiver: Sendable {
  private let format: FlowFormat
  private let socket: Descriptor
  private let progress: FlowProgress
  private let finished: EventDescriptor
  private let result = Mutex<Result<FlowTally, SystemError>?>(nil)

  /// How far the sender may be ahead so that no packet is lost for want of room.
  public let window: Int

  /// Room for what the sender may be ahead, with packets of any size, in bytes.
  public static let room: Int32 = 16 << 20
  /// Wide enough for the sender to go on while another program has the receiver's processor for a while: with 448 a
  /// flow on a busy machine had 0.7 times the rate that it has with this. What is on its way between the two is not kept
  /// back by it, but the sender's processor takes care of that after every packet, and tells (ENOBUFS) where it cannot.
  private static let widestWindow = 4096
  /// So long the thread waits for a packet before it answers that there is none.
  private static let patience = timeval(tv_sec: 0, tv_usec: 5000)
  /// Where SO_MEMINFO counts drops: SK_MEMINFO_DROPS of <linux/sock_diag.h>.
  private static let drops = 8

  /// Opens the socket in the calling thread's namespace, bound to an address where one is given.
  ///
  /// - Throws: the errors of socket(2), setsockopt(2) and bind(2).
  public init(_ format: FlowFormat, boundTo address: IPAddress? = nil, room: Int32 = FlowReceiver.room)
    throws(SystemError)
  {
    let opened = try Descriptor.rawSocket(of: format)
    // A user who may not has a smaller buffer, and a smaller window.
    try? opened.setOption("SO_RCVBUFFORCE", level: SOL_SOCKET, SO_RCVBUFFORCE, to: room)
    try opened.setOption("SO_RCVTIMEO", level: SOL_SOCKET, SO_RCVTIMEO, to: Self.patience)
    if format.version == .v6 { try ToldOverIPv6.askFixedHeader(opened) }
    if let address { try opened.bind(to: address) }
    window = Self.window(room: Int(try opened.option("SO_RCVBUF", SO_RCVBUF, Int32(0))), for: format.length)
    progress = try FlowProgress()
    finished = try EventDescriptor()
    socket = opened
    self.format = format
  }

  /// The kernel counts a packet's memory: powers of two, and its own notes.
  private static func window(room: Int, for length: Int) -> Int {
    max(1, min(widestWindow, room / (2 * (length + 512) + 256)))
  }

  /// Begins to receive, on other processors than the sender's where there are any.
  ///
  /// - Throws: `EAGAIN` where no thread can be had.
  public func start(besides processor: Int, of processors: CPUAffinity) throws(SystemError) {
    try Thread.start { [self] in
      processors.leave(processor)
      let outcome = Result<FlowTally, SystemError> { () throws(SystemError) in try receive() }
      result.withLock { $0 = outcome }
      finished.ring()
    }
  }

  private func receive() throws(SystemError) -> FlowTally {
    let batch = try PacketBatch(receiving: format)
    var tally = FlowTally(format)
    while true {
      let question = progress.question
      let count: Int
      do throws(SystemError) {
        count = try batch.receive(from: socket)
      } catch {
        guard error.errno == .wouldBlock else { throw error }
        progress.answer(question)
        continue
      }
      let now = RunClock.monotonic
      for index in 0..<count {
        let (bytes, length) = batch.packet(index)
        // A packet has a header at least: nothing at all is the end, behind all that had come before.
        if length == 0 { return tally }
        tally.take(bytes, length: length, at: now)
      }
      progress.note(tally.count)
    }
  }

  // MARK: - While packets are under way

  /// How many packets were received and checked, whatever they were.
  public var count: Int { progress.count }

  /// The number to wait on for what was asked.
  public var rawDescriptor: Int32 { progress.rawDescriptor }

  /// Asks to be woken when this many packets were received; returns whether they were.
  public func await(_ count: Int) -> Bool { progress.await(count) }

  /// Asks to be woken when the socket was found empty after now; returns the question's number.
  public func askWhetherEmpty() -> Int { progress.askWhetherEmpty() }

  /// Whether a question was answered: the socket was found empty after it was asked.
  public func isAnswered(_ question: Int) -> Bool { progress.isAnswered(question) }

  /// Ends the receiving, once what is in the socket was taken.
  ///
  /// - Returns: what was received.
  /// - Throws: what kept the thread from receiving.
  public func finish() throws(SystemError) -> FlowTally {
    // A socket that is shut gives out what it has, and then nothing (ENOTCONN notwithstanding).
    shutdown(socket.rawValue, Int32(SHUT_RD))
    _ = try Readiness.wait(toRead: [finished.rawDescriptor])
    guard let outcome = result.withLock({ $0 }) else { throw SystemError("recvmmsg", .canceled) }
    var tally = try outcome.get()
    let memory = try socket.option("SO_MEMINFO", SO_MEMINFO, InlineArray<9, UInt32>(repeating: 0))
    tally.dropped = Int(memory[Self.drops])
    return tally
  }
}
