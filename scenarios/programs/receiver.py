#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints each IPv4 packet of protocol 253 in hexadecimal, then its text, and ends at one that contains QUIT.

With --fixed-header the first 20 bytes are taken for the header, as if there were no options.
"""

import socket
import sys

ADDRESS = "1.1.1.1"
PROTOCOL = 253


def main():
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOL)
    raw.bind((ADDRESS, 0))
    while True:
        packet = raw.recv(65535)
        header_length = 20 if "--fixed-header" in sys.argv else (packet[0] & 0x0F) * 4
        text = packet[header_length:].decode(errors="replace")
        print(packet.hex(), text, sep="\n", flush=True)
        if "QUIT" in text.upper():
            break


if __name__ == "__main__":
    main()
