// SPDX-License-Identifier: Apache-2.0

import Wire

/// Where a message can be seen, in the order in which it gets there.
public enum Place: String, CaseIterable, Hashable, Sendable {
  /// At the sender's end of the cable.
  case sent
  /// At the receiver's end of the cable.
  case arrived
  /// By a socket in the receiver.
  case delivered
}

/// What must be seen of a message.
public struct Expectation: Sendable {
  /// What holds wherever the message is seen.
  public internal(set) var everywhere = Seen()
  /// What the file says of single places.
  public internal(set) var places: [Place: PlaceExpectation] = [:]
  /// By how much counters of the other host must rise while the message passes.
  public internal(set) var counters = CounterExpectation()
  /// What must come back on its account, in order; nothing where the file says nothing.
  public internal(set) var returned: [Seen] = []
  /// The name of the error with which the send call must fail, `EMSGSIZE`; nil where it must not fail.
  public internal(set) var error: Located<String>?
  /// What must hold of a flow; nil where the file says nothing.
  public internal(set) var flow: FlowExpectation?

  /// Whether the message must be seen at a place.
  ///
  /// A message that must not get to one place need not be said not to get to those behind it.
  public func mustBeSeen(at place: Place) -> Bool {
    if error != nil { return false }
    let before = Place.allCases.prefix { $0 != place }
    switch places[place] {
    case .seen: return true
    case .notSeen: return false
    case nil:
      return before.allSatisfy { mustBeSeen(at: $0) }
    }
  }

  /// Where the file says that a message must not be seen at a place, or nil where it does not.
  public func forbids(_ place: Place) -> SourceSpan? {
    if case .notSeen(let span) = places[place] { span } else { nil }
  }

  /// What a field must be at a place, as far as the file says.
  public func matcher(of field: IPField, at place: Place) -> Located<FieldMatcher>? {
    seen(at: place)?.header.matcher(of: field) ?? everywhere.header.matcher(of: field)
  }

  /// What the payload must be at a place, as far as the file says.
  public func payloadMatcher(at place: Place) -> Located<PayloadMatcher>? {
    seen(at: place)?.payload ?? everywhere.payload
  }

  /// What the options or the extension headers of a header must be at a place, as far as the file says.
  public func variablePart(of header: IPHeader, at place: Place) -> Located<OptionsMatcher>? {
    seen(at: place)?.header.variablePart(of: header) ?? everywhere.header.variablePart(of: header)
  }

  /// Whether the file says anything of the options or the extension headers.
  public var speaksOfVariablePart: Bool {
    Place.allCases.contains { place in
      guard let header = seen(at: place)?.header else { return false }
      return header.options != nil || header.extensions != nil
    } || everywhere.header.options != nil || everywhere.header.extensions != nil
  }

  /// What a field of the frame must be at a place on the wire, as far as the file says.
  public func matcher(of field: FrameField, at place: Place) -> Located<FieldMatcher>? {
    guard place != .delivered else { return nil }
    return seen(at: place)?.frame[field] ?? everywhere.frame[field]
  }

  /// What the tags of virtual LANs must be at a place on the wire, as far as the file says.
  public func vlan(at place: Place) -> Located<[VLANMatcher]>? {
    place == .delivered ? nil : seen(at: place)?.frame.vlan ?? everywhere.frame.vlan
  }

  /// In how many packets the message must be seen at a place, as far as the file says.
  public func fragments(at place: Place) -> Located<Int>? { seen(at: place)?.fragments }

  /// How many times the message must be seen at a place, as far as the file says.
  public func copies(at place: Place) -> Located<FieldMatcher>? { seen(at: place)?.copies }

  /// How many times the message must be seen at a place at least; 0 where it must not be.
  public func leastCopies(at place: Place) -> Int {
    guard mustBeSeen(at: place) else { return 0 }
    return copies(at: place).map { $0.value.leastCopies ?? 0 } ?? 1
  }

  /// What the transport header must be at a place, as far as the file says.
  public func transport(at place: Place) -> TransportMatchers? {
    seen(at: place)?.transport?.filledIn(by: everywhere.transport) ?? everywhere.transport
  }

  private func seen(at place: Place) -> Seen? {
    if case .seen(let seen) = places[place] { seen } else { nil }
  }
}

/// What a file says of one place.
public enum PlaceExpectation: Sendable {
  /// The message must be seen there, and so.
  case seen(Seen)
  /// It must not be seen there; the span is where the file says so.
  case notSeen(SourceSpan)
}

/// How a packet must look where it is seen.
public struct Seen: Sendable {
  /// Where the file says it; nil where it says nothing.
  public internal(set) var span: SourceSpan?
  /// The header fields of which something is asked.
  public internal(set) var header = HeaderMatchers()
  /// What is asked of the payload.
  public internal(set) var payload: Located<PayloadMatcher>?
  /// What is asked of the frame around the packet, by field.
  public internal(set) var frame = FrameMatchers()
  /// In how many packets the message is carried.
  public internal(set) var fragments: Located<Int>?
  /// How many times it is seen; at a place at least once, whatever matches.
  public internal(set) var copies: Located<FieldMatcher>?
  /// What is asked of transport headers; more than one is an error.
  var transports: [TransportMatchers] = []
  /// What is asked of the transport header.
  public var transport: TransportMatchers? { transports.first }

  /// Whether nothing is asked.
  var isEmpty: Bool {
    header.isEmpty && payload == nil && frame.isEmpty && fragments == nil
      && copies == nil && transports.isEmpty
  }
}

/// Header fields of which a file asks something.
public struct HeaderMatchers: Sendable {
  /// What is asked, by field.
  public internal(set) var matchers: [IPField: Located<FieldMatcher>] = [:]
  /// What is asked of the options of IPv4.
  public internal(set) var options: Located<OptionsMatcher>?
  /// What is asked of the extension headers of IPv6.
  public internal(set) var extensions: Located<ExtensionsMatcher>?

  /// Whether nothing is asked.
  public var isEmpty: Bool { matchers.isEmpty && options == nil && extensions == nil }

  /// What is asked of a field; by its extension headers it is said which of them the IPv6 header announces.
  public func matcher(of field: IPField) -> Located<FieldMatcher>? {
    if let said = matchers[field] { return said }
    guard field == .nextHeader, let extensions, case .equals(let list) = extensions.value,
      let first = list.first
    else { return nil }
    return Located(.value(UInt128(first.header.number)), at: extensions.span)
  }

  /// What is asked of what stands behind the fixed fields of a header: of its options or its extension headers.
  ///
  /// What the other version alone has a header cannot be asked: then nothing is as asked.
  public func variablePart(of header: IPHeader) -> Located<OptionsMatcher>? {
    switch header {
    case .v4: options ?? extensions.map { $0.map { $0 == .any ? .any : .equals([]) } }
    case .v6(let own): extensions.map { $0.map { $0.bytes(before: own.protocol) } } ?? options
    }
  }
}

/// What the options of a header may be.
public enum OptionsMatcher: Hashable, Sendable {
  /// Exactly these bytes, padding included.
  case equals([UInt8])
  /// Anything, none included.
  case any

  /// Whether options are as asked.
  public func matches(_ options: [UInt8]) -> Bool {
    switch self {
    case .equals(let bytes): options == bytes
    case .any: true
    }
  }
}

/// What the extension headers of a packet may be.
public enum ExtensionsMatcher: Hashable, Sendable {
  /// Exactly these, in this order.
  case equals([SentExtension])
  /// Anything, none included.
  case any

  /// The bytes that are asked for, where a protocol follows the last.
  func bytes(before number: UInt8) -> OptionsMatcher {
    switch self {
    case .equals(let list): .equals(list.linked(before: number).flatMap(\.bytes))
    case .any: .any
    }
  }
}
