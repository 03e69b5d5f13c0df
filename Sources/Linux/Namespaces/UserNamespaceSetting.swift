// SPDX-License-Identifier: Apache-2.0

/// The system's settings by which a user may be kept from making user namespaces (user_namespaces(7)).
enum UserNamespaceSetting: String, CaseIterable, Sendable {
  case unprivilegedClone = "kernel/unprivileged_userns_clone"
  case mostUserNamespaces = "user/max_user_namespaces"
  case mostNetworkNamespaces = "user/max_net_namespaces"
  case appArmorRestriction = "kernel/apparmor_restrict_unprivileged_userns"

  /// Whether a value of it forbids them.
  func forbids(_ value: Int) -> Bool {
    switch self {
    case .appArmorRestriction: value != 0
    case .unprivilegedClone, .mostUserNamespaces, .mostNetworkNamespaces: value == 0
    }
  }

  /// The command that lifts it.
  var remedy: String {
    let name = rawValue.replacing("/", with: ".")
    switch self {
    case .unprivilegedClone: return "sysctl -w \(name)=1"
    case .appArmorRestriction: return "sysctl -w \(name)=0"
    case .mostUserNamespaces, .mostNetworkNamespaces: return "sysctl -w \(name)=10000"
    }
  }

  /// The settings of this machine that forbid them, each with its value; a setting that a kernel does not have
  /// forbids nothing.
  static func forbidding() -> [(setting: UserNamespaceSetting, value: Int)] {
    allCases.compactMap { setting in
      let text = (try? ProcFile.text("/proc/sys/\(setting.rawValue)")) ?? ""
      guard let value = Int(text.split(separator: "\n").first ?? ""), setting.forbids(value) else {
        return nil
      }
      return (setting, value)
    }
  }
}
