// SPDX-License-Identifier: Apache-2.0

/// What ports stand for (IANA, Service Name and Transport Protocol Port Number Registry): the common ones.
enum PortNumbers {
  /// The port from which is sent what does not say one.
  static let source = LayerField.LeftOut.value(40_000)
  /// An answer goes from where the question went to, to where it came from.
  static let mirrored = ["sourcePort": "destinationPort", "destinationPort": "sourcePort"]

  /// Those of TCP.
  static let tcp = both.with([
    20: "ftp-data", 512: "exec", 513: "login", 514: "shell", 515: "printer", 520: "efs", 860: "iscsi",
    989: "ftps-data", 990: "ftps", 3260: "iscsi-target",
  ])
  /// Those of UDP.
  static let udp = both.with([512: "biff", 513: "who", 514: "syslog", 520: "router", 521: "ripng"])

  private static let both: NumberNames = [
    7: "echo", 9: "discard", 11: "systat", 13: "daytime", 17: "qotd", 19: "chargen", 21: "ftp", 22: "ssh",
    23: "telnet", 25: "smtp", 37: "time", 43: "nicname", 49: "tacacs", 53: "domain", 67: "bootps",
    68: "bootpc", 69: "tftp", 70: "gopher", 79: "finger", 80: "http", 88: "kerberos", 102: "iso-tsap",
    109: "pop2", 110: "pop3", 111: "sunrpc", 113: "ident", 119: "nntp", 123: "ntp", 135: "epmap",
    137: "netbios-ns", 138: "netbios-dgm", 139: "netbios-ssn", 143: "imap", 161: "snmp", 162: "snmptrap",
    177: "xdmcp", 179: "bgp", 194: "irc", 319: "ptp-event", 320: "ptp-general", 389: "ldap", 427: "svrloc",
    443: "https", 445: "microsoft-ds", 464: "kpasswd", 465: "submissions", 500: "isakmp", 502: "mbap",
    546: "dhcpv6-client", 547: "dhcpv6-server", 548: "afpovertcp", 554: "rtsp", 587: "submission",
    623: "asf-rmcp", 631: "ipp", 636: "ldaps", 646: "ldp", 698: "olsr", 749: "kerberos-adm",
    853: "domain-s", 873: "rsync", 992: "telnets", 993: "imaps", 995: "pop3s", 1080: "socks",
    1194: "openvpn", 1433: "ms-sql-s", 1434: "ms-sql-m", 1701: "l2tp", 1720: "h323hostcall", 1723: "pptp",
    1812: "radius", 1813: "radius-acct", 1883: "mqtt", 1900: "ssdp", 1985: "hsrp", 2049: "nfs",
    2123: "gtp-control", 2152: "gtp-user", 3306: "mysql",
    3389: "ms-wbt-server", 3478: "stun", 3784: "bfd-control", 3785: "bfd-echo",
    4500: "ipsec-nat-t", 4739: "ipfix", 4789: "vxlan", 5060: "sip", 5061: "sips", 5222: "xmpp-client",
    5269: "xmpp-server", 5353: "mdns", 5355: "llmnr", 5432: "postgresql", 5671: "amqps", 5672: "amqp",
    5683: "coap", 5684: "coaps", 5900: "rfb", 6081: "geneve", 6343: "sflow", 6379: "redis",
    6653: "openflow", 8080: "http-alt", 8883: "secure-mqtt", 11211: "memcache", 20000: "dnp",
    44818: "EtherNet-IP-2", 47808: "bacnet",
  ]
}
