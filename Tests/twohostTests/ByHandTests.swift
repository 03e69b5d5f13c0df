// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Two namespaces made with `ip`, joined by a veth pair with the documented addresses.
private final class HandMadeHosts {
  let sender = "twohost-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0...99_999))-s"
  let receiver: String

  init() throws {
    receiver = sender.dropLast() + "r"
    for name in [sender, receiver] { try ip("netns", "add", name) }
    try ip(
      "-n", sender, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", receiver)
    for (name, address) in [(sender, "1.1.1.100/24"), (receiver, "1.1.1.1/24")] {
      try ip("-n", name, "address", "add", address, "dev", "eth0")
      try ip("-n", name, "link", "set", "eth0", "up")
    }
  }

  deinit {
    for name in [sender, receiver] { _ = try? Program.run(["ip", "netns", "delete", name]) }
  }

  /// Starts a program in one of the two.
  func start(_ arguments: [String], in name: String) throws -> Program {
    try Program(["ip", "netns", "exec", name] + arguments)
  }

  private func ip(_ arguments: String...) throws {
    let ended = try Program.run(["ip"] + arguments)
    try #require(ended.status == 0, "ip \(arguments): \(ended.errors)")
  }
}

/// The other side, in plain Python: its own few lines for a raw socket of protocol 253.
private enum PythonPeer {
  static let receiver = """
    import socket
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
    s.bind(("1.1.1.1", 0))
    print("ready", flush=True)
    while True:
        packet = s.recv(4096)
        text = packet[(packet[0] & 15) * 4:].decode("ascii")
        print(packet.hex(), text, sep="\\n", flush=True)
        if "QUIT" in text.upper():
            break
    """

  static let sender = """
    import socket, sys
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
    for line in sys.stdin:
        s.sendto(line.rstrip("\\n").encode("ascii"), ("1.1.1.1", 0))
    """
}

@Suite("send and receive by hand")
struct ByHandTests {
  private static let typed = DocumentedPackets.texts.map { $0 + "\n" }.joined()

  /// The texts of a receiver's output, which has two lines a packet: hexadecimal, then text.
  private func texts(_ output: String) -> [String] {
    let lines = output.split(separator: "\n").map(String.init).filter { $0 != "ready" }
    for (hex, text) in zip(lines.indices.filter { $0 % 2 == 0 }.map { lines[$0] }, odd(lines)) {
      #expect(hex.hasPrefix("45") && hex.hasSuffix(text.utf8.map { String($0, radix: 16) }.joined()))
    }
    return odd(lines)
  }

  private func odd(_ lines: [String]) -> [String] { lines.indices.filter { $0 % 2 == 1 }.map { lines[$0] } }

  @Test("receive takes the four lines of a Python sender and ends at Quit")
  func receiveFromPython() throws {
    let hosts = try HandMadeHosts()
    let receiver = try hosts.start([TwoHostProgram.path, "receive", "--bind", "1.1.1.1"], in: hosts.receiver)
    try receiver.await("the open socket") { receiver.errors.contains("receiving") }
    let sender = try hosts.start(["python3", "-c", PythonPeer.sender], in: hosts.sender)
    try sender.type(Self.typed)
    #expect(try sender.awaitEnd().status == 0)
    let ended = try receiver.awaitEnd()
    #expect(ended.status == 0)
    #expect(texts(ended.output) == DocumentedPackets.texts)
  }

  @Test("send takes a person's lines to a Python receiver, and both end at Quit")
  func sendToPython() throws {
    let hosts = try HandMadeHosts()
    let receiver = try hosts.start(["python3", "-c", PythonPeer.receiver], in: hosts.receiver)
    try receiver.await("the open socket") { receiver.output.contains("ready") }
    let sender = try hosts.start([TwoHostProgram.path, "send", "1.1.1.1"], in: hosts.sender)
    try sender.type(Self.typed + "never sent\n")
    #expect(try sender.awaitEnd().status == 0)
    let ended = try receiver.awaitEnd()
    #expect(ended.status == 0)
    #expect(texts(ended.output) == DocumentedPackets.texts)
  }

  @Test(
    "send and receive speak to each other, bytes that are no text are escaped, and the end may be another")
  func bothOurs() throws {
    let hosts = try HandMadeHosts()
    let receiver = try hosts.start(
      [TwoHostProgram.path, "receive", "--until", "bye", "--protocol", "254"], in: hosts.receiver)
    try receiver.await("the open socket") { receiver.errors.contains("receiving") }
    let sender = try hosts.start(
      [TwoHostProgram.path, "send", "1.1.1.1", "--protocol", "254", "--until", "BYE"]
        + ["--message", "Quit is not the end here", "--message", "\u{1b}[31m", "--message", "Bye"],
      in: hosts.sender)
    #expect(try sender.awaitEnd().status == 0)
    let ended = try receiver.awaitEnd()
    #expect(ended.status == 0)
    let lines = ended.output.split(separator: "\n").map(String.init)
    #expect(odd(lines) == ["Quit is not the end here", "\\u{1b}[31m", "Bye"])
    #expect(!ended.output.contains("\u{1b}"))
  }

  @Test("what is sent over either version is received, a link-local address by the interface that it names")
  func bothVersions() throws {
    let hosts = try HandMadeHosts()
    for (name, address) in [(hosts.sender, "fe80::100/64"), (hosts.receiver, "fe80::1/64")] {
      let ended = try Program.run(["ip", "-n", name, "address", "add", address, "dev", "eth0", "nodad"])
      try #require(ended.status == 0, "\(ended.errors)")
    }
    let receiver = try hosts.start([TwoHostProgram.path, "receive"], in: hosts.receiver)
    try receiver.await("the open sockets") { receiver.errors.contains("receiving") }
    func send(_ words: String...) throws -> Ended {
      try hosts.start([TwoHostProgram.path, "send"] + words, in: hosts.sender).awaitEnd()
    }
    for (address, text) in [("1.1.1.1", "four"), ("fe80::1%eth0", "six"), ("fe80::1%eth0", "Quit")] {
      #expect(try send(address, "--message", text).status == 0)
      try receiver.await(text) { receiver.output.contains(text) }
    }
    let ended = try receiver.awaitEnd()
    #expect(ended.status == 0)
    #expect(odd(ended.output.split(separator: "\n").map(String.init)) == ["four", "six", "Quit"])
    let without = try send("fe80::1", "--message", "x")
    #expect(without.status == 2 && without.errors.contains("say which interface leads to it"))
    let none = try send("fe80::1%eth9", "--message", "x")
    #expect(none.status == 3 && none.errors.contains("ENODEV"))
    #expect(none.errors.contains("fix: name an interface"))
  }

  @Test("a message that cannot be sent is told, with the error's name")
  func tooLong() throws {
    let hosts = try HandMadeHosts()
    let sender = try hosts.start([TwoHostProgram.path, "send", "1.1.1.1"], in: hosts.sender)
    try sender.type(String(repeating: "x", count: 65_516) + "\n")
    let ended = try sender.awaitEnd()
    #expect(ended.status == 2)
    #expect(ended.errors.contains("EMSGSIZE"))
    #expect(ended.errors.contains("fix: "))
  }

  @Test("with standard input closed there is nothing to send, and no socket is taken for it")
  func closedInput() throws {
    let hosts = try HandMadeHosts()
    let command = "exec '\(TwoHostProgram.path)' send 1.1.1.1 <&-"
    let ended = try hosts.start(["sh", "-c", command], in: hosts.sender).awaitEnd()
    #expect(ended.status == 0)
    let folder = try hosts.start(
      ["sh", "-c", "exec '\(TwoHostProgram.path)' send 1.1.1.1 < /"], in: hosts.sender)
    #expect(try folder.awaitEnd().status == 5, "an input that cannot be read is no end of input")
  }
}
