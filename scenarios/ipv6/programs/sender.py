#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each line that is typed as the payload of an IPv6 packet of protocol 253, and ends after one that has QUIT."""

import socket
import sys

RECEIVER = "fd00::1"
PROTOCOL = 253

raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, PROTOCOL)
for line in sys.stdin:
    text = line.rstrip("\n")
    raw.sendto(text.encode(), (RECEIVER, 0))
    if "QUIT" in text.upper():
        break
