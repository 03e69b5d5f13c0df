// SPDX-License-Identifier: Apache-2.0

/// One scenario: who is on the cable, what crosses it, and what must be seen of it.
public struct Scenario: Sendable {
  /// The file's path below the folder that was asked for, without its extension.
  public internal(set) var id = ""
  /// The file that says it.
  public let file: SourceFile
  /// One line for reports.
  public internal(set) var title = ""
  /// Words by which scenarios are chosen.
  public internal(set) var tags: [String] = []
  /// The two hosts and their cable.
  public internal(set) var network = Network.lan
  /// The name of the network that the file asks for, or nil where it says the network itself.
  var networkName: Located<String>? = Located("lan")
  /// The IP protocol of the messages.
  public internal(set) var `protocol` = Located<UInt8>(253)
  /// What runs in the sending host.
  public internal(set) var sender = Located(Role.send(SendRole()))
  /// What runs in the receiving host.
  public internal(set) var receiver = Located(Role.receive(ReceiveRole()))
  /// What crosses the cable, in order.
  public internal(set) var exchange: [Message] = []
  /// What must hold at the end.
  public internal(set) var expect = ScenarioExpectation()
  /// The most that the case may take, set-up and tear-down included.
  public internal(set) var timeout = Duration.seconds(5)

  init(file: SourceFile) {
    self.file = file
  }

  /// The built-in sender.
  public var sendRole: SendRole {
    if case .send(let role) = sender.value { role } else { SendRole() }
  }

  /// The built-in receiver.
  public var receiveRole: ReceiveRole {
    if case .receive(let role) = receiver.value { role } else { ReceiveRole() }
  }
}

/// What must hold when the exchange is over.
public struct ScenarioExpectation: Sendable {
  /// What is expected of the role in the sending host.
  public internal(set) var sender = RoleExpectation()
  /// What is expected of the role in the receiving host.
  public internal(set) var receiver = RoleExpectation()
}

/// What is expected of a built-in role.
public struct RoleExpectation: Sendable {
  /// Where the file says that the role must have ended by its `until`; nil where it says nothing.
  public internal(set) var endedByUntil: SourceSpan?
}
