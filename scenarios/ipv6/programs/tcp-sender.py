#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each line that is typed over a TCP connection over IPv6, line end and all, and ends with its input."""

import socket
import sys

RECEIVER = ("fd00::1", 7777)

with socket.create_connection(RECEIVER) as connection:
    for line in sys.stdin:
        connection.sendall(line.encode())
