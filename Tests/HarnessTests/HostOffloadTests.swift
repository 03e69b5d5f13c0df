// SPDX-License-Identifier: Apache-2.0

import Scenario
import Testing
import Verdict
import Wire

@testable import Harness

/// What a host leaves to its network card, as its network says.
@Suite("offload of a program's host, as root") struct HostOffloadTests {
  /// Sends a datagram of UDP to the other host.
  private static let script = """
    import socket\\n\\
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\\n\\
    s.sendto(b"Hi", ("ADDRESS", 7777))\\n
    """

  @Test(
    "a host leaves the checksum of UDP to its card where the file says so, and the other host does not",
    arguments: HostName.allCases, [true, false])
  func checksum(_ host: HostName, _ isLeft: Bool) throws {
    let run = { (address: String) in
      "{ run: ['python3', '-c', '\(Self.script.replacing("ADDRESS", with: address))'] }"
    }
    let record = try playedRecord(
      of: """
        { network: { \(host.rawValue): { offload: \(isLeft) } },
          sender: \(run("1.1.1.1")), receiver: \(run("1.1.1.100")) }
        """)
    for sender in HostName.allCases {
      let sent = record.frames.filter { frame in
        frame.host == sender && frame.isOutgoing
          && frame.bytes.dropFirst(EthernetHeader.length + 9).first == 17
      }
      #expect(sent.map(\.isChecksumOffloaded) == [isLeft && sender == host])
    }
  }
}
