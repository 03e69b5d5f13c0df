#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes one connection at port 8080, prints what comes, and how it ended."""

import socket

with socket.socket() as listener:
    listener.bind(("", 8080))
    listener.listen()
    connection, _ = listener.accept()
    try:
        while data := connection.recv(4096):
            print(data.decode(), flush=True)
        print("end")
    except ConnectionResetError:
        print("reset")
