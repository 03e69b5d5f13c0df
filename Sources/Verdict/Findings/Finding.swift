// SPDX-License-Identifier: Apache-2.0

import Scenario
import Wire

/// One thing that is not as it must be.
public struct Finding: Sendable {
  /// What kind of thing: there is a test for each in which the judge finds it.
  public enum Kind: Hashable, Sendable {
    /// A header field has another value than wanted.
    case field(IPField)
    /// A field of the frame has another value than wanted.
    case frame(FrameField)
    /// A tag of a virtual LAN has another value in a field than wanted; nil where there is another number of them.
    case vlan(VLANField?)
    /// The payload is another than wanted.
    case payload
    /// A field of a transport header, by its key, has another value than wanted; the key is `header` where there is none.
    case transport(_ layer: String, field: String)
    /// There are fewer bytes than the total length says.
    case cutShort
    /// Another number of packets than wanted carried the message.
    case fragments
    /// The fragments do not make up the datagram.
    case reassembly
    /// The message was not seen at a place where it must be.
    case notSeen(Place)
    /// The message was seen at a place where it must not be.
    case seen(Place)
    /// The message was seen another number of times than wanted.
    case copies(Place)
    /// What came back in this place of the order, from 1, is missing or another than wanted.
    case returned(Int)
    /// A counter rose by another number than wanted, or this kernel does not have it.
    case counter(String)
    /// The send call failed, or failed otherwise than wanted.
    case sendFailed
    /// The send call must fail and did not.
    case notFailed
    /// The sender had ended before the message.
    case notPlayed
    /// A packet that no message accounts for.
    case stray
    /// Something does not hold of every packet that must.
    case every
    /// The messages were delivered in another order than wanted.
    case order
    /// A program sent a message before its turn.
    case outOfTurn
    /// A role that must have ended by its `until` did not.
    case notEnded(HostName)
    /// The cable could not do to a packet what it was asked to.
    case cable
    /// Something is wrong with the program under test in a host.
    case program(HostName, ProgramFault)
    /// A measure of a flow is another than wanted.
    case flow(FlowMeasure)
    /// Something is wrong with a stream or its connection.
    case stream(StreamFault)
    /// The case's time ran out.
    case timedOut
    /// The case is known to fail, and passed.
    case knownFailurePassed
  }

  /// What kind of thing is wrong.
  public let kind: Kind
  /// The places where it is wrong, in order.
  public let places: [Place]
  /// The part of the file that says what is wanted, or else the message that it is about.
  public let span: SourceSpan
  /// What is said beside that part: `wanted 0, arrived with 7238`.
  public let text: String
  /// The cable's packet that it is about; nil where it is about none.
  public internal(set) var packet: CablePacket?
  /// The places of the frames that it is about among all that were recorded, where it is about some of its own.
  var positions: [Int] = []
}

extension Finding.Kind {
  /// The kind by its name, which never changes: `field ttl`, `notSeen delivered`, `counter Ip.InHdrErrors`.
  public var name: String {
    switch self {
    case .field(let field): "field \(field.rawValue)"
    case .frame(let field): "frame \(field.rawValue)"
    case .vlan(let field): field.map { "vlan \($0.rawValue)" } ?? "vlan"
    case .payload: "payload"
    case .transport(let layer, let field): "\(layer) \(field)"
    case .cutShort: "cutShort"
    case .fragments: "fragments"
    case .reassembly: "reassembly"
    case .notSeen(let place): "notSeen \(place.rawValue)"
    case .seen(let place): "seen \(place.rawValue)"
    case .copies(let place): "copies \(place.rawValue)"
    case .returned(let number): "returned \(number)"
    case .counter(let name): "counter \(name)"
    case .sendFailed: "sendFailed"
    case .notFailed: "notFailed"
    case .notPlayed: "notPlayed"
    case .stray: "stray"
    case .every: "every"
    case .order: "order"
    case .outOfTurn: "outOfTurn"
    case .notEnded(let host): "notEnded \(host.rawValue)"
    case .cable: "cable"
    case .program(let host, let fault): "\(fault.rawValue) \(host.rawValue)"
    case .flow(let measure): "flow \(measure.name)"
    case .stream(let fault): "stream \(fault.name)"
    case .timedOut: "timedOut"
    case .knownFailurePassed: "knownFailurePassed"
    }
  }
}
