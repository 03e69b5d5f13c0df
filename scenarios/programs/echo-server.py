#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each UDP datagram back to where it came from, and ends after one that is QUIT."""

import socket

PORT = 7777

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
    own.bind(("", PORT))
    while True:
        data, client = own.recvfrom(65535)
        own.sendto(data, client)
        if data.upper() == b"QUIT":
            break
