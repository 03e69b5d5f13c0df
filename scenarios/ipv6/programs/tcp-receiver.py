#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the lines that come on a TCP connection over IPv6, and ends with the connection.

It listens for IPv4 too where it is told `both`.
"""

import socket
import sys

ADDRESS = ("::", 7777)

with socket.create_server(ADDRESS, family=socket.AF_INET6, dualstack_ipv6="both" in sys.argv) as listener:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            print(line.rstrip(b"\n").decode(errors="replace"), flush=True)
