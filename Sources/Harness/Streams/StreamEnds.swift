// SPDX-License-Identifier: Apache-2.0

import Linux
import Scenario
import Verdict
import Wire

/// The ends of a connection that built-in roles have: both, one beside a program's, or none.
final class StreamEnds {
  private let connection: StreamConnection
  private let contents: [HostName: StreamContents]
  private let builtIn: Set<HostName>
  /// Where threads may run that send what is long; nil where this one has to keep pace with captures.
  private let processors: CPUAffinity?
  /// So many bytes are under way at most: no more than a capture of every segment has room for, whoever runs it.
  private let room: Int32?

  private var listener: StreamSocket?
  private var sender: StreamEnd?
  private var receiver: StreamEnd?
  /// How far each host may send by now: a server may before it has a connection.
  private var released: [HostName: Int] = [:]

  private static let narrowRoom: Int32 = 1 << 16

  /// Why the connection could not be begun; nil where it could.
  private(set) var openingFailure: String?

  /// Listens, where the server is a built-in role.
  ///
  /// - Throws: the errors of socket(2) and bind(2).
  init(
    _ scenario: Scenario, _ connection: StreamConnection, _ hosts: borrowing HostPair,
    threadsOn processors: CPUAffinity
  ) throws(SystemError) {
    self.connection = connection
    contents = [
      .sender: StreamContents(scenario, from: .sender), .receiver: StreamContents(scenario, from: .receiver),
    ]
    builtIn = Set(HostName.allCases.filter { scenario.program(in: $0) == nil })
    self.processors = scenario.capturesNoSegments ? processors : nil
    let room = scenario.capturesNoSegments ? nil : Self.narrowRoom
    self.room = room
    guard builtIn.contains(connection.server) else { return }
    let address = scenario.listeningAddress(of: connection.server)
    listener = try hosts.enter(connection.server) { () throws(SystemError) -> StreamSocket in
      UnprivilegedPorts.free(connection.serverPort)
      return StreamSocket(try TCPSocket(listeningAt: connection.serverPort, of: address, room: room))
    }
  }

  /// Begins the connection, where the client is a built-in role.
  func connect(_ scenario: Scenario, _ hosts: borrowing HostPair) {
    guard builtIn.contains(connection.client) else { return }
    let address = scenario.network[connection.server].address(of: scenario.streamVersion)
    let port = connection.serverPort
    let (own, room) = (connection.clientPort ?? 0, room)
    do throws(SystemError) {
      let opened = try hosts.enter(connection.client) { () throws(SystemError) -> StreamSocket in
        UnprivilegedPorts.free(own)
        return StreamSocket(try TCPSocket(from: own, to: address, port: port, room: room))
      }
      put(opened, in: connection.client)
    } catch {
      openingFailure = error.description
    }
  }

  private func put(_ socket: StreamSocket, in host: HostName) {
    guard let own = contents[host], let other = contents[host.other] else { return }
    let end = StreamEnd(socket, sending: own, receiving: other)
    if host == .sender { sender = end } else { receiver = end }
    for (host, place) in released { release(upTo: place, from: host) }
  }

  /// Lets a host send its bytes up to a place.
  func release(upTo place: Int, from host: HostName) {
    released[host] = place
    end(in: host)?.release(upTo: place)
    // Captures have to keep pace with what comes.
    if processors != nil { end(in: host.other)?.expect(upTo: place) }
  }

  private func end(in host: HostName) -> StreamEnd? { host == .sender ? sender : receiver }

  /// Does what can be done without waiting.
  ///
  /// - Throws: the errors of accept4(2), and `EAGAIN` where no thread can be had.
  func advance() throws(SystemError) {
    try accept()
    try sender?.advance(threadsOn: processors)
    try receiver?.advance(threadsOn: processors)
  }

  private func accept() throws(SystemError) {
    guard end(in: connection.server) == nil, let listener, let accepted = try listener.socket.accept() else {
      return
    }
    put(StreamSocket(accepted), in: connection.server)
  }

  /// Lets the ends say that no more will be sent: the client's at once, and the server's when the client's host has, or at
  /// once where the client is a program.
  func end() {
    let first = builtIn.contains(connection.client) ? connection.client : connection.server
    sender?.end(atOnce: first == .sender)
    receiver?.end(atOnce: first == .receiver)
  }

  /// Whether there was more to do than was done at once.
  var isBusy: Bool { (sender?.isBusy ?? false) || (receiver?.isBusy ?? false) }

  /// The descriptors that can be read when there is something to do.
  var readable: [Int32] {
    (sender?.readable ?? []) + (receiver?.readable ?? []) + [listener?.socket.rawDescriptor].compactMap { $0 }
  }

  /// The descriptors that can be written to when there is something to do.
  var writable: [Int32] { (sender?.writable ?? []) + (receiver?.writable ?? []) }

  /// What the end in a host has seen so far; nil where it has none.
  func record(of host: HostName) -> StreamEndRecord? { end(in: host)?.record }

  /// What captures saw of the connection, with what the ends have seen, and what the hosts' counters tell.
  func complete(_ seen: StreamRecord?, counted: [HostName: [String: Int]]) -> StreamRecord? {
    var record = seen
    record?.ends = records(counted.compactMapValues { $0["TcpExt.TCPToZeroWindowAdv"] })
    record?.closedUnread = Set(counted.filter { ($0.value["TcpExt.TCPAbortOnClose"] ?? 0) > 0 }.keys)
    record?.openingFailure = openingFailure
    return record
  }

  /// What the ends have seen, with what their kernels know; a built-in role without a connection has seen nothing.
  private func records(_ zeroWindows: [HostName: Int]) -> [HostName: StreamEndRecord] {
    var records: [HostName: StreamEndRecord] = [:]
    for host in builtIn {
      records[host] = end(in: host)?.finalRecord() ?? StreamEndRecord()
      records[host]?.zeroWindows = zeroWindows[host] ?? 0
    }
    return records
  }
}

extension Scenario {
  /// The address at which the built-in role in a host listens; the unspecified one for every one.
  fileprivate func listeningAddress(of host: HostName) -> IPAddress {
    let own = network[host].address(of: streamVersion)
    guard case .receive(let role) = role(of: host) else { return own }
    return switch role.bind.value {
    case .any: .any(streamVersion)
    case .host: own
    case .address(let address): address
    }
  }
}
