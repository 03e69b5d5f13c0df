#!/usr/bin/env python3
"""Listens at port 7777 with little room, reads nothing for half a second, and then all."""
import socket
import threading

listener = socket.create_server(("", 7777))
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
connection, _ = listener.accept()
threading.Event().wait(0.5)
count = 0
while piece := connection.recv(65536):
    count += len(piece)
print(count)
