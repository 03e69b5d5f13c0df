#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An echo server for one client that takes its time to open its socket.

usage: late-server.py udp|tcp SECONDS [--bound]

With --bound a TCP server has bound its socket before it takes its time, and listens behind that.
"""

import socket
import sys
import time

OWN = ("1.1.1.1", 7777)


def serve_datagrams(pause):
    time.sleep(pause)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(OWN)
        own.sendto(*own.recvfrom(65535))


def serve_streams(pause):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if "--bound" in sys.argv:
            listener.bind(OWN)
            time.sleep(pause)
        else:
            time.sleep(pause)
            listener.bind(OWN)
        listener.listen()
        connection, _ = listener.accept()
        with connection:
            while piece := connection.recv(65535):
                connection.sendall(piece)


if __name__ == "__main__":
    {"udp": serve_datagrams, "tcp": serve_streams}[sys.argv[1]](float(sys.argv[2]))
