#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each UDP datagram back to where it came from, and ends after one that is QUIT.

Its socket is for IPv6 only with `ipv6`, for both versions with `both`, and for IPv4 only with `ipv4`.
"""

import socket
import sys

PORT = 7777
VERSIONS = sys.argv[1]

if VERSIONS == "ipv4":
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.bind(("", PORT))
else:
    own = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, VERSIONS == "ipv6")
    own.bind(("::", PORT))
data = b""
while data.upper() != b"QUIT":
    data, client = own.recvfrom(65535)
    own.sendto(data, client)
