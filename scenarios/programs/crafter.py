#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends one packet "Hi" whose header it writes itself, with a header checksum of 0xbad1, which is wrong.

`header` sends it under IP_HDRINCL, `frame` as a whole Ethernet frame to the MAC address that follows. Behind them may
stand what else is wrong: `total-length` says 99, `source` is 0.0.0.0, `no-checksum` leaves it zero.
"""

import socket
import struct
import sys

SENDER, RECEIVER, PROTOCOL = "1.1.1.100", "1.1.1.1", 253
CHECKSUM = 0xBAD1


def packet(wrong=()):
    payload = b"Hi"
    source = "0.0.0.0" if "source" in wrong else SENDER
    addresses = socket.inet_aton(source) + socket.inet_aton(RECEIVER)
    total_length = 99 if "total-length" in wrong else 20 + len(payload)
    checksum = 0 if "no-checksum" in wrong else CHECKSUM
    start = struct.pack("!BBHHHBBH", 0x45, 0, total_length, 0x36DD, 0, 64, PROTOCOL, checksum)
    return start + addresses + payload


def main():
    if sys.argv[1] == "header":
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        raw.sendto(packet(sys.argv[2:]), (RECEIVER, 0))
    else:
        link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        link.bind(("eth0", 0))
        destination = bytes.fromhex(sys.argv[2].replace(":", ""))
        link.send(destination + link.getsockname()[4] + b"\x08\x00" + packet(sys.argv[3:]))


if __name__ == "__main__":
    main()
