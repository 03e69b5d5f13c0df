#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each line that is typed on a TCP connection, its length before it in two bytes, and ends after QUIT.

With --swapped the bytes of the length change places.
"""

import socket
import sys

RECEIVER = ("1.1.1.1", 7777)
ORDER = "little" if "--swapped" in sys.argv else "big"


def main():
    with socket.create_connection(RECEIVER) as connection:
        for line in sys.stdin:
            text = line.rstrip("\n")
            payload = text.encode()
            connection.sendall(len(payload).to_bytes(2, ORDER) + payload)
            if text.upper() == "QUIT":
                break


if __name__ == "__main__":
    main()
