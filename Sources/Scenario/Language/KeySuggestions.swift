// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What keys that an object does not have were meant to be.
final class KeySuggestions: Sendable {
  /// What other tools and RFCs call a field, and what it is called here.
  private static let synonyms: [String: [String]] = [
    "tos": ["dscp"], "dsfield": ["dscp"], "diffserv": ["dscp"], "id": ["identification", "identifier"],
    "ident": ["identification", "identifier"], "ipid": ["identification"], "len": ["length", "totalLength"],
    "ihl": ["headerLength"], "hl": ["headerLength"], "dataofs": ["headerLength"],
    "dataoffset": ["headerLength"], "doff": ["headerLength"], "off": ["fragmentOffset"],
    "frag": ["fragmentOffset"], "offset": ["fragmentOffset"], "df": ["dontFragment"],
    "mf": ["moreFragments"], "rf": ["reserved"], "res": ["reserved"], "proto": ["protocol"],
    "p": ["protocol"], "hoplimit": ["ttl"], "timetolive": ["ttl"], "src": ["source"], "saddr": ["source"],
    "dst": ["destination"], "daddr": ["destination"], "sport": ["sourcePort"], "srcport": ["sourcePort"],
    "dport": ["destinationPort"], "dstport": ["destinationPort"], "port": ["destinationPort"],
    "seq": ["sequenceNumber"], "sequence": ["sequenceNumber"], "ack": ["acknowledgmentNumber"],
    "acknowledgement": ["acknowledgmentNumber"], "acknowledgementnumber": ["acknowledgmentNumber"],
    "win": ["window"], "windowsize": ["window"], "urp": ["urgentPointer"], "urgptr": ["urgentPointer"],
    "chksum": ["checksum"], "cksum": ["checksum"], "csum": ["checksum"], "check": ["checksum"],
    "sum": ["checksum"], "gw": ["gateway"], "ptr": ["pointer"], "nexthopmtu": ["mtu"], "vid": ["id"],
    "vlanid": ["id"], "pcp": ["priority"], "prio": ["priority"], "dei": ["dropEligible"],
    "cfi": ["dropEligible"], "type": ["etherType"], "tpid": ["etherType"], "data": ["payload"],
    "load": ["payload"], "body": ["payload"], "text": ["payload"], "opts": ["options"],
    "quoted": ["quotes"], "original": ["quotes"], "inner": ["quotes"], "about": ["quotes"],
  ]

  /// The keys of the object whose values may be objects that have a certain key; made when the first is asked for, since
  /// most files have no wrong key.
  private let outerKeys = Mutex<[String: [String]]?>(nil)
  private let keys: [KeyShape]
  private let names: [String]

  /// Suggests keys of an object.
  init(_ keys: [KeyShape]) {
    self.keys = keys
    names = keys.map(\.name)
  }

  /// The key that one is likely meant to be, in quotes: what others call so, one of an object within this one, or the
  /// nearest; nil where none is near.
  func suggestion(for key: String) -> String? {
    let plain = key.lowercased().filter { $0 != "_" && $0 != "-" }
    let meant = [key] + (Self.synonyms[plain] ?? [])
    if let own = meant.first(where: names.contains) { return "\"\(own)\"" }
    for name in meant {
      let outer = outerKeys(of: name)
      if !outer.isEmpty { return outer.map { "\"\($0).\(name)\"" }.formattedAsChoice }
    }
    return ClosestMatch.suggestion(for: key, among: names).map { "\"\($0)\"" }
  }

  private func outerKeys(of name: String) -> [String] {
    outerKeys.withLock { known in
      let index = known ?? Self.index(of: keys)
      known = index
      return index[name] ?? []
    }
  }

  private static func index(of keys: [KeyShape]) -> [String: [String]] {
    var index: [String: [String]] = [:]
    for outer in keys {
      for inner in Set(outer.shape.objects.flatMap(\.keys).map(\.name)) {
        index[inner, default: []].append(outer.name)
      }
    }
    return index
  }
}
