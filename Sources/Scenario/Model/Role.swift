// SPDX-License-Identifier: Apache-2.0

import Wire

/// What runs in a host.
public enum Role: Sendable {
  /// The built-in sender of the exchange.
  case send(SendRole)
  /// The built-in receiver.
  case receive(ReceiveRole)
  /// A program under test.
  case run(RunRole)
  /// Nothing: a host with no socket open.
  case idle
}

/// The built-in sender.
public struct SendRole: Sendable {
  /// The text after which it ends, where the whole message is that text; nil for never.
  public internal(set) var until: EndText?
}

/// The built-in receiver: a socket for each kind of message that it is sent.
public struct ReceiveRole: Sendable {
  /// The address that a receiver's socket is bound to.
  public enum Binding: Sendable {
    /// The host's own address.
    case host
    /// No address: whatever reaches the host is received.
    case any
    /// An address that the file names.
    case address(IPAddress)
  }

  /// The kinds of sockets that it may have for UDP.
  public enum Socket: String, CaseIterable, Sendable {
    /// A raw socket, which is handed whole packets, whatever their checksum of UDP.
    case raw
    /// A UDP socket.
    case udp
  }

  /// What it receives UDP by; a UDP socket where the file does not say.
  public internal(set) var socket: Located<Socket>?
  /// The port of its UDP socket, 1…65535; those that messages go to where the file does not say.
  public internal(set) var port: Located<Int>?
  /// What its socket is bound to.
  public internal(set) var bind = Located(Binding.host)
  /// The text after which it ends, anywhere in a payload; nil for never.
  public internal(set) var until: EndText?
  /// The most that it reads of a packet, header included, or by a UDP socket of a payload: 1…65535 bytes.
  public internal(set) var bufferSize = 65_535
}

/// A text that ends an exchange, compared without regard to the case of ASCII letters.
public struct EndText: Sendable {
  /// The text as it was given.
  public let text: String
  private let folded: [UInt8]

  /// Takes the text; an empty one would end everything at once, so there is none.
  public init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    self.text = text
    folded = text.utf8.map(Self.fold)
  }

  /// Whether a payload is this text and nothing else, as the documented sender asks.
  public func isWhole(_ payload: some Collection<UInt8>) -> Bool {
    payload.count == folded.count && payload.lazy.map(Self.fold).elementsEqual(folded)
  }

  /// Whether a payload has this text anywhere, as the documented receiver asks.
  public func isContained(in payload: some Collection<UInt8>) -> Bool {
    payload.map(Self.fold).firstPlace(of: folded) != nil
  }

  private static func fold(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
