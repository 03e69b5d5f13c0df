#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends each line that is typed as a UDP datagram to an echo server, prints what comes back, and ends after QUIT.

What is not answered within a second is sent again, four times at most; with --once it is not, and then the client
ends with status 3.
"""

import socket
import sys

SERVER = ("1.1.1.1", 7777)
PATIENCE = 1


def ask(server, question, attempts):
    for _ in range(attempts):
        server.send(question)
        try:
            # An answer to what was sent twice may come twice, the second one behind the next question.
            while (answer := server.recv(65535)) != question:
                pass
            return answer
        except TimeoutError:
            pass
    sys.exit(3)


def main():
    attempts = 1 if "--once" in sys.argv else 4
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.settimeout(PATIENCE)
        server.connect(SERVER)
        for line in sys.stdin:
            answer = ask(server, line.rstrip("\n").encode(), attempts).decode()
            print(answer, flush=True)
            if answer.upper() == "QUIT":
                break


if __name__ == "__main__":
    main()
