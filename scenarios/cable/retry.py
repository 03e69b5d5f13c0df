#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks an echo server by UDP, and asks again as long as no answer comes; says how often it has asked."""

import itertools
import socket

SERVER = ("1.1.1.1", 7777)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
    own.bind(("", 40000))
    own.settimeout(2)
    for times in itertools.count(1):
        own.sendto(b"anybody there?", SERVER)
        try:
            answer = own.recv(65535)
        except TimeoutError:
            continue
        print(f"answered after asking {times} times: {answer.decode()}")
        break
