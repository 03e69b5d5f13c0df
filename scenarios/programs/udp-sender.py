#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each line that is typed as a UDP datagram, and ends after QUIT."""

import socket
import sys

RECEIVER = ("1.1.1.1", 7777)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
    for line in sys.stdin:
        text = line.rstrip("\n")
        own.sendto(text.encode(), RECEIVER)
        if text.upper() == "QUIT":
            break
