#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A TCP client that says "hello", and puts a segment of its own making on the cable beside those of its kernel.

usage: forge.py overlap|gap|acknowledgment

The segment is the one with "hello" again: with another byte, eight bytes further on, or acknowledging what never came.
"""

import socket
import struct
import sys

SERVER = ("1.1.1.1", 7777)
TEXT = b"hello"
ALL = 0x0003  # ETH_P_ALL
ETHERNET, IP = 14, 20


def checksum(data):
    """RFC 1071."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def forged(frame, fault):
    header, segment = frame[: ETHERNET + IP], bytearray(frame[ETHERNET + IP :])
    sequence, acknowledgment = struct.unpack_from("!II", segment, 4)
    if fault == "overlap":
        segment[-len(TEXT)] ^= 1
    elif fault == "gap":
        struct.pack_into("!I", segment, 4, (sequence + 8) % 2**32)
    elif fault == "acknowledgment":
        struct.pack_into("!I", segment, 8, (acknowledgment + 100) % 2**32)
    struct.pack_into("!H", segment, 16, 0)
    pseudo = header[ETHERNET + 12 : ETHERNET + 20] + struct.pack("!HH", socket.IPPROTO_TCP, len(segment))
    struct.pack_into("!H", segment, 16, checksum(pseudo + bytes(segment)))
    return header + bytes(segment)


def main():
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL)) as cable:
        cable.bind(("eth0", ALL))
        with socket.create_connection(SERVER) as connection:
            connection.sendall(TEXT)
            while not (frame := cable.recv(65535)).endswith(TEXT):
                pass
            cable.send(forged(frame, sys.argv[1]))
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)


if __name__ == "__main__":
    main()
