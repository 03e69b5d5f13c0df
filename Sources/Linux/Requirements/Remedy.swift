// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What to do where hosts cannot be made, by the error and by who this process is.
public enum Remedy {
  /// The one thing to do about an error.
  public static func fix(for error: SystemError) -> String {
    let settings = UserNamespaceSetting.forbidding().map { "as root: \($0.setting.remedy)" }
    switch error.errno {
    case .noSpaceLeft:
      return settings.first ?? "as root: \(UserNamespaceSetting.mostNetworkNamespaces.remedy)"
    case .invalid, .notSupported, .addressFamilyNotSupported:
      return
        "use a kernel with network namespaces (CONFIG_NET_NS), veth (CONFIG_VETH) and packet sockets (CONFIG_PACKET)"
    default:
      return (settings + [ofPrivilege]).joined(separator: "; or ")
    }
  }

  /// How this process gets the capabilities that it lacks.
  static var ofPrivilege: String {
    let container = "start the container with --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_RAW"
    let caller = Caller.ofThisProcess
    if !caller.isMapped {
      return "give this user an ID in its user namespace, as unshare --map-root-user does"
    }
    if caller.isRoot { return "this root lacks capabilities: \(container)" }
    return Executable.isOnPath("sudo") ? "run it as root: sudo twohost …" : "run it as root; \(container)"
  }

  /// Who this process was begun by, which it does not know any more in a user namespace that it could not map.
  struct Caller {
    let isRoot: Bool
    /// Whether its user has an ID in its user namespace (user_namespaces(7)).
    let isMapped: Bool

    /// To be asked for before a user namespace is made.
    static let ofThisProcess = Caller(
      isRoot: geteuid() == 0, isMapped: (try? ProcFile.text("/proc/self/uid_map"))?.isEmpty != true)
  }
}
