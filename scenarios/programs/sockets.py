#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ordinary sockets at both ends: `udp` or `tcp`, then `send` or `receive`.

UDP carries one datagram of 500 bytes. TCP carries 60,000 bytes, and behind them the sender sends a raw packet "over".
The receiver says "up" when it can be sent to, and at the end whether it has what was sent, byte for byte.
"""

import socket
import sys

RECEIVER = ("1.1.1.1", 7777)
# All packets of it fit in the buffer that a capture has where nobody may enlarge it (socket(7), rmem_max).
LENGTHS = {"udp": 500, "tcp": 60_000}
PROTOCOL = 253


def payload(kind):
    return bytes(number % 251 for number in range(LENGTHS[kind]))


def send(kind):
    if kind == "udp":
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(payload(kind), RECEIVER)
        return
    with socket.create_connection(RECEIVER, timeout=10) as connection:
        connection.sendall(payload(kind))
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOL)
    raw.sendto(b"over", (RECEIVER[0], 0))


def receive(kind):
    type_ = socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM
    listener = socket.socket(socket.AF_INET, type_)
    listener.settimeout(10)
    listener.bind(RECEIVER)
    if kind == "udp":
        print("up", flush=True)
        return listener.recv(65536)
    listener.listen()
    print("up", flush=True)
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(10)
        received = b""
        while len(received) < LENGTHS[kind]:
            received += connection.recv(65536)
    return received


def main():
    kind, role = sys.argv[1:]
    if role == "send":
        send(kind)
    else:
        received = receive(kind)
        print("the same" if received == payload(kind) else "another", len(received))


if __name__ == "__main__":
    main()
