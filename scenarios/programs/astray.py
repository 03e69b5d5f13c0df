#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends "Hi" to the receiver, and then "stray" to the address and under the protocol that are its arguments."""

import socket
import sys

RECEIVER, PROTOCOL = "1.1.1.1", 253


def send(payload, address, protocol):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) as raw:
        raw.sendto(payload, (address, 0))


def main():
    send(b"Hi", RECEIVER, PROTOCOL)
    send(b"stray", sys.argv[1], int(sys.argv[2]))


if __name__ == "__main__":
    main()
