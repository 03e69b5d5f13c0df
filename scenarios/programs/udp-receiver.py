#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints each UDP datagram in hexadecimal, then its text, and ends at one that contains QUIT.

With --short-buffer it has room for a byte less than the longest text of the documented exchange.
"""

import socket
import sys

OWN = ("1.1.1.1", 7777)
LONGEST = len("Hello World !") - 1 if "--short-buffer" in sys.argv else 65535

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
    own.bind(OWN)
    text = ""
    while "QUIT" not in text.upper():
        payload = own.recv(LONGEST)
        text = payload.decode(errors="replace")
        print(payload.hex(), text, sep="\n", flush=True)
