#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the header and the payload of each IPv6 packet of protocol 253, and ends at one that contains QUIT.

A packet socket is handed what comes to its host, header and all (packet(7)); it hears what its host sends as well.
"""

import socket

ETH_P_IPV6 = 0x86DD
PROTOCOL = 253

packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IPV6))
packet = b""
while b"QUIT" not in packet.upper():
    packet, origin = packets.recvfrom(65535)
    if origin[2] == socket.PACKET_HOST and packet[6] == PROTOCOL:
        print(packet[:40].hex(), packet[40:].decode(errors="replace"), sep="\n", flush=True)
