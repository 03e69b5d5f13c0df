# SPDX-License-Identifier: Apache-2.0
"""Sends one UDP datagram back to where it came from."""

import socket

PORT = 7777

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
    own.bind(("", PORT))
    data, sender = own.recvfrom(65535)
    own.sendto(data, sender)
