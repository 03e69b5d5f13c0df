// SPDX-License-Identifier: Apache-2.0

extension Scenario {
  /// The same hosts and cable, in which nothing runs by itself and nothing is played.
  public var setUp: Scenario {
    var scenario = self
    scenario.exchange = []
    scenario.sender = Located(.idle)
    scenario.receiver = Located(.idle)
    scenario.isSetUp = true
    return scenario
  }

  /// The same without addresses of IPv6, for a kernel that has none.
  public var withoutIPv6: Scenario {
    var scenario = self
    scenario.network.sender.ipv6 = nil
    scenario.network.receiver.ipv6 = nil
    return scenario
  }

  /// The set-up of a network that somebody names, found as the scenarios of this folder find it: in `networks` first, then
  /// in and above the working folder, and else built in.
  ///
  /// - Returns: nil where there is none of the name, or its file is wrong, and what is wrong.
  public static func setUp(
    network name: String, networks: String?
  ) -> (scenario: Scenario?, diagnostics: Diagnostics) {
    let file = SourceFile(path: "the command line", bytes: Array(name.utf8))
    var catalog = NetworkCatalog(folder: networks)
    let named = Located(name, at: SourceSpan(file: file, range: 0..<file.bytes.count))
    guard let network = catalog.network(named, around: FileReader.realPath(".") ?? "/") else {
      return (nil, catalog.diagnostics)
    }
    var scenario = Scenario(file: file)
    scenario.id = name
    scenario.network = network
    return (scenario.setUp, catalog.diagnostics)
  }
}
