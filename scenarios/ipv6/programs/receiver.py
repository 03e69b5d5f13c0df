#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what follows the headers of each IPv6 packet of protocol 253, and ends at one that contains QUIT.

With --header it takes 40 bytes for a header, which a raw socket of IPv6 is not handed (ipv6(7)).
"""

import socket
import sys

PROTOCOL = 253
SKIPPED = 40 if "--header" in sys.argv else 0

raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, PROTOCOL)
text = ""
while "QUIT" not in text.upper():
    payload = raw.recv(65535)
    text = payload.decode(errors="replace")
    print(payload[SKIPPED:].decode(errors="replace"), flush=True)
