#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints each text that comes on a TCP connection, its length before it in two bytes, and ends at one that has QUIT.

With --one-short it reads a byte too few of each; with --one-receive it takes what one call returns, of at most 16 bytes,
for one text.
"""

import socket
import sys

OWN = ("1.1.1.1", 7777)


def read(connection, length):
    """That many bytes, or what there was until the other side ended: how they come in pieces is TCP's affair."""
    received = b""
    while len(received) < length and (piece := connection.recv(length - len(received))):
        received += piece
    return received


def text(connection):
    if "--one-receive" in sys.argv:
        return connection.recv(16)[2:]
    length = int.from_bytes(read(connection, 2), "big")
    return read(connection, length - 1 if "--one-short" in sys.argv else length)


def main():
    with socket.create_server(OWN) as listener:
        connection, _ = listener.accept()
        with connection:
            while payload := text(connection):
                print(payload.decode(errors="replace"), flush=True)
                if b"QUIT" in payload.upper():
                    break


if __name__ == "__main__":
    main()
