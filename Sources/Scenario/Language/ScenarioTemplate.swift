// SPDX-License-Identifier: Apache-2.0

/// A scenario file to begin with: it passes as it is, and each thing that most files of its kind say stands in it with a
/// comment.
public enum ScenarioTemplate: CaseIterable, Sendable {
  /// Packets with IPv4 headers of one's own.
  case packets
  /// Datagrams of UDP.
  case udp
  /// Streams on a connection of TCP.
  case tcp
  /// A program under test.
  case program

  /// The file.
  public var text: String {
    Self.reason + body + "// `twohost schema --reference` prints every key that there is.\n"
  }

  private static let reason = "// Why this matters: a sentence of an RFC, or what was measured.\n"

  private var body: String {
    switch self {
    case .packets: Self.ofPackets
    case .udp: Self.ofUDP
    case .tcp: Self.ofTCP
    case .program: Self.ofProgram
    }
  }

  private static let ofPackets = """
    {
      // One line for reports; default: the file's name.
      title: "a packet about to expire is delivered",
      // Words that `twohost run --tag` chooses by.
      tags: ["headers"],
      // What crosses the cable, in order. A message of nothing but text may be written "text".
      exchange: [
        {
          // Text, or one of { hex }, { base64 }, { file }, { size, fill }.
          payload: "Hi",
          // IPv4 header fields as they are sent; what is left out is filled in.
          header: { ttl: 1, dscp: 46 },
          // What must hold besides what always must: payload, lengths, checksum and the fields above, as sent, as
          // arrived and as delivered.
          expect: {
            header: { totalLength: 22, identification: { min: 0 } },
            // How much the receiver's counters rise.
            counters: { "Ip.InDelivers": 1 },
          },
        },
      ],
    }

    """

  private static let ofUDP = """
    {
      // One line for reports; default: the file's name.
      title: "a question over UDP is answered",
      // Words that `twohost run --tag` chooses by.
      tags: ["udp"],
      // The UDP header of every message; in answers, which come from the receiver, the ports are swapped. What is left
      // out is filled in: the source port is 40000.
      udp: { destinationPort: 7777 },
      // What crosses the cable, in order. Each is delivered to a UDP socket on its port.
      exchange: [
        "question",
        { from: "receiver", payload: "answer" },
        {
          // Text, or one of { hex }, { base64 }, { file }, { size, fill }.
          payload: { size: 1000 },
          // What must hold besides what always must: payload, ports, lengths and checksums.
          expect: { udp: { length: 1008 }, arrived: { header: { ttl: { min: 1 } } } },
        },
        {
          // An incorrect checksum is dropped, and the receiver's counters say why.
          payload: "damaged",
          udp: { checksum: "bad" },
          expect: { delivered: false, counters: { "Udp.InCsumErrors": 1 } },
        },
      ],
    }

    """

  private static let ofTCP = """
    {
      // One line for reports; default: the file's name.
      title: "a connection whose second data segment is lost brings every byte",
      // Words that `twohost run --tag` chooses by.
      tags: ["tcp"],
      // The port at which one host listens; the host that speaks first connects to it.
      tcp: { destinationPort: 7777 },
      // Bytes on that connection, in order. The kernels make the segments, and each must be correct.
      exchange: [
        { stream: "question" },
        { from: "receiver", stream: "answer" },
        // Text, or one of { hex }, { base64 }, { file }, { size, fill }.
        { stream: { size: 100000 } },
      ],
      // What the cable does, chosen by a match: the second segment with bytes is lost.
      network: { cable: { drop: [{ nth: 2, tcp: {}, payload: { minLength: 1 } }] } },
      // What must hold for the connection, besides that every byte arrives and both hosts end it.
      expect: { stream: { retransmissions: { min: 1 } } },
    }

    """

  private static let ofProgram = #"""
    {
      // One line for reports; default: the file's name.
      title: "the server answers in capital letters",
      // Words that `twohost run --tag` chooses by.
      tags: ["programs"],
      // What the machine must have; if it is missing, the case is not judged.
      requires: ["python3"],
      receiver: {
        // The program under test: a list of arguments, run in this file's folder, such as ["./server", "--port", 7777].
        // Nothing is sent before it has a socket that can receive the messages.
        run: [
          "python3", "-c",
          "import socket\n\
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
    own.bind(('', 7777))\n\
    while True:\n\
        question, client = own.recvfrom(65535)\n\
        own.sendto(question.upper(), client)\n",
        ],
        // It never ends by itself: SIGTERM ends it when all is over.
        stop: "terminate",
      },
      // UDP messages; for TCP: tcp: { destinationPort: 7777 } and { stream: "question" }.
      udp: { destinationPort: 7777 },
      // The built-in sender asks, and the program answers.
      exchange: ["question", { from: "receiver", payload: "QUESTION" }],
      // What it prints, and how it ends.
      expect: { receiver: { stdout: { equals: "" }, stderr: { equals: "" } } },
    }

    """#
}
