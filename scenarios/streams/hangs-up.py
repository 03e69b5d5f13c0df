#!/usr/bin/env python3
"""Listens at port 7777, reads five bytes of what comes, and closes with the rest unread, which resets the connection."""
import socket

with socket.create_server(("", 7777)) as listener:
    connection, _ = listener.accept()
    while len(connection.recv(65536, socket.MSG_PEEK)) < 11:
        pass
    print(connection.recv(5).decode())
    connection.close()
