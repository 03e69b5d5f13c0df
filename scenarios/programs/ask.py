#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each line that is typed as a UDP datagram, from a socket that is opened for it, and prints what comes back.

Its argument is how many seconds it thinks, when it has read a line, before it opens the socket; none where left out.
"""

import socket
import sys
import time

SERVER = ("1.1.1.1", 7777)


def main():
    pause = float(sys.argv[1]) if len(sys.argv) > 1 else 0
    for line in sys.stdin:
        time.sleep(pause)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.connect(SERVER)
            own.send(line.rstrip("\n").encode())
            print(own.recv(65535).decode(errors="replace"), flush=True)


if __name__ == "__main__":
    main()
