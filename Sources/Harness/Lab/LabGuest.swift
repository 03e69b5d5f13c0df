// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict

/// Somebody in a host of a lab that another process has.
public struct LabGuest: ~Copyable {
  private let lab: Int32
  private let socket: LocalSocket
  private let spaces: [HostName: Int32]

  private static let patience = Duration.seconds(5)

  /// The numbers of the processes that have labs of this user.
  ///
  /// - Throws: the errors of open(2) and read(2).
  public static func labs() throws(SystemError) -> [Int32] {
    try LocalSocket.names(beginningWith: LabDoor.prefix).compactMap { name in
      guard let number = Int32(name.dropFirst(LabDoor.prefix.count)) else { return nil }
      return (try? LabGuest(in: number)) == nil ? nil : number
    }
  }

  /// Comes into the lab of a process.
  ///
  /// - Throws: `ECONNREFUSED` where that has none, `EACCES` where it is another user's, and `ETIMEDOUT` where it does not
  ///   answer.
  public init(in lab: Int32) throws(SystemError) {
    let socket = try LocalSocket()
    try socket.connect(to: LabDoor.prefix + "\(lab)")
    guard try socket.ownPeer() == lab else {
      throw SystemError("connect(lab \(lab))", .accessDenied)
    }
    guard try Readiness.wait(toRead: [socket.rawDescriptor], until: Deadline(after: Self.patience)) else {
      throw SystemError("connect(lab \(lab))", .timedOut)
    }
    let numbers = (try socket.receive() ?? "").split(separator: " ").compactMap { Int32($0) }
    guard numbers.count == HostName.allCases.count else {
      throw SystemError("connect(lab \(lab))", .badMessage, detail: "it is not a lab")
    }
    spaces = Dictionary(uniqueKeysWithValues: zip(HostName.allCases, numbers))
    self.lab = lab
    self.socket = socket
  }

  /// Runs a command in a host with this process's terminal; nothing of it is left when this returns.
  ///
  /// - Returns: its status, of a signal 128 and its number; nil where the lab has ended before it.
  /// - Throws: the errors of setns(2) and clone(2).
  public func run(
    _ arguments: [String], in host: HostName, environment: [(name: String, value: String)]
  ) throws(SystemError) -> Int32? {
    let shell = try HostShell(
      arguments, environment: environment, host: host.rawValue, network: spaces[host] ?? -1, of: lab)
    _ = try Readiness.wait(toRead: [shell.rawDescriptor, socket.rawDescriptor])
    let hasEnded = try Readiness.wait(toRead: [shell.rawDescriptor], until: Deadline(after: .zero))
    let status = try shell.end()
    return hasEnded ? status : nil
  }
}
