// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// What a person is told who has made a lab.
public enum LabText {
  /// Who is there, how to come into the hosts, and how to end it all; `program` is how this one was called, in words.
  public static func beginning(
    _ scenario: Scenario, macs: (HostName) -> MACAddress, process: Int32, program: [String]
  ) -> String {
    let call = (program + ["lab"]).map(ShellWord.quote).joined(separator: " ")
    let hosts = HostName.allCases.map { host in
      let addresses = scenario.interfaces(of: host).map(\.description).joined(separator: ", ")
      let address = scenario.network[host].isMute ? "no address" : addresses
      return [host.rawValue, address, "\(macs(host))", "eth0"]
    }
    let cable = scenario.network.cable == nil ? [] : ["the cable treats packets as the network says"]
    let ways = HostName.allCases.map { host in
      ["in another terminal:", "\(call) --host \(host.rawValue)"]
    }
    let lines =
      TextTable.lines(hosts) + cable + TextTable.lines(ways)
      + ["Ctrl-C ends the lab (process \(process)) and everything that runs in it", ""]
    return lines.map { $0 + "\n" }.joined()
  }
}
