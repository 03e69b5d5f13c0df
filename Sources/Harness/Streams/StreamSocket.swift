// SPDX-License-Identifier: Apache-2.0

import Linux

/// A connected socket, and room for what is made for it and taken from it; two threads may hold it, of which one sends and
/// the other receives.
final class StreamSocket: Sendable {
  let socket: TCPSocket

  init(_ socket: consuming TCPSocket) {
    self.socket = socket
  }
}

/// Room for a piece of a stream.
final class StreamBuffer {
  let bytes: UnsafeMutableRawBufferPointer

  /// Long enough for few calls, and short enough to stay in the processor's cache.
  static let length = 1 << 18

  init() {
    bytes = .allocate(byteCount: Self.length, alignment: 64)
  }

  deinit { bytes.deallocate() }
}
