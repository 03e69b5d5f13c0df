#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each line that is typed as the payload of an IPv4 packet of protocol 253, and ends after QUIT.

Arguments are identifications in hexadecimal: then it writes the headers itself, each with the next of them and a
TTL of 128, as the documented page shows them.
"""

import socket
import struct
import sys

SENDER, RECEIVER, PROTOCOL, TTL = "1.1.1.100", "1.1.1.1", 253, 128


def header(identification, payload):
    addresses = socket.inet_aton(SENDER) + socket.inet_aton(RECEIVER)
    # Linux computes the checksum of a header of one's own (raw(7)).
    start = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), identification, 0, TTL, PROTOCOL, 0)
    return start + addresses


def main():
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOL)
    identifications = [int(argument, 16) for argument in sys.argv[1:]]
    if identifications:
        raw.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
    for line in sys.stdin:
        text = line.rstrip("\n")
        payload = text.encode()
        start = header(identifications.pop(0), payload) if identifications else b""
        raw.sendto(start + payload, (RECEIVER, 0))
        if text.upper() == "QUIT":
            break


if __name__ == "__main__":
    main()
