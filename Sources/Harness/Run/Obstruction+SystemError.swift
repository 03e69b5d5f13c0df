// SPDX-License-Identifier: Apache-2.0

import Linux
import Verdict

extension Obstruction {
  /// What a raw socket's failure to open means for the person who wants to send or receive by hand.
  public init(rawSocket error: SystemError) {
    guard error.errno == .notPermitted || error.errno == .accessDenied else {
      self.init(error)
      return
    }
    self.init(
      .cannotRunHere, "a raw socket needs the capability CAP_NET_RAW: \(error)",
      fix: "run it as root (sudo), or give it the capability: sudo setcap cap_net_raw+ep /path/to/twohost")
  }

  /// What a system call's failure means for the person who wants to run something here.
  public init(_ error: SystemError) {
    switch error.errno {
    case .notPermitted where error.call == "capset":
      self.init(
        .cannotRunHere, "this user lacks a capability that the scenario gives its program: \(error)",
        fix: "run it with that capability, or leave it out of `capabilities`")
    case .notPermitted, .accessDenied:
      self.init(
        .cannotRunHere, "this user may not make test hosts: \(error)", fix: Remedy.fix(for: error))
    case .noSpaceLeft where error.call.hasPrefix("unshare("):
      self.init(
        .cannotRunHere, "this user may not make any more test hosts: \(error)", fix: Remedy.fix(for: error))
    case .notSupported, .addressFamilyNotSupported:
      self.init(
        .cannotRunHere, "this kernel lacks something that test hosts need: \(error)",
        fix: Remedy.fix(for: error))
    default:
      self.init(.harnessFailed, error.description)
    }
  }
}
