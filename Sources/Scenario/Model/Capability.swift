// SPDX-License-Identifier: Apache-2.0

/// A privilege that a program may have without all of root's, as capabilities(7) names it; in the order of the
/// kernel's numbers.
public enum Capability: String, CaseIterable, Sendable {
  case chown
  case dacOverride = "dac_override"
  case dacReadSearch = "dac_read_search"
  case fowner
  case fsetid
  case kill
  case setgid
  case setuid
  case setpcap
  case linuxImmutable = "linux_immutable"
  case netBindService = "net_bind_service"
  case netBroadcast = "net_broadcast"
  case netAdmin = "net_admin"
  case netRaw = "net_raw"
  case ipcLock = "ipc_lock"
  case ipcOwner = "ipc_owner"
  case sysModule = "sys_module"
  case sysRawio = "sys_rawio"
  case sysChroot = "sys_chroot"
  case sysPtrace = "sys_ptrace"
  case sysPacct = "sys_pacct"
  case sysAdmin = "sys_admin"
  case sysBoot = "sys_boot"
  case sysNice = "sys_nice"
  case sysResource = "sys_resource"
  case sysTime = "sys_time"
  case sysTtyConfig = "sys_tty_config"
  case mknod
  case lease
  case auditWrite = "audit_write"
  case auditControl = "audit_control"
  case setfcap
  case macOverride = "mac_override"
  case macAdmin = "mac_admin"
  case syslog
  case wakeAlarm = "wake_alarm"
  case blockSuspend = "block_suspend"
  case auditRead = "audit_read"
  case perfmon
  case bpf
  case checkpointRestore = "checkpoint_restore"

  /// The kernel's number for it.
  public var number: UInt8 { UInt8(Self.allCases.firstIndex(of: self) ?? 0) }
}
