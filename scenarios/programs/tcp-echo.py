#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends the bytes of one TCP connection back, up to their end; with --flip N the byte at place N as another."""

import socket
import sys

OWN = ("1.1.1.1", 7777)


def main():
    flipped = int(sys.argv[sys.argv.index("--flip") + 1]) if "--flip" in sys.argv else None
    place = 0
    with socket.create_server(OWN) as listener:
        connection, _ = listener.accept()
        with connection:
            while piece := bytearray(connection.recv(1 << 16)):
                if flipped is not None and place <= flipped < place + len(piece):
                    piece[flipped - place] ^= 0xFF
                connection.sendall(piece)
                place += len(piece)


if __name__ == "__main__":
    main()
